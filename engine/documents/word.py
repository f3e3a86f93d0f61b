"""Word files with merge fields: what they may hold, and the file with its fields filled in.

A merge field names a value of the case (``MERGEFIELD holder``, ``MERGEFIELD case.number``) and is
nothing more: no expression, no code. Whatever else Word would run or fetch is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.documents.template import TemplateFault

MAX_PARTS = 200
MAX_UNPACKED = 20_000_000
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_MERGE = re.compile(r'\s*MERGEFIELD\s+"?([^\s"\\]{1,80})"?(?:\s+\\\*\s*MERGEFORMAT)?\s*')
_HARMLESS = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b[^\\]*(\\\*\s*\w+\s*)*")
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*){0,5}")
_FORBIDDEN = ("vbaproject", "activex", "embeddings", "altchunk", "afchunk", "externallinks")
_REFUSED_TAGS = {f"{{{W}}}{name}" for name in ("altChunk", "object", "control", "subDoc")}


def word_faults(body: bytes) -> list[TemplateFault]:
    """Everything in a Word file that is refused; empty when its fields can be filled in."""
    try:
        return list(_faults(_parts(body)))
    except (zipfile.BadZipFile, ValueError, KeyError, etree.XMLSyntaxError) as error:
        return [TemplateFault(1, f"不是可用的 Word 文件：{error}", f"no usable Word file: {error}")]


def _faults(parts: Mapping[str, bytes]) -> Iterator[TemplateFault]:
    yield from _part_faults(parts)
    for name, root in _trees(parts):
        for one in root.iter(*_REFUSED_TAGS):
            tag = _plain(one)
            yield TemplateFault(1, f"{name} 中有不接受的内容 {tag}", f"{name} holds {tag}")
        for instruction in _instructions(root):
            if not _is_known(instruction):
                said = instruction.strip()[:60]
                yield TemplateFault(1, f"只接受合并域，不接受“{said}”", f"no merge field: {said}")


def fields_of(body: bytes) -> list[str]:
    """The names of the merge fields of a Word file, each once."""
    names = [
        match[1]
        for _name, root in _trees(_parts(body))
        for text in _instructions(root)
        if (match := _MERGE.fullmatch(text))
    ]
    return list(dict.fromkeys(names))


def merged(body: bytes, values: Mapping[str, str]) -> bytes:
    """The Word file with its merge fields filled in; a field without a value becomes empty."""
    parts = _parts(body)
    for name, root in _trees(parts):
        _fill_simple(root, values)
        _fill_complex(root, values)
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def _parts(body: bytes) -> dict[str, bytes]:
    """The members of the archive, within limits; ValueError names what exceeds them."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_PARTS or sum(e.file_size for e in entries) > MAX_UNPACKED:
            raise ValueError("文件过大")
        parts = {entry.filename: archive.read(entry) for entry in entries}
    if "word/document.xml" not in parts:
        raise ValueError("没有 word/document.xml")
    return parts


def _part_faults(parts: Mapping[str, bytes]) -> Iterator[TemplateFault]:
    for name, content in parts.items():
        if any(word in name.lower() for word in _FORBIDDEN):
            yield TemplateFault(1, f"不接受 {name}", f"{name} is not accepted")
        if name.endswith(".rels") and b"External" in content and not _only_links(content):
            yield TemplateFault(1, f"{name} 引用了文件以外的内容", f"{name} refers to the outside")


def _only_links(content: bytes) -> bool:
    """Whether all that leads outside are links somebody may follow, nothing that is fetched."""
    return all(
        one.get("TargetMode") != "External" or one.get("Type", "").endswith("/hyperlink")
        for one in _tree(content)
    )


def _tree(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root: Any = etree.fromstring(content, parser)
    if root.getroottree().docinfo.doctype:
        raise ValueError("不接受 DOCTYPE")
    return root


def _trees(parts: Mapping[str, bytes]) -> list[tuple[str, Any]]:
    return [(name, _tree(content)) for name, content in parts.items() if _MAIN.fullmatch(name)]


def _plain(element: Any) -> str:
    return str(etree.QName(element).localname)


def _instructions(root: Any) -> Iterator[str]:
    for simple in root.iter(f"{{{W}}}fldSimple"):
        yield simple.get(f"{{{W}}}instr", "")
    for field in _complex_fields(root):
        yield _instruction(field)


def _is_known(instruction: str) -> bool:
    match = _MERGE.fullmatch(instruction)
    if match:
        return _NAME.fullmatch(match[1]) is not None
    return _HARMLESS.fullmatch(instruction) is not None


def _complex_fields(root: Any) -> Iterator[list[Any]]:
    """The runs of each field that is written as begin, instruction, separator, result, end."""
    open_runs: list[Any] | None = None
    for run in root.iter(f"{{{W}}}r"):
        kinds = [one.get(f"{{{W}}}fldCharType") for one in run.iter(f"{{{W}}}fldChar")]
        if "begin" in kinds:
            open_runs = []
        if open_runs is not None:
            open_runs.append(run)
            if "end" in kinds:
                yield open_runs
                open_runs = None


def _instruction(runs: list[Any]) -> str:
    return "".join(t.text or "" for run in runs for t in run.iter(f"{{{W}}}instrText"))


def _fill_simple(root: Any, values: Mapping[str, str]) -> None:
    for simple in list(root.iter(f"{{{W}}}fldSimple")):
        match = _MERGE.fullmatch(simple.get(f"{{{W}}}instr", ""))
        if match is None:
            continue
        runs = [child for child in simple if child.tag == f"{{{W}}}r"]
        run = runs[0] if runs else etree.SubElement(simple, f"{{{W}}}r")
        for other in runs[1:]:
            simple.remove(other)
        _write(run, values.get(match[1], ""))
        simple.getparent().replace(simple, run)


def _fill_complex(root: Any, values: Mapping[str, str]) -> None:
    for runs in list(_complex_fields(root)):
        match = _MERGE.fullmatch(_instruction(runs))
        if match is None:
            continue
        _write(runs[-1], values.get(match[1], ""))
        for run in runs[:-1]:
            run.getparent().remove(run)


def _write(run: Any, text: str) -> None:
    """Leave of a run its formatting and this text, line by line."""
    for child in list(run):
        if child.tag != f"{{{W}}}rPr":
            run.remove(child)
    for number, line in enumerate(text.split("\n")):
        if number:
            etree.SubElement(run, f"{{{W}}}br")
        written = etree.SubElement(run, f"{{{W}}}t")
        written.text = "".join(letter for letter in line if letter.isprintable())
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
