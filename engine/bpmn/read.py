"""From the bytes of a diagram to its model: what is certain is read, every doubt is a finding."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.bpmn.extensions import extension_elements, read_zeebe
from engine.bpmn.findings import Finding, Findings, blocks
from engine.bpmn.lanes import read_lanes
from engine.bpmn.messages import READING
from engine.bpmn.model import Diagram, Process
from engine.bpmn.namespaces import BPMN, MODELER, ZEEBE
from engine.bpmn.nodes import NODE_TAGS, documentation, read_body
from engine.bpmn.references import Context, declarations
from engine.bpmn.screen import check_ids, screen
from engine.bpmn.xml import DEFAULT_LIMITS, Element, Limits, Unreadable, read_xml


@dataclass(frozen=True)
class Reading:
    """A diagram and what reading it found; nothing of the file is passed over in silence."""

    diagram: Diagram
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        """Whether these findings refuse publication."""
        return blocks(self.findings)


_USUAL_BYTES = 400_000


def read_diagram(source: bytes, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """The model of a BPMN file with all findings; raises :class:`Unreadable`.

    Models are values: a file of usual size that was read before is the one read then.
    """
    return _read_again(source, limits) if len(source) <= _USUAL_BYTES else _read(source, limits)


@lru_cache(maxsize=128)
def _read_again(source: bytes, limits: Limits) -> Reading:
    return _read(source, limits)


def _read(source: bytes, limits: Limits) -> Reading:
    root = read_xml(source, limits)
    if (root.namespace, root.tag) != (BPMN, "definitions"):
        raise Unreadable(
            "not-bpmn",
            "文件不是 BPMN 2.0 流程图。",
            "The file is not a BPMN 2.0 diagram.",
            root.line,
            root.column,
        )
    findings = Findings(READING)
    check_ids(root, findings)
    _note_platform(root, findings)
    run, pictured = _choose(root, findings)
    screen(root, findings, skipped=pictured)
    processes = [_read_process(p, root, findings) for p in run]
    processes += [_read_process(p, root, None) for p in pictured]
    digest = hashlib.sha256(source).hexdigest()
    return Reading(Diagram(tuple(processes), source, digest), findings.all())


def _note_platform(root: Element, findings: Findings) -> None:
    platform = root.get(f"{{{MODELER}}}executionPlatform")
    if platform and platform != "Camunda Cloud":
        findings.add("other-platform", root.place, platform=platform)


def _choose(root: Element, findings: Findings) -> tuple[list[Element], list[Element]]:
    """The processes to execute (one, in a proper file) and those that are only pictures."""
    drawn = list(root.named(BPMN, "process"))
    filled = [p for p in drawn if p.first(BPMN, *NODE_TAGS) is not None]
    if not drawn:
        findings.add("no-process", root.place, root.get("name"))
    elif not filled:
        findings.add("empty-process", drawn[0].place, drawn[0].get("name"))
        return drawn[:1], []
    for process in drawn:
        if process not in filled:
            findings.add("empty-pool", process.place, process.get("name"))
    run = [p for p in filled if _is_marked(p)] or filled
    pictured = [p for p in filled if p not in run]
    for process in run[1:]:
        findings.add("several-processes", process.place, process.get("name"))
    for process in pictured:
        findings.add("process-not-executed", process.place, process.get("name"))
    return run, pictured


def _is_marked(process: Element) -> bool:
    return process.get("isExecutable") in {"true", "1"}


def _read_process(element: Element, root: Element, findings: Findings | None) -> Process:
    """The model of a process; without ``findings`` it is a picture whose faults concern nobody."""
    noted = findings if findings is not None else Findings(READING)
    name = element.get("name")
    if not _is_marked(element):
        noted.add("process-not-executable", element.place, name)
    if not element.get("id"):
        noted.add("id-missing", element.place, name, tag="process")
    lanes, lane_of = read_lanes(element, noted)
    context = _context(root, lane_of, noted)
    pool = _pool(element, root)
    return Process(
        id=element.place,
        name=name or pool,
        body=read_body(element, context),
        executable=findings is not None,
        lanes=lanes,
        pool=pool,
        version_tag=_version_tag(element),
        documentation=documentation(element),
        zeebe=read_zeebe(element),
    )


def _context(root: Element, lane_of: Mapping[str, str], findings: Findings) -> Context:
    own = [e for e in root.walk() if e.namespace == BPMN and e.get("id")]
    return Context(
        declarations=declarations(root),
        node_ids=frozenset(e.get("id") for e in own if e.tag in NODE_TAGS),
        ids={e.get("id") for e in own},
        lanes=lane_of,
        findings=findings,
    )


def _pool(process: Element, root: Element) -> str:
    for collaboration in root.named(BPMN, "collaboration"):
        for participant in collaboration.named(BPMN, "participant"):
            ref = participant.get("processRef")
            if ref and ref.rpartition(":")[2] == process.get("id"):
                return participant.get("name")
    return ""


def _version_tag(process: Element) -> str:
    tags = (
        e.get("value")
        for e in extension_elements(process)
        if (e.namespace, e.tag) == (ZEEBE, "versionTag")
    )
    return next(tags, "")
