"""Every operation in every block at every position does what the table says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from blocks import arrive, complete, items, office_of, open_one, undone
from town import Town

from engine.cases.invariants import check_cases
from engine.cases.lifecycle import (
    resume_case,
    suspend_case,
    terminate_case,
    urge_case,
    withdraw_case,
)
from engine.errors import LuchengError
from engine.gate.properties import VOCABULARY
from engine.history import verify_case
from engine.store.database import Unit
from engine.store.tables import cases, work_items
from engine.work_items.adding import add_signers, remove_signer
from engine.work_items.barring import recuse
from engine.work_items.handing_on import delegate_item, transfer_item
from engine.work_items.holding import claim_item, release_item, save_draft
from engine.work_items.operation_words import FORBIDDABLE
from engine.work_items.returning import recall_item, return_item
from engine.work_items.sharing import answer, ask, copy_item
from engine.work_items.standing_in import Absence, set_absence
from engine.work_items.vocabulary import (
    BLOCKS,
    OK,
    OPERATIONS,
    POSITIONS,
    VERDICTS,
    verdict,
)
from engine.work_items.vocabulary_page import operations_table, verdicts_table

PAGE = Path(__file__).parents[2] / "docs" / "office-work.md"


class Cell:
    """A case at its position, and the people who act."""

    def __init__(self, tx: Unit, town: Town, case: UUID, element: str) -> None:
        self.tx, self.town, self.case, self.element = tx, town, case, element
        self.own, self.other = town["officer"], town["other"]

    @property
    def item(self) -> Any:
        return open_one(self.tx, self.case, self.element)

    def do(self, act: Any, *given: Any, by: Any = None) -> Any:
        return act(self.tx, self.town.world, by or self.own, *given)

    def complete(self, by: Any = None) -> Any:
        item = self.item
        complete(self.tx, self.town, by or self.own, item)
        return item

    def add(self, mode: str) -> Any:
        self.do(add_signers, self.item.id, [self.other.membership_id], mode, "x")
        return next(row for row in items(self.tx, self.case) if row.parent_id is not None)


def _substitute(cell: Cell) -> None:
    now = cell.town.clock.now()
    who = (cell.own.membership_id, cell.other.membership_id)
    cell.do(claim_item, cell.item.id)
    cell.do(set_absence, Absence(*who, now, now + timedelta(days=1), "休假"))
    cell.complete(by=cell.other)


def _hand_back(cell: Cell) -> None:
    cell.do(delegate_item, cell.item.id, cell.other.membership_id, "x")
    cell.complete(by=cell.other)
    assert cell.item.holder == cell.own.membership_id


def _add(mode: str, own_first: bool) -> Callable[[Cell], None]:
    def act(cell: Cell) -> None:
        child = cell.add(mode)
        steps = [
            cell.complete,
            lambda: complete(cell.tx, cell.town, cell.other, cell.tx.get(work_items, child.id)),
        ]
        for step in steps if own_first else reversed(steps):
            step()

    return act


def _answer(cell: Cell) -> None:
    question = cell.do(ask, cell.item.id, cell.town["colleague"].membership_id, "为何？")
    cell.do(answer, question, "因为", by=cell.town["colleague"])


def _resume(cell: Cell) -> None:
    admin = cell.town["admin"]
    cell.do(suspend_case, cell.case, "x", by=admin)
    cell.do(resume_case, cell.case, "x", by=admin)


ACTS: Mapping[str, Callable[[Cell], Any]] = {
    "claim": lambda c: c.do(claim_item, c.item.id),
    "release": lambda c: (c.do(claim_item, c.item.id), c.do(release_item, c.item.id)),
    "draft": lambda c: c.do(save_draft, c.item.id, {"note": "x"}),
    "complete": lambda c: c.complete(),
    "transfer": lambda c: c.do(transfer_item, c.item.id, c.other.membership_id, "x"),
    "delegate": lambda c: c.do(delegate_item, c.item.id, c.other.membership_id, "x"),
    "hand-back": _hand_back,
    "substitute": _substitute,
    "add-before": _add("before", own_first=False),
    "add-parallel": _add("parallel", own_first=False),
    "add-after": _add("after", own_first=True),
    "remove-signer": lambda c: c.do(remove_signer, c.add("parallel").id, "x"),
    "return-before": lambda c: c.do(return_item, c.item.id, "before", "x"),
    "return-first": lambda c: c.do(return_item, c.item.id, "a1", "x"),
    "return-across": lambda c: c.do(return_item, c.item.id, "b1", "x"),
    "recall": lambda c: c.do(recall_item, c.complete().id),
    "withdraw": lambda c: c.do(withdraw_case, c.case, "x", by=c.town["applicant"]),
    "terminate": lambda c: c.do(terminate_case, c.case, "x", by=c.town["admin"]),
    "suspend": lambda c: c.do(suspend_case, c.case, "x", "依法中止", by=c.town["admin"]),
    "resume": _resume,
    "urge": lambda c: c.do(urge_case, c.case, by=c.town["applicant"]),
    "copy": lambda c: c.do(copy_item, c.item.id, [c.other.membership_id]),
    "ask": lambda c: c.do(ask, c.item.id, c.town["colleague"].membership_id, "为何？"),
    "answer": _answer,
    "recuse": lambda c: c.do(recuse, c.case, c.own.membership_id, "x"),
}


def test_the_table_knows_every_operation_and_the_page_shows_it() -> None:
    codes = [operation.code for operation in OPERATIONS]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(VERDICTS) == set(ACTS)
    assert all(set(VERDICTS[code]) == set(BLOCKS) for code in codes)
    assert {operation.undo for operation in OPERATIONS} - {""} <= set(codes)
    page = PAGE.read_text()
    assert operations_table() in page
    assert verdicts_table() in page


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("position", POSITIONS)
def test_every_cell_of_the_table_holds(block: str, position: str) -> None:
    town = office_of(block)
    found: dict[str, str] = {}
    with undone(town) as tx:
        case, element = arrive(tx, town, position)
        for code, act in ACTS.items():
            found[code] = _try(tx, town, Cell(tx, town, case, element), act)
    assert found == {code: verdict(code, block, position) for code in ACTS}


class _TakenBack(Exception):
    pass


def _try(tx: Unit, town: Town, cell: Cell, act: Callable[[Cell], Any]) -> str:
    """What came of an act; it is taken back, and leaves the case sound meanwhile."""
    said = OK
    try:
        with tx.savepoint():
            try:
                act(cell)
            except LuchengError as error:
                said = error.code if not error.zh.isascii() else "not told in Chinese"
            else:
                tx.flush()
                assert verify_case(tx, cell.case) == []
                row = tx.get(cases, cell.case)
                assert row is not None
                if row.status == "open":
                    assert check_cases(tx, town.world, [row]) == []
            raise _TakenBack
    except _TakenBack:
        return said


def test_what_a_diagram_may_forbid_is_an_operation() -> None:
    codes = {operation.code for operation in OPERATIONS}
    assert {word for word in FORBIDDABLE if word not in ("add-signer", "return")} <= codes
    assert {"forbids", "returnTo", "resubmit", "separateFrom", "barred", "vote"} <= VOCABULARY
