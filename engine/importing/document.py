"""A file as its own text: what a rule changes is edited in place, all else stays byte for byte.

Elements come from :mod:`engine.bpmn.xml`, which tells where each tag begins. Changes are gathered
here and written at once; between them nothing of the file is touched, so that comments, order,
line ends, drawing and extensions of other tools come back as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.bpmn.namespaces import BPMN, ZEEBE, split_key
from engine.bpmn.xml import Element, read_text
from engine.importing.escaping import escape, quoted

_TAG = re.compile(rb"<([^\s/>]+)(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_PREFIXED = re.compile(rb"\bxmlns:([^\s=]+)\s*=\s*[\"']([^\"']*)[\"']")
_LONGEST_INDENT = 400


@dataclass(frozen=True)
class Line:
    """A line below an extension: its tag and attributes."""

    tag: str
    attributes: tuple[tuple[str, str], ...]


@dataclass
class _Changes:
    """What is to become of one element."""

    attributes: dict[str, str | None] = field(default_factory=dict)
    extensions: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    tag: str = ""
    text: str | None = None
    is_removed: bool = False


class Document:
    """The text of a BPMN file with its tree, and the changes that are to be made in it."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.root = read_text(text)
        self._parents = {c: e for e in self.root.walk() for c in e.children}
        self._bpmn = [e for e in self.root.walk() if e.namespace == BPMN]
        self._changes: dict[Element, _Changes] = {}
        self._declared: dict[str, str] = {}
        self._zeebe = ""
        self._bindings: dict[str, set[str]] = {}
        for match in _PREFIXED.finditer(text):
            self._bindings.setdefault(match[1].decode(), set()).add(match[2].decode())

    # ------------------------------------------------------------------ looking

    def bpmn(self, *tags: str) -> Iterator[Element]:
        """Every BPMN element with one of these tags (any, when none is given), in order."""
        return (e for e in self._bpmn if not tags or e.tag in tags)

    def parent(self, element: Element) -> Element | None:
        """What the element stands in; None for the root."""
        return self._parents.get(element)

    def above(self, element: Element) -> Iterator[Element]:
        """What the element stands in, from the inside out."""
        holder = self.parent(element)
        while holder is not None:
            yield holder
            holder = self.parent(holder)

    def ids(self) -> set[str]:
        """Every id of the file."""
        return {e.get("id") for e in self.root.walk() if e.get("id")}

    # ------------------------------------------------------------------ changing

    def set(self, element: Element, name: str, value: str) -> None:
        """Give the element an attribute, by its key or a name without namespace."""
        self._of(element).attributes[name] = value

    def drop(self, element: Element, name: str) -> None:
        """Take an attribute away."""
        self._of(element).attributes[name] = None

    def rename(self, element: Element, tag: str) -> None:
        """Make it another BPMN element."""
        self._of(element).tag = tag

    def write(self, element: Element, text: str) -> None:
        """Put a text in the place of all that stands inside the element."""
        self._of(element).text = text

    def remove(self, element: Element) -> None:
        """Take the element away with all that is inside."""
        self._of(element).is_removed = True

    def append(self, element: Element, xml: str) -> None:
        """Add markup as the element's last child."""
        self._of(element).children.append(xml)

    def insert(self, element: Element, xml: str, *, behind: bool = True) -> None:
        """Add markup beside an element, on a line of its own."""
        changes = self._of(element)
        (changes.after if behind else changes.before).append(xml)

    def extend(self, element: Element, tag: str, **attributes: str) -> None:
        """Add attributes to the Camunda 8 extension ``tag`` that the element is to have."""
        self._zeebe = self._zeebe or self.prefix_of(ZEEBE, "zeebe")
        self._of(element).extensions.setdefault(tag, {}).update(attributes)

    def extend_line(self, element: Element, holder: str, line: Line) -> None:
        """Add a line to the Camunda 8 extension ``holder`` that the element is to have."""
        self.extend(element, holder)
        self._of(element).lines.setdefault(holder, []).append(line)

    def holds(self, element: Element, tag: str) -> bool:
        """Whether the file gives the element this Camunda 8 extension already."""
        holders = element.named(BPMN, "extensionElements")
        return any(h.first(ZEEBE, tag) is not None for h in holders)

    def markup(self, like: Element, tag: str, inner: str = "", **attributes: str) -> str:
        """Markup of a BPMN element with the prefix that ``like`` is written with."""
        name = self._prefix(like) + tag
        given = _attributes(attributes.items())
        return f"<{name}{given}>{inner}</{name}>" if inner else f"<{name}{given}/>"

    def add_line(self, element: Element, holder: str, line: Line) -> None:
        """Add a line to a Camunda 8 extension, which the file may have already."""
        for parent in element.named(BPMN, "extensionElements"):
            drawn = parent.first(ZEEBE, holder)
            if drawn is not None:
                name = self._prefix(drawn) + line.tag
                self.append(drawn, f"<{name}{_attributes(line.attributes)}/>")
                return
        self.extend_line(element, holder, line)

    def qualified(self, like: Element, name: str) -> str:
        """A BPMN name as it is written inside ``like``."""
        return self._prefix(like) + name

    def inner(self, element: Element) -> str:
        """What stands inside an element, as it is written."""
        tag, _, end = self._tag(element)
        return "" if tag.endswith(b"/>") else self.text[end : element.close].decode().strip()

    def user_task(
        self, like: Element, task: str, name: str, output: Iterable[tuple[str, str]]
    ) -> str:
        """Markup of a user task that gives one result."""
        zeebe = self._zeebe = self._zeebe or self.prefix_of(ZEEBE, "zeebe")
        mapping = f"<{zeebe}:ioMapping><{zeebe}:output{_attributes(output)}/></{zeebe}:ioMapping>"
        extended = self.markup(like, "extensionElements", f"<{zeebe}:userTask/>{mapping}")
        named = {"name": name} if name else {}
        return self.markup(like, "userTask", extended, id=task, **named)

    def prefix_of(self, namespace: str, preferred: str) -> str:
        """The prefix of a namespace, declared on the root where it is not yet."""
        top = {m[1].decode(): m[2].decode() for m in _PREFIXED.finditer(self._tag(self.root)[0])}
        for prefix, uri in (top | self._declared).items():
            if uri == namespace and self._bindings.get(prefix, {uri}) == {uri}:
                return prefix
        prefix = preferred
        while prefix in self._bindings or prefix in self._declared:
            prefix += "_"
        self._declared[prefix] = namespace
        return prefix

    def _of(self, element: Element) -> _Changes:
        return self._changes.setdefault(element, _Changes())

    # ------------------------------------------------------------------ writing

    def written(self) -> bytes:
        """The text with all changes made."""
        edits = self._edits(self.root, [])
        parts, at = [], 0
        for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1])):
            parts += [self.text[at:start], new.encode()]
            at = max(at, end)
        return b"".join((*parts, self.text[at:]))

    def _edits(
        self, element: Element, edits: list[tuple[int, int, str]]
    ) -> list[tuple[int, int, str]]:
        changes = self._changes.get(element)
        if changes is not None:
            start, end = self._whole(element)
            indent = self._indent(element)
            if changes.before:
                edits.append((start, start, "".join(x + indent for x in changes.before)))
            if changes.after:
                edits.append((end, end, "".join(indent + x for x in changes.after)))
            if changes.is_removed:
                edits.append((start - len(indent.encode()), end, ""))
                return edits
        if element is self.root or changes is not None:
            self._edit_element(element, changes or _Changes(), edits)
        if changes is None or changes.text is None:
            for child in element.children:
                self._edits(child, edits)
        return edits

    def _edit_element(
        self, element: Element, changes: _Changes, edits: list[tuple[int, int, str]]
    ) -> None:
        tag, start, end = self._tag(element)
        name = self._name(element)
        new = self._prefix(element) + changes.tag if changes.tag else name
        inside = self._inside(element, changes)
        is_empty = tag.endswith(b"/>")
        edits += self._attribute_edits(element, changes, tag, start)
        if changes.tag:
            edits.append((start + 1, start + 1 + len(name.encode()), new))
            if not is_empty:
                edits.append((element.close + 2, element.close + 2 + len(name.encode()), new))
        if element is self.root and self._declared:
            more = "".join(f" xmlns:{p}={quoted(u)}" for p, u in self._declared.items())
            edits.append((start + 1 + len(name.encode()), start + 1 + len(name.encode()), more))
        if is_empty and (inside or changes.text is not None):
            body = inside or escape(changes.text or "")
            edits.append((end - 2, end, f">{body}</{new}>"))
        elif changes.text is not None:
            edits.append((end, element.close, escape(changes.text)))
        elif inside:
            self._edit_inside(element, changes, edits)

    def _inside(self, element: Element, changes: _Changes) -> str:
        """What an empty element is to hold."""
        indent = self._indent(element)
        deeper = indent + "  " if indent else ""
        parts = [*self._extension_markup(element, changes, deeper), *changes.children]
        return "".join(deeper + part for part in parts) + indent if parts else ""

    def _edit_inside(
        self, element: Element, changes: _Changes, edits: list[tuple[int, int, str]]
    ) -> None:
        _, _, end = self._tag(element)
        indent = self._child_indent(element)
        holder = element.first(BPMN, "extensionElements")
        if changes.extensions and holder is not None:
            kept = self._of(holder)
            deeper = self._child_indent(holder)
            kept.children += self._extensions(changes, deeper)
        elif changes.extensions:
            notes = list(element.named(BPMN, "documentation"))
            at = self._whole(notes[-1])[1] if notes else end
            markup = self._extension_markup(element, changes, indent)
            edits.append((at, at, "".join(indent + part for part in markup)))
        if changes.children:
            at = self._whole(element.children[-1])[1] if element.children else end
            tail = "" if element.children else self._indent(element)
            edits.append((at, at, "".join(indent + x for x in changes.children) + tail))

    def _extension_markup(self, element: Element, changes: _Changes, indent: str) -> list[str]:
        if not changes.extensions:
            return []
        name = self._prefix(element) + "extensionElements"
        deeper = indent + "  " if indent else ""
        inner = "".join(deeper + part for part in self._extensions(changes, deeper))
        return [f"<{name}>{inner}{indent}</{name}>"]

    def _extensions(self, changes: _Changes, indent: str) -> list[str]:
        prefix = self._zeebe
        deeper = indent + "  " if indent else ""
        parts = []
        for tag, attributes in changes.extensions.items():
            begin = f"<{prefix}:{tag}{_attributes(attributes.items())}"
            lines = [
                f"{deeper}<{prefix}:{line.tag}{_attributes(line.attributes)}/>"
                for line in changes.lines.get(tag, ())
            ]
            end = f">{''.join(lines)}{indent}</{prefix}:{tag}>" if lines else "/>"
            parts.append(begin + end)
        return parts

    def _attribute_edits(
        self, element: Element, changes: _Changes, tag: bytes, start: int
    ) -> list[tuple[int, int, str]]:
        todo = dict(changes.attributes)
        edits = []
        for match in _ATTRIBUTE.finditer(tag):
            key = next((k for k in todo if self._is_written(match[1].decode(), k, element)), None)
            if key is None:
                continue
            value = todo.pop(key)
            if value is None:
                edits.append((start + match.start(), start + match.end(), ""))
            else:
                edits.append((start + match.start(2), start + match.end(2), quoted(value)))
        at = start + len(tag) - (2 if tag.endswith(b"/>") else 1)
        more = "".join(f" {k}={quoted(v)}" for k, v in todo.items() if v is not None)
        return [*edits, (at, at, more)] if more else edits

    def _is_written(self, raw: str, key: str, element: Element) -> bool:
        """Whether an attribute as written is the one with this key."""
        namespace, name = split_key(key)
        prefix, _, local = raw.rpartition(":")
        if local != name or bool(prefix) != bool(namespace):
            return False
        return not prefix or self._bound(prefix, element) == namespace

    def _bound(self, prefix: str, element: Element) -> str:
        everywhere = self._bindings.get(prefix, set())
        if len(everywhere) == 1:
            return next(iter(everywhere))
        for holder in (element, *self.above(element)):
            for match in _PREFIXED.finditer(self._tag(holder)[0]):
                if match[1].decode() == prefix:
                    return match[2].decode()
        return ""

    # ------------------------------------------------------------------ places

    def _tag(self, element: Element) -> tuple[bytes, int, int]:
        match = _TAG.match(self.text, element.start)
        assert match is not None  # expat has read it
        return match[0], match.start(), match.end()

    def _name(self, element: Element) -> str:
        match = _TAG.match(self.text, element.start)
        assert match is not None
        return match[1].decode()

    def _prefix(self, element: Element) -> str:
        prefix, separator, _ = self._name(element).rpartition(":")
        return prefix + separator

    def _whole(self, element: Element) -> tuple[int, int]:
        tag, start, end = self._tag(element)
        if tag.endswith(b"/>"):
            return start, end
        return start, self.text.index(b">", element.close) + 1

    def _indent(self, element: Element) -> str:
        """The line break and blanks before an element; nothing where it follows other text."""
        before = self.text[max(0, element.start - _LONGEST_INDENT) : element.start]
        blank = before[len(before.rstrip(b" \t\r\n")) :]
        _, newline, spaces = blank.rpartition(b"\n")
        if not newline:
            return ""
        return ("\r\n" if blank.endswith(b"\r\n" + spaces) else "\n") + spaces.decode()

    def _child_indent(self, element: Element) -> str:
        if element.children:
            return self._indent(element.children[-1])
        indent = self._indent(element)
        return indent + "  " if indent else ""


def _attributes(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f" {name}={quoted(value)}" for name, value in pairs)
