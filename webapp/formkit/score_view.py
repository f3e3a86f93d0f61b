"""The score sheet as its templates see it: parts, rows, totals, and where each error belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.scoring.indicators import Catalogue
from domain.scoring.points import plain
from domain.scoring.rules import ItemScore
from domain.scoring.sheet import Preview, Row, sheet_rows
from engine.forms.component_type import Node
from engine.forms.model import Json
from engine.forms.problems import Rejected
from webapp.formkit import names
from webapp.formkit.page import Page
from webapp.formkit.score_post import COUNT, NONE, TIMES, post_sheet
from webapp.formkit.score_sheet import catalogue_of, standing
from webapp.formkit.widget import Widget
from webapp.formkit.widgets import file_rows

_SIDE = {"deduct": "deductions", "deduct_items": "deductions"}


@dataclass(frozen=True, slots=True)
class Line:
    """A printed scoring line to tick, or to count."""

    id: str
    text: str
    points: str
    unit: str
    is_chosen: bool
    count: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One row: what it asks, what was filled in, what it scores so far."""

    row: Row
    place: str
    entry: Mapping[str, Json]
    input: str
    side: str
    lines: tuple[Line, ...]
    count: str
    score: Json
    got: str
    lacks_proof: bool
    falls_short: bool
    is_na: bool
    files: list[dict[str, str]]
    errors: list[str]

    @property
    def points(self) -> str:
        return plain(self.row.item.points)

    @property
    def lacking(self) -> list[str]:
        """What a scored row still lacks: record, evidence; nothing where it does not apply."""
        if not self.got or self.is_na:
            return []
        record = [] if self.entry.get("record") else ["record"]
        return record + ([] if self.files else ["evidence"])

    @property
    def is_none(self) -> bool:
        """Whether somebody said that no line applies."""
        return self.entry.get(self.side) == []


@dataclass(frozen=True, slots=True)
class PartView:
    """A level-1 part with its rows."""

    name: str
    points: str
    score: str
    rows: tuple[RowView, ...]


def sheet_view(node: Node, page: Page) -> Mapping[str, Any]:
    """Everything the template of the sheet shows."""
    sheet = _mapping(page.shown(node))
    catalogue = catalogue_of(node)
    group, variant = _kind(node, sheet)
    found = _standing(node, sheet)
    chosen = group in catalogue.groups and (
        variant in catalogue.variants_of(group) or not catalogue.variants
    )
    rows = sheet_rows(catalogue, group, variant) if chosen else ()
    views = {view.row.item.id: view for view in _rows(node, page, sheet, rows, found)}
    return {
        "catalogue": catalogue,
        "heads": _heads(node, page, catalogue, group, variant),
        "is_ready": chosen,
        "prerequisites": _prerequisites(node, page, catalogue, sheet),
        "parts": _parts(found, views),
        "totals": totals_view(found, catalogue),
        "count": COUNT,
        "nothing": NONE,
        "times": TIMES,
        "upload_of": lambda place: names.upload_name(page.context.prefix, place),
    }


def sheet_totals(node: Node, page: Page) -> Mapping[str, Any]:
    """The totals alone."""
    return totals_view(_standing(node, _mapping(page.shown(node))), catalogue_of(node))


def _standing(node: Node, sheet: Mapping[str, Json]) -> Preview:
    group, variant = _kind(node, sheet)
    return standing(node, {**_readable(node, sheet), "group": group, "variant": variant})


def _kind(node: Node, sheet: Mapping[str, Json]) -> tuple[str, str]:
    """Industry group and mining method: as the form sets them, else as chosen in the sheet."""
    chosen = (node.attribute(name) or sheet.get(name) or "" for name in ("group", "variant"))
    group, variant = (value if isinstance(value, str) else "" for value in chosen)
    return group, variant


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _readable(node: Node, sheet: Mapping[str, Json]) -> Mapping[str, Json]:
    """The sheet as far as it can be counted; a row of the wrong shape counts as empty."""
    try:
        return _mapping(node.kind.read(node.component, sheet))
    except Rejected as error:
        wrong = {place.split(".")[1] for place in error.at if place.startswith("items.")}
        items = {n: row for n, row in _mapping(sheet.get("items")).items() if n not in wrong}
        return {**sheet, "items": items}


def totals_view(found: Preview, catalogue: Catalogue) -> Mapping[str, Any]:
    """The totals so far and what still stands in the way."""
    items = {item.id: item for item in catalogue.items}
    prerequisites = {one.id: one.name for one in catalogue.prerequisites}
    return {
        "total": f"{found.total}",
        "reachable": f"{found.reachable}",
        "line": plain(found.line),
        "whole": plain(catalogue.standard.total),
        "answered": found.answered,
        "rows": len(found.items),
        "missing": [_named(items[n].number, items[n].name, n) for n in _unanswered(found)],
        "unjudged": [
            prerequisites[place.field.partition(".")[2]]
            for place in found.missing
            if place.field.startswith("prerequisites.")
        ],
        "shortfalls": [_named(items[n].number, items[n].name, n) for n in found.shortfalls],
        "vetoes": [prerequisites[name] for name in found.vetoes],
        "without_proof": [_named(items[n].number, items[n].name, n) for n in found.without_proof],
        "is_below": found.total < found.line,
        "is_complete": found.is_complete,
        "note": catalogue.standard.pass_line_note,
    }


def _named(number: int, name: str, item: str) -> dict[str, str]:
    return {"id": item, "text": f"{number} {name}"}


def _unanswered(found: Preview) -> Iterator[str]:
    known = {row.item.id for row in found.items}
    seen = set()
    for place in found.missing:
        name = place.field.removeprefix("items.").partition(".")[0]
        if place.field.startswith("items.") and name in known and name not in seen:
            seen.add(name)
            yield name


def _heads(
    node: Node, page: Page, catalogue: Catalogue, group: str, variant: str
) -> list[dict[str, Any]]:
    """Industry group and mining method, where the form does not set them."""
    choices: dict[str, tuple[str, Mapping[str, str]]] = {
        "group": (group, catalogue.groups),
        "variant": (
            variant,
            {name: catalogue.variants[name].name for name in catalogue.variants_of(group)},
        ),
    }
    return [
        {
            "name": name,
            "place": f"{node.place}.{name}",
            "value": value,
            "options": offered,
            "is_fixed": bool(node.component.attributes.get(name)),
            "errors": page.messages(f"{node.place}.{name}"),
        }
        for name, (value, offered) in choices.items()
        if name == "group" or catalogue.variants
    ]


def _prerequisites(
    node: Node, page: Page, catalogue: Catalogue, sheet: Mapping[str, Json]
) -> list[dict[str, Any]]:
    given = _mapping(sheet.get("prerequisites"))
    return [
        {
            "one": one,
            "place": f"{node.place}.prerequisites.{one.id}",
            "value": given.get(one.id),
            "errors": page.messages_below(f"{node.place}.prerequisites.{one.id}"),
        }
        for one in catalogue.prerequisites
    ]


def _parts(found: Preview, views: Mapping[str, RowView]) -> list[PartView]:
    parts = []
    for score in found.parts:
        rows = tuple(view for view in views.values() if view.row.part.id == score.part.id)
        parts.append(PartView(score.part.name, plain(score.part.points), f"{score.score}", rows))
    return parts


def _rows(
    node: Node, page: Page, sheet: Mapping[str, Json], rows: tuple[Row, ...], found: Preview
) -> Iterator[RowView]:
    items = _mapping(sheet.get("items"))
    scores = {score.item.id: score for score in found.items}
    for row in rows:
        name = row.item.id
        yield _row(node, page, row, entry=_mapping(items.get(name)), score=scores.get(name))


def _row(
    node: Node, page: Page, row: Row, *, entry: Mapping[str, Json], score: ItemScore | None
) -> RowView:
    place = f"{node.place}.items.{row.item.id}"
    side = _SIDE.get(row.item.scoring.type, "additions")
    findings = entry.get(side)
    findings = findings if isinstance(findings, list) else []
    answered = score is not None and score.claimed is not None
    return RowView(
        row=row,
        place=place,
        entry=entry,
        input="points" if _is_plain_score(row, entry) else row.input,
        side=side,
        lines=tuple(_lines(row, findings)),
        count=next((str(f.get("count", "")) for f in findings if isinstance(f, Mapping)), ""),
        score=_score_text(entry.get("score")),
        got=plain(score.claimed) if score is not None and score.claimed is not None else "",
        lacks_proof=answered and score is not None and score.lacks_proof,
        falls_short=answered and score is not None and score.falls_short,
        is_na=bool(entry.get("not_applicable")) or bool(row.excused),
        files=file_rows(node, page, entry.get("evidence")),
        errors=page.messages_below(place),
    )


def _is_plain_score(row: Row, entry: Mapping[str, Json]) -> bool:
    """A bare score (from the interface, or averaged) stays one, except in a row of two verdicts."""
    return row.input != "full_or_zero" and "score" in entry


def _score_text(value: Json) -> str:
    return plain(value) if isinstance(value, Decimal) else "" if value is None else str(value)


def _lines(row: Row, findings: list[Json]) -> Iterator[Line]:
    chosen = {f.get("id"): f for f in findings if isinstance(f, Mapping) and "id" in f}
    for line in row.lines:
        found = chosen.get(line.id, {})
        yield Line(
            id=line.id,
            text=line.text,
            points=plain(line.points),
            unit=line.per_unit,
            is_chosen=line.id in chosen,
            count=str(found.get("count", 1)) if line.id in chosen else "",
        )


def anchor(node: Node, page: Page, below: str) -> str:
    """The control of the sheet that an error belongs to."""
    table, _, rest = below.partition(".")
    if table == "items" and rest:
        name, _, key = rest.partition(".")
        if key in ("reason", "record", "evidence"):
            return page.id(f"{node.place}.items.{name}.{key}")
        return page.id(f"{node.place}.items.{name}")
    return page.id(f"{node.place}.{below}" if below else node.place)


SCORE_WIDGET = Widget(
    "formkit/score_sheet/sheet.html",
    "formkit/score_sheet/read.html",
    view=sheet_view,
    read_view=sheet_view,
    parse=post_sheet,
    anchor=anchor,
)
