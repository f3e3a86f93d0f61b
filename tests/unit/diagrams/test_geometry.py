"""Drawings are for people: computed from the drawing, nothing hides anything."""

from __future__ import annotations

from itertools import combinations
from math import ceil
from pathlib import Path

import pytest

from .picture import (
    DIAGRAMS,
    FRAMES,
    LABEL_LINE,
    LABEL_WIDTH,
    Box,
    Picture,
    Segment,
    Shape,
    Wire,
    find,
    read_picture,
    text_width,
)

NODE_KINDS = (
    *(
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    ),
    *("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"),
    *("userTask", "receiveTask", "serviceTask", "scriptTask", "businessRuleTask"),
    *("callActivity", "subProcess"),
)
HEADER = 30  # the strip of a pool or lane in which its name stands
TASK_FONT, TASK_PADDING = 12, 14


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.stem)
def picture(request: pytest.FixtureRequest) -> Picture:
    path: Path = request.param
    return read_picture(path)


def test_there_are_diagrams_to_look_at() -> None:
    assert {path.stem for path in DIAGRAMS} >= {"walking", "public-notice", "green-mine-listing"}


def test_everything_that_runs_is_drawn(picture: Picture) -> None:
    nodes = {e.get("id") for kind in NODE_KINDS for e in find(picture.root, f"//bpmn:{kind}")}
    flows = {element.get("id") for element in find(picture.root, "//bpmn:sequenceFlow")}
    assert nodes == {shape.id for shape in picture.nodes}
    assert flows == set(picture.wires)


def test_no_shapes_overlap(picture: Picture) -> None:
    overlapping = [
        (one.id, other.id)
        for one, other in combinations(picture.nodes, 2)
        if one.box.overlaps(other.box) and not picture.belong_together(one, other)
    ]
    assert overlapping == []


def test_what_belongs_to_a_sub_process_lies_in_it(picture: Picture) -> None:
    outside = [
        shape.id
        for shape in picture.nodes
        if shape.parent and not picture.shapes[shape.parent].box.contains(shape.box)
    ]
    assert outside == []


def test_boundary_events_sit_on_the_edge_of_their_host(picture: Picture) -> None:
    loose = [
        shape.id
        for shape in picture.nodes
        if shape.host and not picture.shapes[shape.host].box.touches(shape.box.middle)
    ]
    assert loose == []


def test_every_node_lies_in_its_lane(picture: Picture) -> None:
    misplaced = []
    for shape in picture.nodes:
        if shape.parent:
            continue
        lane = picture.shapes[picture.lane_of[shape.id]]
        if not lane.box.contains(shape.box) or shape.box.x < lane.box.x + HEADER:
            misplaced.append(shape.id)
    assert misplaced == []


def test_lanes_fill_their_pool(picture: Picture) -> None:
    frames = [shape for shape in picture.shapes.values() if shape.tag in FRAMES]
    (pool,) = (shape.box for shape in frames if shape.tag == "participant")
    lanes = sorted((shape.box for shape in frames if shape.tag == "lane"), key=lambda box: box.y)
    assert [lane.y for lane in lanes] == [pool.y, *(lane.bottom for lane in lanes[:-1])]
    assert lanes[-1].bottom == pool.bottom
    assert {(lane.x, lane.right) for lane in lanes} == {(pool.x + HEADER, pool.right)}


def test_flows_run_level_and_upright_from_edge_to_edge(picture: Picture) -> None:
    for wire in picture.wires.values():
        assert all(x1 == x2 or y1 == y2 for (x1, y1), (x2, y2) in wire.segments), wire.id
        assert picture.shapes[wire.source].box.touches(wire.points[0]), wire.id
        assert picture.shapes[wire.target].box.touches(wire.points[-1]), wire.id


def test_no_flow_crosses_a_shape(picture: Picture) -> None:
    crossings = [
        (wire.id, shape.id)
        for wire in picture.wires.values()
        for shape in picture.nodes
        if shape.id not in _around_both_ends(picture, wire)
        and any(shape.box.is_crossed_by(segment) for segment in wire.segments)
    ]
    assert crossings == []


def _around_both_ends(picture: Picture, wire: Wire) -> frozenset[str]:
    hosts = {picture.shapes[wire.source].host}  # a boundary event stands half in its host
    return picture.around(wire.source) | picture.around(wire.target) | hosts


def test_no_two_flows_run_on_one_line(picture: Picture) -> None:
    shared = [
        (one.id, other.id)
        for one, other in combinations(picture.wires.values(), 2)
        if any(_run_together(a, b) for a in one.segments for b in other.segments)
    ]
    assert shared == []


def _run_together(one: Segment, other: Segment) -> bool:
    for axis in (0, 1):
        places = {point[axis] for point in (*one, *other)}
        if len(places) == 1:
            spans = [sorted(point[1 - axis] for point in segment) for segment in (one, other)]
            return max(span[0] for span in spans) < min(span[1] for span in spans)
    return False


def test_every_text_outside_a_shape_has_its_place(picture: Picture) -> None:
    named = {shape.id for shape in picture.nodes if shape.has_outer_label and shape.name}
    flows = {wire.id for wire in picture.wires.values() if wire.name}
    assert named | flows == set(picture.labels)


def test_labels_are_as_large_as_their_text(picture: Picture) -> None:
    for owner, (text, label) in picture.texts.items():
        width = text_width(text)
        lines = 1 if width <= LABEL_WIDTH else ceil(width / (LABEL_WIDTH - LABEL_LINE))
        assert label.width >= min(width, LABEL_WIDTH), owner
        assert label.height >= lines * LABEL_LINE, owner


def test_no_label_covers_anything(picture: Picture) -> None:
    covered = []
    for owner, label in picture.labels.items():
        covered += [(owner, shape.id) for shape in picture.nodes if _hides(label, shape)]
        covered += [
            (owner, wire.id)
            for wire in picture.wires.values()
            if any(label.is_crossed_by(segment) for segment in wire.segments)
        ]
    assert covered == []


def _hides(label: Box, shape: Shape) -> bool:
    if shape.tag == "subProcess" and shape.box.contains(label):
        return False
    return label.overlaps(shape.box)


def test_no_label_covers_another_label(picture: Picture) -> None:
    pairs = combinations(picture.labels.items(), 2)
    assert [(a, b) for (a, one), (b, other) in pairs if one.overlaps(other)] == []


def test_labels_stay_in_the_pool_and_off_the_lane_names(picture: Picture) -> None:
    (pool,) = (shape.box for shape in picture.shapes.values() if shape.tag == "participant")
    outside = [
        owner
        for owner, label in picture.labels.items()
        if not pool.contains(label) or label.x < pool.x + 2 * HEADER
    ]
    assert outside == []


def test_no_label_lies_across_the_border_of_a_lane(picture: Picture) -> None:
    borders = {shape.box.y for shape in picture.shapes.values() if shape.tag == "lane"}
    across = [
        owner
        for owner, label in picture.labels.items()
        if any(label.y < border < label.bottom for border in borders)
    ]
    assert across == []


def test_names_fit_into_their_tasks(picture: Picture) -> None:
    for shape in picture.nodes:
        if shape.has_outer_label or shape.tag == "subProcess":
            continue
        a_line = (shape.box.width - TASK_PADDING) // TASK_FONT
        assert ceil(len(shape.name) / a_line) * LABEL_LINE <= shape.box.height / 2, shape.id


def test_a_procedure_begins_at_the_left_and_does_not_end_there(picture: Picture) -> None:
    top = [shape for shape in picture.nodes if not shape.parent]
    begin = next(shape for shape in top if shape.tag == "startEvent")
    assert all(begin.box.x < shape.box.x for shape in top if shape is not begin)
