"""Hostile and foreign bytes: read safely, or refused at a line and column."""

from __future__ import annotations

import pytest

from engine.bpmn.read import read_diagram
from engine.bpmn.xml import Limits, Unreadable, read_xml
from engine.errors import Refused

from .diagrams import END, START, diagram, file, line, process, user

GOOD = diagram(line(START, user(), END))


def refusal(source: bytes, limits: Limits | None = None) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_diagram(source, limits or Limits())
    return caught.value


def test_a_refusal_speaks_both_languages_and_is_in_the_error_tree() -> None:
    error = refusal(b"<a")
    assert isinstance(error, Refused)
    assert error.zh
    assert error.en
    assert error.facts == {"line": error.line, "column": error.column}


def test_a_syntax_error_is_reported_at_its_line_and_column() -> None:
    assert refusal("<a>\n  中文 <b></a>".encode()).place == "2:11"


@pytest.mark.parametrize(
    "source",
    [b"", b"   ", b"no xml", b"<a><b></a>", b"<a x=1/>", b"<a/><b/>", b"<x:a/>", b"\x00\x01"],
)
def test_what_is_not_xml_is_refused(source: bytes) -> None:
    assert refusal(source).code == "xml-syntax"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        "<!DOCTYPE a>",
    ],
)
def test_a_doctype_is_refused_before_anything_is_fetched(doctype: str) -> None:
    error = refusal(f"<?xml version='1.0'?>\n{doctype}<a>&x;</a>".encode())
    assert (error.code, error.line) == ("xml-doctype", 2)


def test_a_billion_laughs_are_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a>&l9;</a>'
    assert refusal(bomb.encode()).code == "xml-doctype"


def test_an_undeclared_entity_is_refused() -> None:
    assert refusal(b"<a>&nbsp;</a>").code == "xml-syntax"


def test_fifty_megabytes_are_refused_by_their_size_alone() -> None:
    assert refusal(b"<a>" + b"<b/>" * 12_500_000).code == "xml-too-large"


def test_the_largest_size_is_an_argument() -> None:
    assert refusal(GOOD, Limits(size=len(GOOD) - 1)).code == "xml-too-large"
    assert not read_diagram(GOOD, Limits(size=len(GOOD))).blocks


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("<a>" * 65 + "</a>" * 65, "xml-depth"),
        ("<a>" * 100_000, "xml-depth"),
        ("<a>" + "<b/>" * 20_000 + "</a>", "xml-elements"),
        (f'<a b="{"x" * 65_537}"/>', "xml-attribute"),
        (f"<a {' '.join(f'a{n}={n!r}' for n in map(str, range(65)))}/>", "xml-attributes"),
        (f"<a>{'x' * 65_537}</a>", "xml-text"),
        (f"<a>{'x<!-- -->' * 65_537}</a>", "xml-text"),
    ],
)
def test_every_limit_is_held_while_reading(source: str, code: str) -> None:
    assert refusal(source.encode()).code == code


def test_what_is_just_within_the_limits_is_read() -> None:
    deep = "<a>" * 64 + "</a>" * 64
    assert read_xml(deep.encode()).tag == "a"
    assert len(read_xml(f"<a>{'<b/>' * 19_999}</a>".encode()).children) == 19_999
    indented = "<b/>\n            " * 19_999
    assert len(read_xml(f"<a>{indented}</a>".encode()).children) == 19_999
    assert read_xml(f'<a b="{"x" * 65_536}">{"y" * 65_536}</a>'.encode()).get("b") == "x" * 65_536


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_says_how_to_read(codec: str) -> None:
    text = GOOD.decode().replace("UTF-8", "UTF-16" if "16" in codec else "UTF-8")
    mark = "\ufeff" if codec in {"utf-16-le", "utf-16-be"} else ""
    reading = read_diagram((mark + text).encode(codec))
    assert reading.diagram.process().name == "流程"


@pytest.mark.parametrize("name", ["GBK", "gb2312", "GB18030"])
def test_a_declared_chinese_encoding_is_read(name: str) -> None:
    source = GOOD.decode().replace("UTF-8", name).encode("gb18030")
    assert read_diagram(source).diagram.process().name == "流程"


@pytest.mark.parametrize(
    ("name", "codec", "text"),
    [
        ("MacRoman", "mac-roman", "Prüfung"),
        ("windows-1251", "cp1251", "Проверка"),
        ("Big5", "big5", "審查"),
        ("utf-16", "utf-16-le", "审查"),  # without a byte order mark
        ("utf-16", "utf-16-be", "审查"),
        ("utf-16", "utf-8", "审查"),  # converted after it was written
    ],
)
def test_encodings_of_old_tools_are_read(name: str, codec: str, text: str) -> None:
    source = GOOD.decode().replace("UTF-8", name).replace("流程", text)
    source = source.replace("环节", text).replace("开始", "").replace("结束", "")
    assert read_diagram(source.encode(codec)).diagram.process().name == text


@pytest.mark.parametrize("name", ["UTF-7", "utf-32", "ebcdic-cp-us", "x-user-defined"])
def test_another_declared_encoding_is_refused(name: str) -> None:
    source = f'<?xml version="1.0" encoding="{name}"?><a/>'.encode()
    assert refusal(source).code == "xml-encoding"


def test_utf_7_does_not_hide_a_doctype() -> None:
    source = b"+ADwAIQ-DOCTYPE a+AD4-<a/>"
    assert refusal(source).code == "xml-syntax"


def test_broken_utf_8_is_refused_at_its_place() -> None:
    error = refusal(b"<a>\n  \xff</a>")
    assert (error.code, error.place) == ("xml-encoding", "2:3")


def test_other_xml_is_not_a_diagram() -> None:
    assert refusal(b"<html/>").code == "not-bpmn"


def test_an_external_reference_is_data_not_an_order() -> None:
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    reading = read_diagram(file(include, process(line(START, user(), END))))
    assert {f.code for f in reading.findings} == {"unknown-extension"}


def test_comments_and_processing_instructions_say_nothing() -> None:
    source = GOOD.replace(b"<bpmn:process", b"<?go now?><!-- <!DOCTYPE a> --><bpmn:process")
    assert not read_diagram(source).findings
