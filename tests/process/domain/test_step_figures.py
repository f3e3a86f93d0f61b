"""The figures of steps against work items that stand for every kind, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from desk import Desk

from engine.figures.steps import StepFigures, count_figures, is_stale, read_figures
from engine.ids import new_id
from engine.store.tables import work_items

DAY = timedelta(days=1)


def item(desk: Desk, element: str, opened: timedelta, **more: Any) -> None:
    """A work item that was opened some time ago."""
    case, now = desk.case(), desk.clock.now()
    facts = {"status": "offered", "due_at": None, "closed_at": None, **more}
    with desk.tx() as tx:
        tx.insert(
            work_items,
            case_id=case,
            token_id=new_id(),
            element=element,
            name=f"环节{element}",
            candidates=[],
            revision=1,
            opened_at=now - opened,
            **facts,
        )


def figures(desk: Desk) -> dict[str, StepFigures]:
    with desk.tx() as tx:
        return {step.element: step for step in count_figures(tx, desk.clock.now()).steps}


def test_open_work_is_told_by_its_age_and_what_is_overdue(desk: Desk) -> None:
    now = desk.clock.now()
    for days in (1, 6, 8, 29, 100):
        item(desk, "a", days * DAY)
    item(desk, "a", 2 * DAY, due_at=now - DAY)
    item(desk, "a", 2 * DAY, due_at=now + DAY)

    found = figures(desk)["a"]
    assert (found.ages, found.overdue, found.waiting) == ((4, 1, 1, 1), 1, 7)
    assert (found.done, found.mean_seconds, found.name) == (0, None, "环节a")


def test_what_was_done_is_told_with_its_length_and_whether_in_time(desk: Desk) -> None:
    now = desk.clock.now()
    for length, left in ((2, 1), (4, -1), (6, 0)):
        closed = now - DAY
        item(
            desk, "b", DAY + length * DAY, status="completed",
            closed_at=closed, due_at=closed + left * DAY,
        )  # fmt: skip
    item(desk, "b", 3 * DAY, status="completed", closed_at=now - DAY)
    item(desk, "b", 3 * DAY, status="returned", closed_at=now - DAY)
    item(desk, "b", 3 * DAY, status="withdrawn", closed_at=now - DAY)
    item(desk, "b", 500 * DAY, status="completed", closed_at=now - 400 * DAY)

    found = figures(desk)["b"]
    assert (found.done, found.in_time, found.late, found.returned) == (4, 2, 1, 1)
    mean = (2 + 4 + 6 + 2) / 4 * DAY.total_seconds()
    assert found.mean_seconds is not None
    assert abs(found.mean_seconds - mean) <= 1
    assert found.waiting == 0


def test_figures_stand_for_a_quarter_of_an_hour_and_are_ones_own(
    desk: Desk, other_desk: Desk
) -> None:
    item(desk, "a", DAY)
    assert figures(desk)["a"].waiting == 1
    item(desk, "a", DAY)
    assert figures(desk)["a"].waiting == 1, "counted a moment ago"

    desk.clock.advance(timedelta(minutes=15))
    with desk.tx() as tx:
        assert is_stale(read_figures(tx), desk.clock.now())
    assert figures(desk)["a"].waiting == 2
    assert figures(other_desk) == {}
