"""How much of a case a person sees: the authority all of it, those outside a part (ADR 0009).

Who applies sees his own steps and those marked ``shownToApplicant``; of all others the stage they
belong to (``publicStage``, else ``stage``) and nothing else. Who works on commission sees the case
as it stood when his last step there ended, and nothing of it before he has declared his ties
(``declaresTies``). What several people give independently of one another
(``independent``) is seen by nobody but its author until the last of them has given his.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.cases.command import OPEN
from engine.cases.parts import OPEN_ITEM
from engine.cases.records import records_of
from engine.definitions.bundles import Bundle
from engine.store.database import Unit
from engine.tenancy.model import OUTSIDE, Capacity
from engine.work_items.lists import items_of
from engine.world import World

MOST_STAGES = 3
NOTHING_YET = datetime.min.replace(tzinfo=UTC)
"""For a case of which nothing is seen so far."""
_TOLD = ("message", "procedure", "reason", "record", "recordDigest")


@dataclass(frozen=True)
class Sight:
    """What a person may know of one case.

    ``items`` are those that are or were with somebody outside; ``elements`` the steps he may know
    by name; after ``until`` he sees nothing; of ``sealed`` steps he sees his own submission only.
    """

    membership_id: UUID
    is_outside: bool = False
    is_applicant: bool = False
    items: frozenset[UUID] = frozenset()
    elements: frozenset[str] = frozenset()
    until: datetime | None = None
    sealed: frozenset[str] = frozenset()

    def reaches(self, at: datetime) -> bool:
        """Whether what happened then is seen at all."""
        return self.until is None or at <= self.until

    def has_item(self, item_id: UUID | None) -> bool:
        """Whether a work item may be opened."""
        return not self.is_outside or item_id in self.items

    def names(self, element: str) -> bool:
        """Whether a step is told by its name, and not by its stage."""
        return not self.is_applicant or element in self.elements

    def has_record(self, row: Any) -> bool:
        """Whether a submission is seen, with its files."""
        if row.element in self.sealed and row.by != self.membership_id:
            return False
        if not self.is_applicant:
            return self.reaches(row.at)
        is_own = row.item_id is None or row.by == self.membership_id or row.item_id in self.items
        return is_own or row.element in self.elements


def sight_of(tx: Unit, actor: Actor, case: Any, bundle: Bundle) -> Sight:
    """What a person who may see the case sees of it."""
    sealed = sealed_steps(tx, case, bundle)
    if actor.capacity not in OUTSIDE:
        return Sight(actor.membership_id, sealed=sealed)
    principals = set(actor.principals)
    own = [
        item
        for item in items_of(tx, case.id)
        if item.holder == actor.membership_id or principals & set(item.candidates)
    ]
    is_applicant = actor.capacity == Capacity.APPLICANT
    return Sight(
        actor.membership_id,
        is_outside=True,
        is_applicant=is_applicant,
        items=frozenset(item.id for item in own),
        elements=frozenset({item.element for item in own} | set(_shown(bundle))),
        until=None if is_applicant else _end_of(own, case, _flagged(bundle, "declaresTies")),
        sealed=sealed,
    )


def sealed_steps(tx: Unit, case: Any, bundle: Bundle) -> frozenset[str]:
    """The steps at which people answer independently and not all of them have answered yet."""
    independent = _flagged(bundle, "independent")
    if not independent:
        return independent
    waiting = {item.element for item in items_of(tx, case.id) if item.status in OPEN_ITEM}
    return independent & waiting


def _flagged(bundle: Bundle, name: str) -> frozenset[str]:
    """The steps that carry this property."""
    return frozenset(
        node.id
        for process in bundle.processes.values()
        for node in process.body.walk()
        if node.zeebe.properties.get(name) == "true"
    )


def _shown(bundle: Bundle) -> Iterator[str]:
    for process in bundle.processes.values():
        for node in process.body.walk():
            if node.zeebe.properties.get("shownToApplicant") == "true":
                yield node.id


def _end_of(own: Sequence[Any], case: Any, declaring: frozenset[str]) -> datetime | None:
    waiting = {item.element for item in own if item.status in OPEN_ITEM}
    if waiting & declaring:
        return NOTHING_YET
    if waiting:
        return None
    ends: list[datetime] = [item.closed_at for item in own if item.closed_at is not None]
    return max(ends, default=case.started_at)


def stage_of(bundle: Bundle, element: str) -> str:
    """The word for a step that everybody may read; empty when it has none."""
    node = bundle.node(element) if element else None
    told = {} if node is None else node.zeebe.properties
    return told.get("publicStage") or told.get("stage", "")


def facts_seen(sight: Sight, facts: Sequence[Any], bundle: Bundle) -> Sequence[Any]:
    """The history as the person sees it: all of it, or a projection numbered for itself.

    Where the tokens went, what was drawn and who is next is told to nobody outside; steps that
    are not his are told once a stage, without a name.
    """
    if not sight.is_outside:
        return facts
    return [
        SimpleNamespace(**{**told, "seq": number, "hash": ""})
        for number, told in enumerate(_told(sight, facts, bundle), start=1)
    ]


def _told(sight: Sight, facts: Sequence[Any], bundle: Bundle) -> Iterator[Mapping[str, Any]]:
    last = ""
    for fact in facts:
        if not sight.reaches(fact.at):
            return
        of_case = fact.kind.startswith("case.")
        if of_case or (fact.element and sight.names(fact.element)):
            content = _content_told(sight, fact.content or {})
            if not content.get("moved", True):
                continue  # other people's deadlines have moved
            yield {**fact._mapping, "content": content}
            last = ""
        elif not fact.kind.startswith("incident."):
            stage = stage_of(bundle, fact.element)
            if stage and stage != last:
                last = stage
                yield {**fact._mapping, **_NAMELESS, "content": {"stage": stage}}


def _content_told(sight: Sight, content: Mapping[str, Any]) -> dict[str, Any]:
    """What of a fact is told outside; of deadlines that moved those of steps he may know."""
    told = {k: v for k, v in content.items() if k in _TOLD}
    if "moved" in content:
        told["moved"] = [one for one in content["moved"] if sight.names(one["element"])]
    return told


_NAMELESS: Mapping[str, Any] = {
    "kind": "item.completed",
    "element": "",
    "actor": None,
    "actor_name": "",
    "item_id": None,
}


def items_seen(sight: Sight, items: Sequence[Any], bundle: Bundle) -> list[Any]:
    """The work items as the person sees them; those of others one a stage, without holder."""
    if not sight.is_outside:
        return list(items)
    found: dict[str, Any] = {}
    for item in items:
        if item.id in sight.items:
            found[str(item.id)] = item
            continue
        stage = stage_of(bundle, item.element) if sight.is_applicant else ""
        if stage and (item.status in OPEN_ITEM or stage not in found):
            found[stage] = SimpleNamespace(**{**item._mapping, **_hidden(bundle, item, stage)})
    return list(found.values())


def _hidden(bundle: Bundle, item: Any, stage: str) -> Mapping[str, Any]:
    """What is put in the place of another's step; who has it is told unless it betrays it."""
    node = bundle.node(item.element)
    is_inner = node is not None and "publicStage" in node.zeebe.properties
    period = (
        {"due_at": None, "deadline": None, "legal": None, "legal_due_at": None, "candidates": ()}
        if is_inner
        else {}
    )
    return {"name": stage, "element": "", "holder": None, "closed_by": None, **period}


def case_seen(sight: Sight, case: Any, items: Sequence[Any]) -> Any:
    """The row of the case as the person sees it, with these items.

    Who is done with it does not learn how it goes on.
    """
    hidden: Mapping[str, Any] = {}
    if sight.until is not None:
        hidden = {"status": OPEN, "stage": "", "outcome": "", "ended_at": None}
    elif sight.is_applicant and (stage := _stage(items)):
        hidden = {"stage": stage}
    if not hidden:
        return case
    mapping = {**case._mapping, **hidden}
    return SimpleNamespace(**mapping, _mapping=mapping)


def _stage(items: Sequence[Any]) -> str:
    names = [item.name for item in items if item.status in OPEN_ITEM]
    return "、".join(list(dict.fromkeys(names))[:MOST_STAGES])


def cases_seen(tx: Unit, world: World, actor: Actor, rows: Sequence[Any]) -> Sequence[Any]:
    """The rows of a list of cases as the person sees each of them."""
    if actor.capacity not in OUTSIDE:
        return rows
    found = []
    for row in rows:
        bundle = world.bundles.get(tx, row.bundle_id)
        sight = sight_of(tx, actor, row, bundle)
        found.append(case_seen(sight, row, items_seen(sight, items_of(tx, row.id), bundle)))
    return found


def has_file(tx: Unit, sight: Sight, file: Any) -> bool:
    """Whether a file of the case is seen: one's own, or one of a submission that is seen."""
    is_open = not sight.is_outside and not sight.sealed
    if is_open or file.uploaded_by == sight.membership_id:
        return True
    if not sight.is_outside:
        return not any(
            not sight.has_record(row) and any(entry[0] == str(file.id) for entry in row.files)
            for row in records_of(tx, file.case_id)
        )
    return any(
        sight.has_record(row) and any(entry[0] == str(file.id) for entry in row.files)
        for row in records_of(tx, file.case_id)
    )
