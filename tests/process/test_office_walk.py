"""Random sequences of all operations over diagrams of every kind: what must hold, always holds.

Every sequence runs in one transaction that is rolled back. An operation that is refused changes
nothing; what is done leaves tokens, rows and history in agreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from blocks import ANSWER, DRAWN, begin, items, office_of, undone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from engine.answers import earlier_answer, keep_answer
from engine.cases.command import open_case
from engine.cases.invariants import check_cases
from engine.cases.lifecycle import resume_case, suspend_case, terminate_case, urge_case
from engine.cases.submissions import Submission
from engine.cases.sync import close_command
from engine.errors import LuchengError
from engine.history import Act, verify_case
from engine.store.metadata import TENANT
from engine.store.tables import cases, clock_stops, drafts, history, timers
from engine.work_items.adding import OPINION, add_signers, remove_signer
from engine.work_items.barring import recuse
from engine.work_items.handing_on import delegate_item, transfer_item
from engine.work_items.holding import claim_item, load_draft, release_item, save_draft
from engine.work_items.items import complete_in, request_of
from engine.work_items.returning import recall_item, return_item
from engine.work_items.sharing import ask, copy_item
from engine.work_items.standing_in import Absence, set_absence

PEOPLE = ("officer", "colleague", "other", "leader", "admin")
STEPS = 7
TARGETS = ("before", "a1", "previous", "b1", "before", "previous")
MODES = ("before", "parallel", "after")
OFTEN = (
    *["complete"] * 8,
    *("claim", "release", "draft", "transfer", "delegate", "absence", "add", "add", "remove"),
    *("return", "return", "return", "recall", "recall", "timer", "suspend", "terminate"),
    *("urge", "share", "recuse", "again"),
)
"""What is done, as often as it stands here: cases have to get on."""
DONE: Counter[str] = Counter()
"""How often each operation was done and how often it was refused, for the evidence."""


class Walk(RuleBasedStateMachine):
    """One case of one office, and everything people can do to it."""

    @initialize(kind=st.sampled_from(sorted(DRAWN)))
    def open_an_office(self, kind: str) -> None:
        self.town, self.stack = office_of(kind), ExitStack()
        self.tx = self.stack.enter_context(undone(self.town))
        self.case = begin(self.tx, self.town)
        self.rows = items(self.tx, self.case)
        self.ended: dict[Any, Any] = {}

    @rule(
        act=st.sampled_from(OFTEN),
        who=st.integers(0, len(PEOPLE) - 1),
        which=st.integers(0, 5),
        to=st.integers(0, 5),
    )
    def somebody_acts(self, act: str, who: int, which: int, to: int) -> None:
        rows = [row for row in self.rows if (row.closed_at is None) != (act == "recall")]
        if not rows:
            return
        item, person = rows[which % len(rows)], self.town[PEOPLE[who]]
        before = self._head()
        try:
            with self.tx.savepoint():
                ACTS[act](self, item, person, to)
            DONE[act] += 1
        except LuchengError:
            DONE[f"{act} refused"] += 1
            assert self._head() == before, "what is refused changes nothing"
            return
        self.rows = items(self.tx, self.case)
        for row in self.rows:
            if row.closed_at is not None:
                assert self.ended.setdefault(row.id, row) == row, "what is over never changes"

    def _head(self) -> Any:
        case = self.tx.get(cases, self.case)
        assert case is not None
        return (case.rev, case.history_seq, case.history_head)

    def _nobody_reads_what_another_typed(self) -> None:
        for row in self.tx.all(select(drafts).where(drafts.c.tenant_id == TENANT)):
            for name in PEOPLE:
                seen = load_draft(self.tx, self.town[name], row.item_id)
                typed = "" if seen is None else str(seen.content.get("note", ""))
                assert not typed.startswith("draft:") or typed == f"draft:{name}"

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            with self.stack:
                self._everything_agrees()

    def _everything_agrees(self) -> None:
        tx = self.tx
        tx.flush()
        self._nobody_reads_what_another_typed()
        case = tx.get(cases, self.case)
        assert case is not None
        assert verify_case(tx, self.case) == []
        is_running = case.status in ("open", "suspended")
        rows = [row for row in items(tx, self.case) if row.closed_at is None]
        if is_running:
            assert check_cases(tx, self.town.world, [case]) == []
        else:
            assert rows == []
            own = (timers.c.tenant_id == TENANT, timers.c.case_id == self.case)
            assert tx.all(select(timers.c.id).where(*own)) == []
        parents = {row.id for row in rows if row.parent_id is None}
        assert {row.parent_id for row in rows if row.parent_id is not None} <= parents
        facts = (history.c.tenant_id == TENANT, history.c.case_id == self.case)
        told = tx.all(select(history).where(*facts).order_by(history.c.seq))
        assert rebuilt(told) == {str(row.id) for row in rows}
        standing = (clock_stops.c.tenant_id == TENANT, clock_stops.c.case_id == self.case)
        stops = tx.all(select(clock_stops.c.id).where(*standing, clock_stops.c.to_at.is_(None)))
        assert len(stops) <= (case.status == "suspended")


def rebuilt(facts: Iterable[Any]) -> set[str]:
    """The open items of a case as its history alone tells them."""
    found: set[str] = set()
    below: dict[str, list[str]] = {}
    for fact in facts:
        content = fact.content or {}
        ended = list(content.get("closed", ()))
        if fact.kind in ("item.completed", "item.returned", "item.signed", "item.removed"):
            ended.append(str(fact.item_id))
        ended += [content["concludes"]] if content.get("concludes") else []
        for one in ended:
            found -= {one, *below.get(one, ())}
        found |= {entry["item"] for entry in content.get("opened", ())}
        if fact.kind == "item.added":
            found |= set(content["items"])
            below.setdefault(str(fact.item_id), []).extend(content["items"])
    return found


def _complete(walk: Walk, item: Any, person: Any, to: int) -> None:
    values = ANSWER if item.form == OPINION else {"note": ("yes", "no")[to % 2]}
    person = _whose(walk, item, person)
    complete_in(walk.tx, walk.town.world, person, Submission(item.id, item.revision, values))


def _whose(walk: Walk, item: Any, person: Any) -> Any:
    """Mostly who can, so that cases get on: the holder, or one of those it is offered to."""
    if item.holder is None and not set(person.principals) & set(item.candidates):
        return walk.town["officer"]
    by_id = {one.membership_id: one for one in walk.town.people.values()}
    return by_id.get(item.holder, person)


def _doer(walk: Walk, item: Any, person: Any) -> Any:
    by_id = {one.membership_id: one for one in walk.town.people.values()}
    return by_id.get(item.closed_by, person)


def _again(walk: Walk, item: Any, person: Any, _to: int) -> None:
    """The same request under the same key twice: the second time nothing happens."""
    tx, town, person = walk.tx, walk.town, _whose(walk, item, person)
    values = ANSWER if item.form == OPINION else {"note": "yes"}
    handed = Submission(item.id, item.revision, values)
    key, request = f"key {item.id} {item.revision}", request_of(handed)
    assert earlier_answer(tx, person.account_id, key, request) is None
    answer = complete_in(tx, town.world, person, handed).as_json()
    keep_answer(tx, person.account_id, key, request, answer, town.clock.now())
    before = walk._head()
    assert earlier_answer(tx, person.account_id, key, request) == answer
    assert walk._head() == before


def _absence(walk: Walk, _item: Any, person: Any, to: int) -> None:
    now, other = walk.town.clock.now(), walk.town[PEOPLE[to % len(PEOPLE)]]
    who = (person.membership_id, other.membership_id)
    period = (now, now + timedelta(days=1))
    set_absence(walk.tx, walk.town.world, person, Absence(*who, *period, "休假"))


def _timer(walk: Walk, _item: Any, _person: Any, to: int) -> None:
    """One of the deadlines of the case passes."""
    own = (timers.c.tenant_id == TENANT, timers.c.case_id == walk.case)
    rows = walk.tx.all(select(timers).where(*own).order_by(timers.c.id))
    if rows:
        command = open_case(walk.tx, walk.town.world, walk.case, None)
        row = rows[to % len(rows)]
        command.fire(row.token_id)
        command.machine.advance()
        close_command(command, Act("timer.fired", row.element))


def _suspend(walk: Walk, _item: Any, _person: Any, to: int) -> None:
    admin, case = walk.town["admin"], walk.tx.get(cases, walk.case)
    assert case is not None
    if case.status == "suspended":
        resume_case(walk.tx, walk.town.world, admin, walk.case, "x")
    else:
        suspend_case(walk.tx, walk.town.world, admin, walk.case, "x", ("", "依法中止")[to % 2])


def _terminate(walk: Walk, _item: Any, _person: Any, to: int) -> None:
    if to == 0:
        terminate_case(walk.tx, walk.town.world, walk.town["admin"], walk.case, "x")


def _share(walk: Walk, item: Any, person: Any, to: int) -> None:
    other = walk.town[PEOPLE[to % len(PEOPLE)]].membership_id
    if to % 2:
        ask(walk.tx, walk.town.world, person, item.id, other, "为何？")
    else:
        copy_item(walk.tx, walk.town.world, person, item.id, [other])


def _add(walk: Walk, item: Any, person: Any, to: int) -> None:
    whom = [walk.town[PEOPLE[-1 - to % len(PEOPLE)]].membership_id]
    who = _whose(walk, item, person)
    add_signers(walk.tx, walk.town.world, who, item.id, whom, MODES[to % 3], "x")


def _remove(walk: Walk, item: Any, _person: Any, _to: int) -> None:
    added = [row for row in walk.rows if row.parent_id is not None and row.closed_at is None]
    chosen = (added or [item])[0]
    remove_signer(walk.tx, walk.town.world, walk.town["admin"], chosen.id, "x")


def _to(act: Any, *more: Any) -> Callable[[Walk, Any, Any, int], None]:
    """An operation that gives an item to somebody."""

    def run(walk: Walk, item: Any, person: Any, to: int) -> None:
        other = walk.town[PEOPLE[to % len(PEOPLE)]].membership_id
        act(walk.tx, walk.town.world, _whose(walk, item, person), item.id, other, *more)

    return run


ACTS: Mapping[str, Callable[[Walk, Any, Any, int], Any]] = {
    "complete": _complete,
    "again": _again,
    "claim": lambda w, i, p, _: claim_item(w.tx, w.town.world, p, i.id),
    "release": lambda w, i, p, _: release_item(w.tx, w.town.world, _whose(w, i, p), i.id),
    "draft": lambda w, i, p, _: save_draft(
        w.tx, w.town.world, p, i.id, {"note": f"draft:{p.username}"}
    ),
    "transfer": _to(transfer_item, "x"),
    "delegate": _to(delegate_item, "x"),
    "absence": _absence,
    "add": lambda w, i, p, to: add_signers(
        w.tx,
        w.town.world,
        _whose(w, i, p),
        i.id,
        [w.town[PEOPLE[-1 - to % 5]].membership_id],
        MODES[to % 3],
        "x",
    ),
    "remove": _remove,
    "return": lambda w, i, p, to: return_item(
        w.tx, w.town.world, _whose(w, i, p), i.id, TARGETS[to], "x", ("steps", "direct")[to % 2]
    ),
    "recall": lambda w, i, p, _: recall_item(w.tx, w.town.world, _doer(w, i, p), i.id),
    "timer": _timer,
    "suspend": _suspend,
    "terminate": _terminate,
    "urge": lambda w, _i, _p, _t: urge_case(w.tx, w.town.world, w.town["applicant"], w.case),
    "share": _share,
    "recuse": lambda w, _i, p, to: (
        to or recuse(w.tx, w.town.world, p, w.case, p.membership_id, "x")
    ),
}


def _walk(sequences: int, *, same: bool = True) -> None:
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=same,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_people_do_tokens_rows_and_history_agree() -> None:
    _walk(500)
    known = {act for act in ACTS if DONE[act]}
    assert known == set(ACTS), "every operation was done, not only refused"


@pytest.mark.full
def test_ten_thousand_sequences_leave_everything_in_agreement() -> None:
    for _ in range(20):
        _walk(500, same=False)
