"""From the bytes of a decision file to its model: what is certain is read, each doubt a finding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.findings import Finding, Findings, blocks
from engine.bpmn.xml import DEFAULT_LIMITS, Element, Limits, Unreadable, read_xml
from engine.decisions.cells import Cells
from engine.decisions.messages import READING
from engine.decisions.model import ANY_TYPE, DataType, Decision, Decisions, Table
from engine.decisions.namespaces import DMN
from engine.decisions.screen import screen
from engine.decisions.shapes import BOXED
from engine.decisions.tables import read_table
from engine.decisions.types import Types
from engine.feel import Expression
from engine.gate.context import HOST_FUNCTIONS

MAX_DECISIONS = 200


@dataclass(frozen=True)
class Reading:
    """A decision file and what reading it found."""

    decisions: Decisions
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        """Whether these findings refuse publication."""
        return blocks(self.findings)


def is_decision_file(root: Element) -> bool:
    """Whether a file is one of the versions of DMN that are read."""
    return root.tag == "definitions" and root.namespace in DMN


def read_decisions(
    source: bytes,
    limits: Limits = DEFAULT_LIMITS,
    functions: frozenset[str] = HOST_FUNCTIONS,
) -> Reading:
    """The model of a decision file with all findings; raises :class:`Unreadable`."""
    root = read_xml(source, limits)
    if not is_decision_file(root):
        raise Unreadable(
            "not-dmn",
            "文件不是 DMN 决策文件（1.1 至 1.5）。",
            "The file is not a DMN file (1.1 to 1.5).",
            root.line,
            root.column,
        )
    findings = Findings(READING)
    screen(root, findings)
    cells = Cells(root.namespace, functions, findings)
    types = Types(root, cells)
    types.check_all()
    found = _read_all(root, cells, types)
    if len(found) > MAX_DECISIONS:
        facts = {"count": len(found), "limit": MAX_DECISIONS}
        findings.add("decision-too-many", root.place, root.get("name"), **facts)
        found = {}
    elif not found:
        findings.add("decision-none", root.place, root.get("name"))
    _check_cycles(found, findings)
    digest = hashlib.sha256(source).hexdigest()
    return Reading(Decisions(root.get("name"), found, source, digest), findings.all())


def _read_all(root: Element, cells: Cells, types: Types) -> dict[str, Decision]:
    drawn = {e.get("id"): e for e in cells.children(root, "decision") if e.get("id")}
    inputs = {e.get("id"): e for e in cells.children(root, "inputData") if e.get("id")}
    return {
        own: Decision(
            id=own,
            name=element.get("name") or own,
            known_as=_names(element, cells),
            logic=_read_logic(element, cells, types),
            type=types.of(cells.child(element, "variable"), element.get("name")),
            requires=tuple(_required(element, "requiredDecision", drawn, cells)),
            inputs=dict(_inputs(element, inputs, cells, types)),
        )
        for own, element in drawn.items()
    }


def _names(element: Element, cells: Cells) -> tuple[str, ...]:
    """What other decisions call its result: its variable, else its id and name."""
    variable = cells.child(element, "variable")
    if variable is not None and variable.get("name"):
        return (_plain(variable.get("name")),)
    named = (element.get("id"), _plain(element.get("name")))
    return tuple(dict.fromkeys(name for name in named if name))


def _plain(name: str) -> str:
    """A name as expressions know it: words joined by one blank."""
    return " ".join(name.split())


def _required(
    element: Element, tag: str, known: Mapping[str, Element], cells: Cells
) -> Iterator[str]:
    for line in cells.children(element, "informationRequirement"):
        target = cells.child(line, tag)
        if target is None:
            continue
        ref = target.get("href").rpartition("#")[2]
        if ref in known:
            yield ref
        else:
            facts = {"ref": target.get("href")[:80]}
            cells.findings.add("decision-reference", line.place, element.get("name"), **facts)


def _inputs(
    element: Element, known: Mapping[str, Element], cells: Cells, types: Types
) -> Iterator[tuple[str, DataType]]:
    for ref in _required(element, "requiredInput", known, cells):
        variable = cells.child(known[ref], "variable")
        named = "" if variable is None else variable.get("name")
        name = _plain(named or known[ref].get("name"))
        yield name, types.of(variable, name) if variable is not None else ANY_TYPE


def _read_logic(element: Element, cells: Cells, types: Types) -> Table | Expression | None:
    name = element.get("name")
    drawn = cells.children(element, *BOXED.split())
    for extra in drawn[1:]:
        cells.findings.add("decision-element-twice", extra.place, name, tag=extra.tag)
    if not drawn:
        cells.findings.add("decision-empty", element.place, name)
        return None
    logic = drawn[0]
    if logic.tag == "decisionTable":
        return read_table(logic, name, cells, types)
    if logic.tag == "literalExpression":
        return cells.needed(logic, name, ("表达式", "expression"))
    return None  # refused by name by the screen


def _check_cycles(found: Mapping[str, Decision], findings: Findings) -> None:
    done: set[str] = set()
    for start in found:
        path: list[str] = []
        _follow(start, path, done, found, findings)


def _follow(
    ref: str,
    path: list[str],
    done: set[str],
    found: Mapping[str, Decision],
    findings: Findings,
) -> None:
    """Depth first; the depth is that of the requirements, which a limit of elements bounds."""
    todo = [(ref, iter(found[ref].requires))]
    path.append(ref)
    while todo:
        below = next(todo[-1][1], None)
        if below is None:
            done.add(path.pop())
            todo.pop()
        elif below in path:
            circle = [*path[path.index(below) :], below]
            shown = " → ".join(found[r].name for r in circle)
            findings.add("decision-cycle", below, found[below].name, path=shown)
        elif below not in done:
            path.append(below)
            todo.append((below, iter(found[below].requires)))
