"""Any BPMN 2.0 file becomes a draft: what is certain is normalised, and every change is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.bpmn.findings import Finding, Findings
from engine.bpmn.namespaces import BPMN, DRAWING
from engine.bpmn.nodes import NODE_TAGS
from engine.bpmn.xml import DEFAULT_LIMITS, Limits, Unreadable
from engine.importing.calls import translate_calls
from engine.importing.cleaning import clean
from engine.importing.definitions import inline_definitions
from engine.importing.document import Document
from engine.importing.expressions import (
    translate_conditions,
    translate_loops,
    translate_platform,
    translate_timers,
)
from engine.importing.foreign import Work
from engine.importing.identity import complete_ids
from engine.importing.messages import IMPORT
from engine.importing.people import translate_people
from engine.importing.services import translate_services
from engine.importing.source import declare_prefixes, open_text


@dataclass(frozen=True)
class Imported:
    """A file as it came, as it is read here, and what was changed on the way."""

    original: bytes
    normalised: bytes
    findings: tuple[Finding, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything had to be changed."""
        return self.original != self.normalised


def import_diagram(source: bytes, limits: Limits = DEFAULT_LIMITS) -> Imported:
    """The draft of a file; raises :class:`Unreadable` when it is no BPMN 2.0 that can be read.

    What no finding names stands in the normalised form byte for byte as it came.
    """
    findings = Findings(IMPORT)
    opened = open_text(source, findings, limits)
    document = _open(opened.text, findings)
    _check_root(document)
    for rule in (_inline, clean, complete_ids, _translate, _mark):
        document = _applied(rule, document, findings)
    text = document.text
    form = source if text == opened.text and not findings.all() else opened.bytes_of(text)
    return Imported(source, form, findings.all())


def _open(text: bytes, findings: Findings) -> Document:
    try:
        return Document(text)
    except Unreadable as error:
        if "unbound prefix" not in error.en:
            raise
        return Document(declare_prefixes(text, findings))


def _applied(
    rule: Callable[[Document, Findings], None], document: Document, findings: Findings
) -> Document:
    """The document with the changes of a rule, unless they make it exceed the limits."""
    made = Findings(IMPORT)
    rule(document, made)
    text = document.written()
    if text == document.text:
        after = document
    else:
        try:
            after = Document(text)
        except Unreadable:
            findings.add("not-normalised", document.root.place)
            return Document(document.text)
    for finding in made.all():
        findings.record(finding)
    return after


def normalised(source: bytes) -> bytes:
    """The normalised form of a diagram of any tool; anything else as it is."""
    try:
        return import_diagram(source).normalised
    except Unreadable:
        return source


def _check_root(document: Document) -> None:
    root = document.root
    if (root.namespace, root.tag) != (BPMN, "definitions"):
        raise Unreadable(
            "not-bpmn",
            "文件不是 BPMN 2.0 流程图。",
            "The file is not a BPMN 2.0 diagram.",
            root.line,
            root.column,
        )


def _inline(document: Document, findings: Findings) -> None:
    inline_definitions(Work(document, findings))


def _translate(document: Document, findings: Findings) -> None:
    work = Work(document, findings)
    translate_people(work)
    translate_services(work)
    translate_calls(work)
    translate_loops(work)
    translate_conditions(work)
    translate_timers(work)
    translate_platform(work)


def _mark(document: Document, findings: Findings) -> None:
    """Mark the process that is executed, where there is no doubt which one that is."""
    processes = [*document.root.named(BPMN, "process")]
    marked = [p for p in processes if p.get("isExecutable") in {"true", "1"}]
    filled = [p for p in processes if p.first(BPMN, *NODE_TAGS) is not None]
    if not marked and len(filled) == 1:
        (process,) = filled
        document.set(process, "isExecutable", "true")
        findings.add("process-marked", process.place, process.get("name"))
    if filled and not any(e.namespace in DRAWING for e in document.root.children):
        findings.add("no-drawing", filled[0].place, filled[0].get("name"))
