"""What somebody who decides has to see: changes since the last round, opinions, scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.work_items.lists import open_items
from webapp.formkit.plain import Part, plain_form
from webapp.product import Product
from webapp.usecases.reading import CaseView, RecordView
from webapp.usecases.work_list import is_signature

MOST_CHANGES = 60
LONGEST = 400


@dataclass(frozen=True)
class Change:
    """A field that was filled in otherwise than in the round before."""

    step: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Opinions:
    """What several people gave at one step: a column a person, a row a field."""

    step: str
    people: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Score:
    """A score sheet in short."""

    step: str
    who: str
    total: str
    whole: str
    line: str
    is_below: bool
    shortfalls: Sequence[str]
    without_proof: Sequence[str]


@dataclass(frozen=True)
class Review:
    """Everything of the card; empty where there is nothing to compare."""

    changes: Sequence[Change] = ()
    opinions: Sequence[Opinions] = ()
    scores: Sequence[Score] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.changes or self.opinions or self.scores)


def review_of(view: CaseView) -> Review:
    """The review of a case as the person sees it; only while its unit of work is open."""
    visible = [record for record in view.records if record.is_visible]
    steps = dict.fromkeys(record.element for record in visible)
    changes: list[Change] = []
    opinions: list[Opinions] = []
    scores: list[Score] = []
    for element in steps:
        own = [record for record in visible if record.element == element]
        node = view.bundle.node(element)
        now = _latest_round(own)
        scores += _scores(view, now[-1:])
        if node is not None and node.loop is not None and len(now) > 1:
            opinions.append(_opinions(view, now))
        elif len(own) > 1:
            changes += _changes(view, own[-2], own[-1])
    return Review(changes[:MOST_CHANGES], opinions, scores)


def _latest_round(records: Sequence[RecordView]) -> list[RecordView]:
    """The last submission of each person, of those that still count."""
    of_person = {record.who: record for record in records if not record.is_superseded}
    return sorted(of_person.values(), key=lambda record: record.at)


def _parts(view: CaseView, record: RecordView) -> list[Part]:
    form = view.bundle.forms.get(record.form)
    return [] if form is None else plain_form(form, record.values, view.context(record.element))


def _texts(view: CaseView, record: RecordView) -> dict[str, str]:
    """Field by field in words; a table is the words of its rows, a score sheet its rows' scores."""
    found: dict[str, str] = {}
    for part in _parts(view, record):
        if part["kind"] == "row":
            found[part["label"]] = part["text"]
        elif part["kind"] == "table":
            found[part["label"]] = "\n".join("，".join(row) for row in part["rows"])
        elif part["kind"] == "sheet":
            for row in (row for group in part["parts"] for row in group["rows"]):
                found[f"{row['number']} {row['name']}"] = row["score"]
    return found


def _changes(view: CaseView, before: RecordView, after: RecordView) -> list[Change]:
    old, new = _texts(view, before), _texts(view, after)
    return [
        Change(after.title, label, old.get(label, "")[:LONGEST], new.get(label, "")[:LONGEST])
        for label in dict.fromkeys([*old, *new])
        if old.get(label, "") != new.get(label, "")
    ]


def _opinions(view: CaseView, records: Sequence[RecordView]) -> Opinions:
    columns = [_texts(view, record) for record in records]
    labels = dict.fromkeys(label for column in columns for label in column)
    rows = [(label, [column.get(label, "")[:LONGEST] for column in columns]) for label in labels]
    return Opinions(records[-1].title, [record.who for record in records], rows)


def _scores(view: CaseView, records: Sequence[RecordView]) -> list[Score]:
    return [
        Score(
            step=record.title,
            who=record.who,
            total=part["total"],
            whole=part["whole"],
            line=part["line"],
            is_below=part["is_below"],
            shortfalls=part["shortfalls"],
            without_proof=part["without_proof"],
        )
        for record in records
        for part in _parts(view, record)
        if part["kind"] == "sheet"
    ]


# ---------------------------------------------------------------- score sheets side by side


@dataclass(frozen=True)
class Compared:
    """One item of the sheets: its scores sheet by sheet, and whether they differ."""

    number: str
    name: str
    points: str
    is_constraint: bool
    scores: Sequence[str]
    records: Sequence[str]
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """The score sheets of a case side by side; ``sheets`` are titled with who filled them in."""

    sheets: Sequence[Mapping[str, Any]]
    rows: Sequence[Compared]

    @property
    def differences(self) -> int:
        """In how many items the sheets differ."""
        return sum(row.differs for row in self.rows)


def compare_scores(view: CaseView) -> Comparison:
    """Self-assessment, preliminary review, third party and spot check, the latest of each step."""
    latest = {
        record.element: record
        for record in view.records
        if record.is_visible and not record.is_superseded
    }
    sheets = [
        {**part, "title": record.title, "who": record.who, "at": record.at, "record": record.id}
        for record in sorted(latest.values(), key=lambda record: record.at)
        for part in _parts(view, record)
        if part["kind"] == "sheet"
    ]
    return Comparison(sheets, _compared(sheets))


def _compared(sheets: Sequence[Mapping[str, Any]]) -> list[Compared]:
    found = [
        {row["number"]: row for group in sheet["parts"] for row in group["rows"]}
        for sheet in sheets
    ]
    numbers = dict.fromkeys(number for rows in found for number in rows)
    compared = []
    for number in numbers:
        first = next(rows[number] for rows in found if number in rows)
        scores = [rows[number]["score"] if number in rows else "" for rows in found]
        given = {score for score in scores if score}
        compared.append(
            Compared(
                number=number,
                name=first["name"],
                points=first["points"],
                is_constraint=first["constraint"],
                scores=scores,
                records=[rows[number]["record"] if number in rows else "" for rows in found],
                differs=len(given) > 1,
            )
        )
    return compared


def next_to_sign(product: Product, actor: Actor, after: UUID) -> tuple[UUID | None, int]:
    """The next item the person has to sign, by due date, and how many there are."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        waiting = [row for row in open_items(tx, actor).rows if is_signature(product, tx, row)]
    rest = [row.id for row in waiting if row.id != after]
    return (rest[0] if rest else None), len(rest)
