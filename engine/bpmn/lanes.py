"""Lanes by id: which lane each element lies in; of nested lanes the innermost counts."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.findings import Findings
from engine.bpmn.model import Lane
from engine.bpmn.namespaces import BPMN
from engine.bpmn.xml import Element


def read_lanes(process: Element, findings: Findings) -> tuple[tuple[Lane, ...], dict[str, str]]:
    """All lanes of a process, outer before inner, and the lane id of every element in one."""
    known = {e.get("id"): e for e in process.walk()}
    lanes: list[Lane] = []
    placed: dict[str, tuple[int, str]] = {}
    for depth, element in _lanes(process, 0):
        lane = _read_lane(element)
        lanes.append(lane)
        for ref in lane.nodes:
            if ref not in known:
                findings.add("lane-unknown-node", lane.id, lane.name, ref=ref)
                continue
            before, first = placed.get(ref, (-1, ""))
            if before == depth and first != lane.id:
                name = known[ref].get("name")
                findings.add("lane-twice", ref, name, lane=first)
            elif before < depth:
                placed[ref] = (depth, lane.id)
    return tuple(lanes), {ref: lane for ref, (_, lane) in placed.items()}


def _lanes(holder: Element, depth: int) -> Iterator[tuple[int, Element]]:
    for lane_set in holder.named(BPMN, "laneSet", "childLaneSet"):
        for lane in lane_set.named(BPMN, "lane"):
            yield depth, lane
            yield from _lanes(lane, depth + 1)


def _read_lane(element: Element) -> Lane:
    refs = (ref.text.strip().rpartition(":")[2] for ref in element.named(BPMN, "flowNodeRef"))
    return Lane(element.place, element.get("name"), tuple(dict.fromkeys(r for r in refs if r)))
