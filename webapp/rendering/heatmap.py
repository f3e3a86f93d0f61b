"""A diagram as a picture with its bottlenecks: plain SVG that needs no script and no style sheet.

Every step that has a value says it in words; the colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from engine.bpmn.xml import Element, read_xml

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
COLOURS = ("#fff4d6", "#ffe0a3", "#ffc46b", "#ff9f45", "#e8743b")
LINE, FONT, SMALL = 15, 12, 11
MARGIN = 10
ARROW = Markup(
    '<defs><marker id="heat-arrow" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="7" '
    'markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#5b6675"/></marker></defs>'
)
LANES = ("participant", "lane")


@dataclass(frozen=True)
class Mark:
    """What is said at a step: how hot it is, from 0 to 4, and its value in words."""

    level: int
    text: str


@dataclass(frozen=True)
class Box:
    """The bounds of a shape."""

    x: float
    y: float
    width: float
    height: float


def heat_map(source: bytes, marks: Mapping[str, Mark], title: str, description: str) -> Markup:
    """The drawing of a diagram with marks on its steps."""
    root = read_xml(source)
    elements = {element.get("id"): element for element in root.walk() if element.get("id")}
    found = [(elements.get(s.get("bpmnElement")), _bounds(s)) for s in _all(root, "BPMNShape")]
    drawn = [(el, box) for el, box in found if el is not None and box is not None]
    parts = [
        *(_frame(el, box) for el, box in drawn if el.tag in (*LANES, "subProcess")),
        *(_flow(edge) for edge in _all(root, "BPMNEdge")),
        *(
            _step(el, box, marks.get(el.get("id")))
            for el, box in drawn
            if el.tag not in (*LANES, "subProcess")
        ),
        *(_label(one, elements) for one in root.walk() if one.tag in ("BPMNShape", "BPMNEdge")),
    ]
    width = max((box.x + box.width for _, box in drawn), default=0) + MARGIN
    height = max((box.y + box.height for _, box in drawn), default=0) + MARGIN
    left, top = (min((getattr(b, a) for _, b in drawn), default=0) - MARGIN for a in ("x", "y"))
    size = f"{left:g} {top:g} {width - left:g} {height - top:g}"
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="heat-title heat-desc" '
        'viewBox="{size}" width="{width:g}" height="{height:g}" font-family="sans-serif">'
        '<title id="heat-title">{title}</title><desc id="heat-desc">{description}</desc>'
    ).format(
        size=size,
        width=width - left,
        height=height - top,
        title=title,
        description=description,
    )
    return head + ARROW + Markup("").join(parts) + Markup("</svg>")


def _all(root: Element, tag: str) -> Iterator[Element]:
    return (e for e in root.walk() if e.namespace == BPMNDI and e.tag == tag)


def _bounds(shape: Element) -> Box | None:
    found = shape.first(DC, "Bounds")
    if found is None:
        return None
    x, y, width, height = (float(found.get(n) or 0) for n in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def _frame(element: Element, box: Box) -> Markup:
    """A pool, a lane or a sub-process, with its name."""
    is_lane = element.tag in LANES
    rect = _rect(box, "none" if is_lane else "#fcfcfd", "#c3c8d0", 0 if is_lane else 8)
    name = element.get("name")
    if not is_lane:
        return rect + _text(box.x + MARGIN, box.y + LINE, name, SMALL, "start")
    x, y = box.x + LINE, box.y + box.height / 2
    turned = Markup(
        '<text x="{x:g}" y="{y:g}" font-size="{size}" fill="#3c4653" text-anchor="middle" '
        'transform="rotate(-90 {x:g} {y:g})">{name}</text>'
    ).format(x=x, y=y, size=SMALL, name=name)
    return rect + turned


def _step(element: Element, box: Box, mark: Mark | None) -> Markup:
    """A task, event or gateway; a marked one is coloured and says its value."""
    name = element.get("name")
    middle = box.x + box.width / 2
    if "Event" in element.tag:
        return Markup(
            '<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="#fff" stroke="#5b6675"/>'
        ).format(x=middle, y=box.y + box.height / 2, r=box.width / 2)
    if "Gateway" in element.tag:
        half = box.width / 2
        points = (
            f"{middle:g},{box.y:g} {box.x + box.width:g},{box.y + half:g} "
            f"{middle:g},{box.y + box.height:g} {box.x:g},{box.y + half:g}"
        )
        return Markup('<polygon points="{}" fill="#fff" stroke="#5b6675"/>').format(points)
    fill = "#ffffff" if mark is None else COLOURS[mark.level]
    lines = list(_wrapped(name, int(box.width // FONT)))
    said = 0 if mark is None else 1
    top = box.y + (box.height - LINE * (len(lines) + said)) / 2 + FONT
    texts = [_text(middle, top + LINE * n, line, FONT, "middle") for n, line in enumerate(lines)]
    if mark is not None:
        texts.append(_text(middle, top + LINE * len(lines), mark.text, FONT, "middle", bold=True))
    return _rect(box, fill, "#5b6675", 8) + Markup("").join(texts)


def _label(drawn: Element, elements: Mapping[str, Element]) -> Markup:
    """The name that stands outside of an event, a gateway or beside a flow."""
    element = elements.get(drawn.get("bpmnElement"))
    label = drawn.first(BPMNDI, "BPMNLabel")
    place = None if label is None else _bounds(label)
    if element is None or place is None:
        return Markup("")
    middle = place.x + place.width / 2
    lines = _wrapped(element.get("name"), int(place.width // SMALL))
    texts = (
        _text(middle, place.y + SMALL + (LINE - 1) * n, line, SMALL, "middle")
        for n, line in enumerate(lines)
    )
    return Markup("").join(texts)


def _wrapped(name: str, width: int) -> Iterator[str]:
    for start in range(0, len(name), max(1, width)):
        yield name[start : start + max(1, width)]


def _flow(edge: Element) -> Markup:
    points = " ".join(f"{p.get('x')},{p.get('y')}" for p in edge.named(DI, "waypoint"))
    return Markup(
        '<polyline points="{}" fill="none" stroke="#5b6675" marker-end="url(#heat-arrow)"/>'
    ).format(points)


def _rect(box: Box, fill: str, stroke: str, radius: int) -> Markup:
    return Markup(
        '<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{r}" fill="{f}" stroke="{s}"/>'
    ).format(x=box.x, y=box.y, w=box.width, h=box.height, r=radius, f=fill, s=stroke)


def _text(x: float, y: float, text: str, size: int, anchor: str, *, bold: bool = False) -> Markup:
    return Markup(
        '<text x="{x:g}" y="{y:g}" font-size="{size}" fill="#1d2733" '
        'text-anchor="{a}"{b}>{t}</text>'
    ).format(
        x=x,
        y=y,
        size=size,
        a=anchor,
        b=Markup(' font-weight="700"') if bold else "",
        t=escape(text),
    )
