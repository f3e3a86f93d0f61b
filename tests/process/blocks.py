"""One office for each kind of block: before, then a block with the steps a1 and a2, then behind.

Everything happens in one transaction that is rolled back, so that a town is built once a process
and a cell of the table costs milliseconds.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from drawn import END, START, el, flows, sources, timer, user
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.actors import Actor
from engine.cases.lifecycle import create_case
from engine.cases.submissions import Submission
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import work_items
from engine.timing.clock import FrozenClock
from engine.work_items.adding import OPINION
from engine.work_items.items import complete_in
from engine.work_items.vocabulary import CALL, INCLUSIVE, MULTI, PARALLEL, SEQUENCE, SUB
from tests.conftest import MONDAY
from webapp.schema import mark_current, target_metadata

NESTED, EVENTS, VOTE = "nested", "events", "vote"
BACK = '<zeebe:property name="returnTo" value="{}"/>'
ANSWER = {"agree": "agree", "opinion": "同意"}


def step(name: str, back: str = "", group: str = "department-a", inner: str = "") -> str:
    return user(name, group, properties=BACK.format(back) if back else "", inner=inner)


def sub(name: str, inner: str, loop: bool = False) -> str:
    marks = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        "<zeebe:loopCharacteristics inputCollection='=[1, 2]' inputElement='nr'/>"
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    return el("subProcess", name, inner + (marks if loop else ""))


INSIDE = (
    el("startEvent", "is")
    + step("a1", "before")
    + step("a2", "before,a1")
    + el("endEvent", "ie")
    + flows("is -> a1", "a1 -> a2", "a2 -> ie").replace('id="f', 'id="i')
)
BEFORE, BEHIND = step("before"), step("behind", "before,a1")
AROUND = "s -> before", "before -> {}", "{} -> behind", "behind -> e"


def around(*names: str) -> list[str]:
    return [AROUND[0], AROUND[1].format(names[0]), AROUND[2].format(names[-1]), AROUND[3]]


def branches(kind: str) -> FlatSources:
    split = el(kind, "split")
    ways = ["split -> a1", "a1 -> a2", "a2 -> join", "split -> b1", "b1 -> join"]
    if kind == "inclusiveGateway":
        ways = [f"{way} if =true" if way.startswith("split") else way for way in ways]
    inside = (split, step("a1", "before"), step("a2", "before,a1,b1"), step("b1", "before"))
    drawn = (START, BEFORE, *inside, el(kind, "join"), BEHIND, END)
    return sources(*drawn, flows(*around("split", "join"), *ways))


def called() -> FlatSources:
    inner = (
        el("startEvent", "is")
        + step("a1")
        + step("a2", "a1")
        + el("endEvent", "ie")
        + flows("is -> a1", "a1 -> a2", "a2 -> ie")
    )
    extensions = (
        '<zeebe:calledElement processId="inner"/><zeebe:properties>'
        + BACK.format("before")
        + "</zeebe:properties>"
    )
    call = el("callActivity", "block", extensions=extensions)
    behind = step("behind", "before")
    return sources(START, BEFORE, call, behind, END, flows(*around("block")), called=inner)


def nested() -> FlatSources:
    inner = sub("deep", INSIDE)
    outer = (
        el("startEvent", "os")
        + el("parallelGateway", "split")
        + inner
        + step("b1", "before")
        + el("parallelGateway", "join")
        + el("endEvent", "oe")
        + flows(
            *("os -> split", "split -> deep", "deep -> join"),
            *("split -> b1", "b1 -> join", "join -> oe"),
        ).replace('id="f', 'id="o')
    )
    return sources(START, BEFORE, sub("block", outer), BEHIND, END, flows(*around("block")))


def events() -> FlatSources:
    attached = 'attachedToRef="a1" cancelActivity="false"'
    late = el("boundaryEvent", "late", timer("PT240H"), attributes=attached)
    waits = el("intermediateCatchEvent", "pause", timer("PT24H"))
    drawn = (START, BEFORE, step("a1", "before"), late, step("b1"), el("endEvent", "over"))
    ways = ["a1 -> pause", "pause -> a2", "late -> b1", "b1 -> over"]
    inside = (waits, step("a2", "before,a1"), BEHIND, END)
    return sources(*drawn, *inside, flows(*around("a1", "a2"), *ways))


def vote() -> FlatSources:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        "<zeebe:loopCharacteristics inputCollection='=[1, 2, 3]' inputElement='nr'/>"
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    told = {"vote": "ratio", "voteNeeded": "0.6", "voteYes": '=note = "yes"', "returnTo": "before"}
    own = "".join(f"<zeebe:property name='{k}' value='{v}'/>" for k, v in told.items())
    deciding = user("a1", "department-a", properties=own, inner=loop)
    ways = flows(*around("a1", "a2"), "a1 -> a2")
    return sources(START, BEFORE, deciding, step("a2", "before,a1"), BEHIND, END, ways)


DRAWN: Mapping[str, Callable[[], FlatSources]] = {
    SEQUENCE: lambda: sources(
        *(START, BEFORE, step("a1", "before"), step("a2", "before,a1"), BEHIND, END),
        flows(*around("a1", "a2"), "a1 -> a2"),
    ),
    PARALLEL: lambda: branches("parallelGateway"),
    INCLUSIVE: lambda: branches("inclusiveGateway"),
    MULTI: lambda: sources(
        START, BEFORE, sub("block", INSIDE, loop=True), BEHIND, END, flows(*around("block"))
    ),
    SUB: lambda: sources(START, BEFORE, sub("block", INSIDE), BEHIND, END, flows(*around("block"))),
    CALL: called,
    NESTED: nested,
    EVENTS: events,
    VOTE: vote,
}


@cache
def office_of(kind: str) -> Town:
    """The office whose procedure holds one kind of block; built once a process."""
    folder = Path(tempfile.mkdtemp(prefix="blocks"))
    db = Database(f"sqlite:///{folder / 'office.db'}")
    with db.engine.begin() as connection:
        target_metadata().create_all(connection)
        mark_current(connection)
    town = build_town(db, FrozenClock(MONDAY), DRAWN[kind]())
    town.people["admin"] = town.person("admin", "admin")
    atexit.register(_forget, db, folder)
    return town


def _forget(db: Database, folder: Path) -> None:
    db.dispose()
    shutil.rmtree(folder, ignore_errors=True)


class Undone(Exception):
    """What happened is taken back."""


@contextmanager
def undone(town: Town) -> Iterator[Unit]:
    """A transaction of which nothing stays."""
    try:
        with town.db.tenant(town.tenant_id) as tx:
            yield tx
            raise Undone
    except Undone:
        pass


def begin(tx: Unit, town: Town) -> UUID:
    """A new case of the office's procedure."""
    found: UUID = create_case(tx, town.world, town["applicant"], "p", {}).case.id
    return found


def items(tx: Unit, case: UUID) -> list[Any]:
    """All items of a case, oldest first."""
    own = (work_items.c.tenant_id == TENANT, work_items.c.case_id == case)
    return list(
        tx.all(select(work_items).where(*own).order_by(work_items.c.opened_at, work_items.c.id))
    )


def open_one(tx: Unit, case: UUID, element: str) -> Any:
    """The first open item of a step that nobody was added to."""
    return next(
        row
        for row in items(tx, case)
        if row.element == element and row.closed_at is None and row.parent_id is None
    )


def complete(tx: Unit, town: Town, who: Actor, item: Any, note: str = "x") -> None:
    """Complete an item."""
    values = ANSWER if item.form == OPINION else {"note": note}
    complete_in(tx, town.world, who, Submission(item.id, item.revision, values))


def complete_step(tx: Unit, town: Town, case: UUID, element: str) -> Any:
    """Complete the first open item of a step by whoever holds it; returns the item."""
    item = open_one(tx, case, element)
    by_id = {person.membership_id: person for person in town.people.values()}
    complete(tx, town, by_id.get(item.holder, town["officer"]), item)
    return item


def arrive(tx: Unit, town: Town, position: str) -> tuple[UUID, str]:
    """A case that has come to a position; the step that is open there."""
    case = begin(tx, town)
    complete_step(tx, town, case, "before")
    if position == "entry":
        return case, "a1"
    complete_step(tx, town, case, "a1")
    if position == "inner":
        return case, "a2"
    complete_step(tx, town, case, "a2")
    while True:
        rows = [row for row in items(tx, case) if row.closed_at is None]
        if rows[0].element == "behind":
            return case, "behind"
        complete_step(tx, town, case, rows[0].element)
