"""Safe reading of XML: bytes become a small tree of our own, or :class:`Unreadable` says where.

Expat knows line and column of every element, builds nothing by itself and fetches nothing; all
limits are checked while reading, before a tree of hostile size can exist. A DOCTYPE is refused at
its first character, so that no entity can be declared, fetched or expanded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from engine.errors import Refused


class Unreadable(Refused):
    """The bytes cannot be read as a diagram; ``line`` and ``column`` (from 1) say where."""

    code = "unreadable"

    def __init__(self, code: str, zh: str, en: str, line: int = 1, column: int = 1) -> None:
        super().__init__(zh, en, code=code, line=line, column=column)
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """``line:column``, as the command ``lucheng check`` prints it."""
        return f"{self.line}:{self.column}"


@dataclass(frozen=True)
class Limits:
    """The largest XML that is read: bytes of the file, then counts and characters inside it."""

    size: int = 2_000_000
    depth: int = 64
    elements: int = 20_000
    attributes: int = 64
    attribute: int = 65_536
    text: int = 65_536


DEFAULT_LIMITS = Limits()


@dataclass(slots=True, eq=False)
class Element:
    """An XML element: namespace and local name, attributes, children, own text, and its place.

    Attributes without namespace are keyed by their name, others by ``{namespace}name``.
    """

    namespace: str
    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    children: list[Element] = field(default_factory=list)
    text: str = ""
    start: int = 0  # where its tag begins in the file's text as UTF-8 bytes
    close: int = 0  # where its end tag begins; behind the tag where it is empty

    def get(self, name: str) -> str:
        """The attribute's value without outer blanks; empty when absent."""
        return self.attributes.get(name, "").strip()

    @property
    def place(self) -> str:
        """The element's id, or ``line:column`` where it has none."""
        return self.get("id") or f"{self.line}:{self.column}"

    def walk(self) -> Iterator[Element]:
        """This element and everything below it, in document order."""
        todo = [self]
        while todo:
            element = todo.pop()
            yield element
            todo += reversed(element.children)

    def named(self, namespace: str, *tags: str) -> Iterator[Element]:
        """The children with this namespace and one of these tags (any, when none is given)."""
        return (
            c for c in self.children if c.namespace == namespace and (not tags or c.tag in tags)
        )

    def first(self, namespace: str, *tags: str) -> Element | None:
        """The first such child, or None."""
        return next(self.named(namespace, *tags), None)


def read_xml(source: bytes, limits: Limits = DEFAULT_LIMITS) -> Element:
    """The root element of ``source``; raises :class:`Unreadable`."""
    if len(source) > limits.size:
        raise Unreadable(
            "xml-too-large",
            f"文件超过上限 {limits.size} 字节。",
            f"The file has more than the {limits.size} bytes that are read.",
        )
    return read_text(decode(source).encode(), limits)


def read_text(text: bytes, limits: Limits = DEFAULT_LIMITS) -> Element:
    """The root element of a text as UTF-8, whatever it says its encoding is."""
    return _TreeBuilder(text, limits).read()


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Declared encodings of old tools whose characters are certain; everything else must be UTF-8.
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (*range(1, 12), *range(13, 17))},
    **{f"iso8859_{n}": f"iso8859-{n}" for n in (1, 2, 15)},
    **{f"windows-{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"cp{n}": f"cp{n}" for n in range(1250, 1259)},
    "latin1": "latin-1",
    "macroman": "mac-roman",
    "x-macroman": "mac-roman",
    "macintosh": "mac-roman",
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936", "ms936", "windows-936"), "gb18030"),
    "big5": "big5",
    "shift_jis": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc-jp",
    "euc-kr": "cp949",
    "koi8-r": "koi8-r",
    "tis-620": "tis-620",
    # A text that says so and can be read byte by byte was converted after it was written.
    "utf-16": "utf-8",
}


def decode(source: bytes) -> str:
    """The text of an XML file: UTF-8, UTF-16, or a declared old encoding."""
    mark, codec = encoding(source)
    return _decode(source[len(mark) :], codec)


def encoding(source: bytes) -> tuple[bytes, str]:
    """The byte order mark of an XML file (or none), and the name of its codec."""
    for mark, codec in _BOMS:
        if source.startswith(mark):
            return mark, codec
    for beginning, codec in _UNMARKED:
        if source.startswith(beginning):
            return b"", codec
    name = declared_encoding(source) or "utf-8"
    if name not in _CODECS:
        raise Unreadable(
            "xml-encoding",
            f"不支持字符编码 {name}，请另存为 UTF-8。",
            f"The character encoding {name} is not supported; save the file as UTF-8.",
        )
    return b"", _CODECS[name]


def declared_encoding(source: bytes) -> str:
    """What a file that can be read byte by byte says its encoding is; empty when nothing."""
    declared = _DECLARED.match(source)
    return declared.group(1).decode("ascii").lower() if declared else ""


def _decode(source: bytes, codec: str) -> str:
    try:
        return source.decode(codec)
    except UnicodeDecodeError as error:
        before = source[: error.start]
        raise Unreadable(
            "xml-encoding",
            f"文件不是有效的 {codec.upper()} 文本，请另存为 UTF-8。",
            f"The file is not valid {codec.upper()} text; save it as UTF-8.",
            before.count(b"\n") + 1,
            error.start - before.rfind(b"\n"),
        ) from error


class _TreeBuilder:
    """Feeds expat and keeps the open elements; every limit is checked where it is crossed."""

    def __init__(self, text: bytes, limits: Limits) -> None:
        self._source = text
        self._limits = limits
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._sizes: list[int] = []
        self._root: Element | None = None
        self._count = 0
        self._parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self) -> Element:
        try:
            self._parser.Parse(self._source, True)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "syntax error")
            raise Unreadable(
                "xml-syntax",
                f"不是有效的 XML（{reason}）。",
                f"This is not well-formed XML ({reason}).",
                error.lineno,
                error.offset + 1,
            ) from error
        assert self._root is not None  # expat reports "no element found" otherwise
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        limits = self._limits
        self._count += 1
        self._require(self._count <= limits.elements, "xml-elements", "元素个数", limits.elements)
        self._require(len(self._open) < limits.depth, "xml-depth", "嵌套层数", limits.depth)
        self._require(
            len(attributes) <= limits.attributes, "xml-attributes", "属性个数", limits.attributes
        )
        longest = max(map(len, attributes.values()), default=0)
        self._require(longest <= limits.attribute, "xml-attribute", "属性长度", limits.attribute)
        namespace, tag = _split(name)
        line, column = self._here()
        keyed = {_key(k): v for k, v in attributes.items()}
        element = Element(namespace, tag, keyed, line, column, start=self._parser.CurrentByteIndex)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)
        self._texts.append([])
        self._sizes.append(0)

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        element.close = self._parser.CurrentByteIndex
        self._sizes.pop()

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)
        if text.isspace():
            return  # indentation of many children; the size of the file bounds it
        self._sizes[-1] += len(text)
        self._require(
            self._sizes[-1] <= self._limits.text, "xml-text", "文字长度", self._limits.text
        )

    def _doctype(self, *_declaration: object) -> None:
        raise Unreadable(
            "xml-doctype",
            "文件带有 DOCTYPE 声明，为安全起见不予读取；请删除该声明。",
            "The file has a DOCTYPE declaration, which is not read for safety; remove it.",
            *self._here(),
        )

    def _require(self, holds: bool, code: str, what: str, limit: int) -> None:
        if holds:
            return
        english = code.removeprefix("xml-")
        raise Unreadable(
            code,
            f"{what}超过上限 {limit}。",
            f"The XML exceeds a limit ({english}: {limit}).",
            *self._here(),
        )

    def _here(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1


def _split(name: str) -> tuple[str, str]:
    namespace, separator, tag = name.rpartition(" ")
    return (namespace, tag) if separator else ("", name)


def _key(name: str) -> str:
    namespace, tag = _split(name)
    return f"{{{namespace}}}{tag}" if namespace else tag
