"""The bytes of a file as text that can be edited, and the text as bytes again."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Protocol

from engine.bpmn.namespaces import BPMN, CAMUNDA7, MODELER, ZEEBE
from engine.bpmn.xml import (
    DEFAULT_LIMITS,
    Limits,
    declared_encoding,
    encoding,
    read_xml,
)

DRAFTS = {
    "http://schema.omg.org/spec/BPMN/2.0": BPMN,
    "http://www.omg.org/spec/BPMN/20100501/MODEL": BPMN,
    "http://www.omg.org/spec/BPMN/20100524": BPMN,
    "http://www.omg.org/bpmn20": BPMN,
}
_WELL_KNOWN = {
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "omgdc": "http://www.omg.org/spec/DD/20100524/DC",
    "omgdi": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": CAMUNDA7,
    "activiti": "http://activiti.org/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "zeebe": ZEEBE,
    "modeler": MODELER,
}
_DECLARATION = re.compile(r"\A<\?xml[^>]*\?>")
_NAMED = re.compile(r"encoding\s*=\s*([\"'])[A-Za-z0-9._-]+\1")
_VERSION = re.compile(r"version\s*=\s*([\"'])1\.1\1")
_ROOT = re.compile(r"<(?:[\w.-]+:)?definitions\b")
_PREFIX = re.compile(r"[<\s]([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*[\s=/>]")


class Notes(Protocol):
    """Where what was done is noted."""

    def add(self, code: str, element: str, name: str = "", **facts: object) -> None:
        """Note something on an element."""


@dataclass(frozen=True)
class Text:
    """The text of a file, with what is needed to write it as it was."""

    text: bytes
    mark: bytes
    codec: str

    def bytes_of(self, text: bytes) -> bytes:
        """A changed text in the encoding of the file."""
        if self.codec == "utf-8":
            return self.mark + text
        return self.mark + text.decode().encode(self.codec, "xmlcharrefreplace")


def bytes_of_text(text: str) -> bytes:
    """A file that came as text, as bytes that are read as this text whatever they say."""
    source = text.encode()
    is_plain = declared_encoding(source) in {"", "utf-8", "utf8"} or text.startswith("\ufeff")
    return source if is_plain else codecs.BOM_UTF8 + source


def open_text(source: bytes, notes: Notes, limits: Limits = DEFAULT_LIMITS) -> Text:
    """The file's text, repaired where it could not be read otherwise; raises Unreadable."""
    if len(source) > limits.size:
        read_xml(source, limits)  # says so
    mark, codec = encoding(source.lstrip())
    if not mark and codec == "utf-8" and source[:1].isspace():
        notes.add("beginning-repaired", "1:1")
        source = source.lstrip()
    text = _decoded(source, mark, codec)
    declared = declared_encoding(source[len(mark) :]) if codec == "utf-8" else ""
    if declared not in {"", "utf-8", "utf8"}:
        notes.add("encoding-repaired", "1:1", declared=declared.upper(), real="UTF-8")
        text = _redeclared(text)
    text = _final_namespaces(_final_version(text, notes), notes)
    return Text(text.encode(), mark, codec)


def _decoded(source: bytes, mark: bytes, codec: str) -> str:
    try:
        return source[len(mark) :].decode(codec)
    except UnicodeDecodeError:
        read_xml(source)  # says where
        raise


def _redeclared(text: str) -> str:
    found = _DECLARATION.match(text)
    if found is None:
        return text
    return _NAMED.sub('encoding="UTF-8"', found[0]) + text[found.end() :]


def _final_version(text: str, notes: Notes) -> str:
    """XML 1.1 as 1.0, which says the same of any file that does not use its control characters."""
    found = _DECLARATION.match(text)
    if found is None or not _VERSION.search(found[0]):
        return text
    notes.add("version-replaced", "1:1")
    return _VERSION.sub('version="1.0"', found[0]) + text[found.end() :]


def _final_namespaces(text: str, notes: Notes) -> str:
    for old, new in DRAFTS.items():
        for quote in "\"'":
            if f"={quote}{old}{quote}" in text[:4_000]:
                notes.add("namespace-replaced", "1:1", old=old, new=new)
                text = text.replace(f"={quote}{old}{quote}", f"={quote}{new}{quote}")
    return text


def declare_prefixes(source: bytes, notes: Notes) -> bytes:
    """The text with well-known prefixes declared that it uses without saying so."""
    text = source.decode()
    root = _ROOT.search(text)
    if root is None:
        return source
    used = dict.fromkeys(m[1] for m in _PREFIX.finditer(text))
    for prefix in used:
        if prefix in _WELL_KNOWN and f"xmlns:{prefix}" not in text:
            namespace = _WELL_KNOWN[prefix]
            notes.add("prefix-declared", "1:1", prefix=prefix, namespace=namespace)
            at = root.end()
            text = f'{text[:at]} xmlns:{prefix}="{namespace}"{text[at:]}'
    return text.encode()
