"""Word files: merge fields are filled in, whatever else Word would run or fetch is refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.documents.word import W, fields_of, merged, word_faults
from webapp.rendering.pdf import NoPdf, merge_word

SIMPLE = '<w:fldSimple w:instr=" MERGEFIELD holder "><w:r><w:t>«holder»</w:t></w:r></w:fldSimple>'
COMPLEX = (
    '<w:r><w:rPr><w:b/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> MERGEFIELD </w:instrText></w:r>'
    "<w:r><w:instrText>case.number \\* MERGEFORMAT </w:instrText></w:r>"
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>«n»</w:t></w:r>'
    '<w:r><w:rPr><w:b/></w:rPr><w:fldChar w:fldCharType="end"/></w:r>'
)
PAGE = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def field(instruction: str) -> str:
    return f'<w:fldSimple w:instr="{instruction}"><w:r><w:t>x</w:t></w:r></w:fldSimple>'


def word(body: str, **more: str) -> bytes:
    """A Word file with this paragraph and further parts by name."""
    document = f'<w:document xmlns:w="{W}"><w:body><w:p>{body}</w:p></w:body></w:document>'
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": document, **more}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def text_of(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


def test_merge_fields_of_both_kinds_are_filled_in_and_keep_their_formatting() -> None:
    body = word(SIMPLE + COMPLEX + PAGE)
    assert word_faults(body) == []
    assert fields_of(body) == ["holder", "case.number"]
    filled = text_of(merged(body, {"holder": "恒泰 <b>&amp;\n矿业", "case.number": "2026-1"}))
    assert "恒泰 &lt;b&gt;&amp;amp;" in filled
    assert "<w:br/>" in filled
    assert "<w:b/>" in filled
    assert "2026-1" in filled
    assert "MERGEFIELD" not in filled
    assert " PAGE " in filled


@pytest.mark.parametrize(
    "instruction",
    [
        "INCLUDETEXT /etc/passwd",
        "DDEAUTO cmd /c calc",
        "INCLUDEPICTURE http://a.example/x.png",
        "MERGEFIELD {{1+1}}",
        "MERGEFIELD __class__.x()",
        "IF 1 = 1 a b",
        "PAGE \\o /etc",
    ],
)
def test_other_fields_are_refused(instruction: str) -> None:
    assert word_faults(word(field(instruction)))


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("", {"word/vbaProject.bin": "x"}),
        ("", {"word/embeddings/oleObject1.bin": "x"}),
        ("<w:altChunk/>", {}),
        ("<w:object/>", {}),
        (
            "",
            {
                "word/_rels/document.xml.rels": '<R><R Type="a/attachedTemplate" '
                'Target="http://a.example/t.dotm" TargetMode="External"/></R>'
            },
        ),
    ],
)
def test_what_word_would_run_or_fetch_is_refused(body: str, more: dict[str, str]) -> None:
    assert word_faults(word(body, **more))


def test_hostile_archives_are_refused_without_unpacking_them() -> None:
    bomb = word(SIMPLE, **{"word/media/a.bin": "0" * 21_000_000})
    entity = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    for body in (bomb, b"no zip", word("", **{"word/document.xml": entity}), word("<w:p>")):
        assert word_faults(body)


def test_a_child_process_fills_the_file_in() -> None:
    assert "恒泰" in text_of(merge_word(word(SIMPLE), {"holder": "恒泰"}))
    with pytest.raises(NoPdf):
        merge_word(b"no zip", {})
