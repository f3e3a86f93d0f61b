"""What a shipped diagram shows: its shapes, flows and labels, read from the drawing alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import east_asian_width

from lxml import etree

ROOT = Path(__file__).parents[3]
NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
}
DIAGRAMS = sorted(
    [*ROOT.glob("processes/**/*.bpmn"), *ROOT.glob("tests/process/data/*.bpmn")],
    key=lambda path: path.as_posix(),
)
FRAMES = frozenset({"participant", "lane"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway"})
# The viewer sets the texts of events, gateways and flows outside, 11 px high, in lines of 90 px.
LABEL_WIDTH, LABEL_LINE, LABEL_FONT = 90, 14, 11

Point = tuple[float, float]
Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Box) -> bool:
        """Whether both share more than an edge."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def contains(self, other: Box) -> bool:
        """Whether the other lies inside or on the edge."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def touches(self, point: Point) -> bool:
        """Whether the point lies on the edge."""
        x, y = point
        on_side = x in (self.x, self.right) and self.y <= y <= self.bottom
        return on_side or (y in (self.y, self.bottom) and self.x <= x <= self.right)

    def is_crossed_by(self, segment: Segment) -> bool:
        """Whether a level or upright segment has a point inside."""
        (x1, y1), (x2, y2) = segment
        return (
            min(x1, x2) < self.right
            and max(x1, x2) > self.x
            and min(y1, y2) < self.bottom
            and max(y1, y2) > self.y
        )


@dataclass(frozen=True)
class Shape:
    """A drawn node, lane or pool; ``parent`` is the sub-process around it, ``host`` what a
    boundary event sits on."""

    id: str
    tag: str
    name: str
    box: Box
    label: Box | None
    parent: str
    host: str

    @property
    def has_outer_label(self) -> bool:
        return self.tag in GATEWAYS or self.tag.endswith("Event")


@dataclass(frozen=True)
class Wire:
    """A drawn sequence flow."""

    id: str
    name: str
    source: str
    target: str
    points: tuple[Point, ...]
    label: Box | None

    @property
    def segments(self) -> list[Segment]:
        return list(zip(self.points, self.points[1:], strict=False))


@dataclass(frozen=True)
class Picture:
    """A diagram as drawn, with the lane of every node."""

    root: etree._Element
    shapes: Mapping[str, Shape]
    wires: Mapping[str, Wire]
    lane_of: Mapping[str, str]

    @property
    def nodes(self) -> list[Shape]:
        return [shape for shape in self.shapes.values() if shape.tag not in FRAMES]

    @property
    def texts(self) -> dict[str, tuple[str, Box]]:
        """What stands outside of shapes: its words and its place, by the element it belongs to."""
        drawn: list[Shape | Wire] = [*self.shapes.values(), *self.wires.values()]
        return {entry.id: (entry.name, entry.label) for entry in drawn if entry.label is not None}

    @property
    def labels(self) -> dict[str, Box]:
        return {owner: box for owner, (_, box) in self.texts.items()}

    def exits(self, node: str) -> list[Wire]:
        return [wire for wire in self.wires.values() if wire.source == node]

    def around(self, node: str) -> frozenset[str]:
        """The sub-processes a node lies in."""
        found: list[str] = []
        while node := self.shapes[node].parent:
            found.append(node)
        return frozenset(found)

    def belong_together(self, one: Shape, other: Shape) -> bool:
        """Whether the overlap of two nodes is meant: inside a sub-process, or on its edge."""
        pair = {one.id, other.id}
        inside = other.id in self.around(one.id) or one.id in self.around(other.id)
        return inside or one.host in pair or other.host in pair


@cache
def read_picture(path: Path) -> Picture:
    """The picture of a diagram file."""
    root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False))
    shapes = {shape.id: shape for shape in _shapes(root)}
    wires = {wire.id: wire for wire in _wires(root)}
    lane_of = {
        str(ref.text): lane.get("id", "")
        for lane in find(root, "//bpmn:lane")
        for ref in find(lane, "bpmn:flowNodeRef")
    }
    return Picture(root, shapes, wires, lane_of)


def find(element: etree._Element, path: str) -> list[etree._Element]:
    """The elements at an XPath with the prefixes of this module."""
    found = element.xpath(path, namespaces=NAMESPACES)
    assert isinstance(found, list)
    return [entry for entry in found if isinstance(entry, etree._Element)]


def tag_of(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def text_width(text: str) -> float:
    """How wide the viewer sets a label: Chinese signs are square, others about half as wide."""
    wide = sum(east_asian_width(sign) in "WF" for sign in text)
    return wide * LABEL_FONT + (len(text) - wide) * LABEL_FONT * 0.56


def _by_id(root: etree._Element) -> dict[str, etree._Element]:
    return {element.get("id", ""): element for element in find(root, "//bpmn:*[@id]")}


def _shapes(root: etree._Element) -> Iterator[Shape]:
    elements = _by_id(root)
    for drawn in find(root, "//di:BPMNShape"):
        element = elements[drawn.get("bpmnElement", "")]
        parent = element.getparent()
        inside = parent is not None and tag_of(parent) == "subProcess"
        yield Shape(
            id=element.get("id", ""),
            tag=tag_of(element),
            name=element.get("name", ""),
            box=_box(find(drawn, "dc:Bounds")[0]),
            label=_label(drawn),
            parent=parent.get("id", "") if parent is not None and inside else "",
            host=element.get("attachedToRef", ""),
        )


def _wires(root: etree._Element) -> Iterator[Wire]:
    elements = _by_id(root)
    for drawn in find(root, "//di:BPMNEdge"):
        element = elements[drawn.get("bpmnElement", "")]
        yield Wire(
            id=element.get("id", ""),
            name=element.get("name", ""),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            points=tuple(_point(at) for at in find(drawn, "dd:waypoint")),
            label=_label(drawn),
        )


def _label(drawn: etree._Element) -> Box | None:
    bounds = find(drawn, "di:BPMNLabel/dc:Bounds")
    return _box(bounds[0]) if bounds else None


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(name, "nan")) for name in ("x", "y", "width", "height")))


def _point(at: etree._Element) -> Point:
    return float(at.get("x", "nan")), float(at.get("y", "nan"))
