"""A draw once made stays: nobody draws again, and nobody gets round its result."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from engine.store.tables import batch_cases, draws
from tests.web.chain.shelf import Shelf

from .changing import change
from .conftest import Arrive
from .drive import Drive, Json, wrong_fields
from .test_parameters import ONE_DEPARTMENT

TWO = "two cases at the draw"
SIGNED: Json = {"isFinal": True}


def _second(drive: Drive) -> None:
    change(drive, {**ONE_DEPARTMENT, "draw.source": "system"})
    drive.at("DrawSample")


@pytest.fixture
def two(sqlite_shelf: Shelf, arrive_once: Arrive) -> tuple[Drive, list[str]]:
    """Two cases that wait to be drawn."""
    sqlite_shelf.keep(TWO, "DrawSample", _second)
    drive, _ = arrive_once(TWO)
    return drive, list(drive.files)


def items_of(drive: Drive, cases: list[str]) -> list[str]:
    """The items that wait, one a case."""
    return [step["item"] for case in cases for step in drive.case(case)["open"]]


def draw(drive: Drive, batch: Json, data: Json, *, expect: int = 202) -> Any:
    """Draw a batch."""
    body = {"data": data, "cases": {}}
    path = f"/batches/{batch['id']}/draw"
    return drive.call("xiaohong", "POST", path, body, expect=expect)


def gather_again(drive: Drive, cases: list[str], *, who: str = "xiaohong") -> Json:
    """Try to draw the same cases in another batch."""
    items = items_of(drive, cases)
    body = {"kind": "spot-check", "title": "再抽一次", "items": items}
    answer: Json = drive.call(who, "POST", "/batches", body, expect=409)
    return answer


def ranks(drive: Drive) -> dict[str, int]:
    """The rank of every case in the one draw there is."""
    (made,) = drive.rows(draws)
    return {case: rank for rank, case in enumerate(made.ranking, start=1)}


@pytest.mark.rule("R-IM-31")
@pytest.mark.parametrize("data", [{}, {"isFinal": False}, {"zz": 1}])
def test_nothing_is_drawn_with_a_form_that_is_wrong(
    two: tuple[Drive, list[str]], data: Json
) -> None:
    drive, cases = two
    batch = drive.gather("xiaohong", "spot-check", "DrawSample", cases)
    refused = draw(drive, batch, data, expect=422)
    assert wrong_fields(refused) >= {"isFinal"}
    assert drive.rows(draws) == []
    assert drive.get("xiaohong", f"/batches/{batch['id']}")["status"] == "open"


@pytest.mark.rule("R-IM-31")
def test_a_claim_made_after_the_draw_changes_nothing(two: tuple[Drive, list[str]]) -> None:
    drive, cases = two
    batch = drive.gather("xiaohong", "spot-check", "DrawSample", cases)
    draw(drive, batch, SIGNED)
    for item in items_of(drive, cases):
        drive.call("xiaohong", "POST", f"/work-items/{item}/claim")
    drive.sweep()
    assert [row.status for row in drive.rows(batch_cases)] == ["done", "done"]


@pytest.mark.rule("R-IM-31")
def test_a_case_that_failed_keeps_its_rank_and_is_retried_in_its_batch(
    two: tuple[Drive, list[str]],
) -> None:
    drive, cases = two
    batch = drive.gather("xiaohong", "spot-check", "DrawSample", cases)
    draw(drive, batch, SIGNED)
    items = items_of(drive, cases)
    for item in items:
        drive.call("dalai", "POST", f"/work-items/{item}/claim")
    drive.sweep()
    assert [row.status for row in drive.rows(batch_cases)] == ["failed", "failed"]
    before = ranks(drive)
    refused = gather_again(drive, cases, who="dalai")
    assert refused["code"] == "drawn_before"
    assert batch["number"] in refused["message"]
    for item in items:
        drive.call("dalai", "POST", f"/work-items/{item}/release")
    again = f"/batches/{batch['id']}/retry"
    drive.call("xiaohong", "POST", again, {"data": {}, "cases": {}}, expect=202)
    drive.sweep()
    assert ranks(drive) == before
    drawn = [case for case in cases if drive.open_steps(case) == ["SpotCheck"]]
    assert drawn == [case for case, rank in before.items() if rank == 1]


@pytest.mark.rule("R-IM-31")
def test_the_result_holds_for_a_case_that_is_completed_alone(
    two: tuple[Drive, list[str]],
) -> None:
    drive, cases = two
    batch = drive.gather("xiaohong", "spot-check", "DrawSample", cases)
    draw(drive, batch, SIGNED)
    for item in items_of(drive, cases):
        drive.call("dalai", "POST", f"/work-items/{item}/claim")
    drive.sweep()
    for case in cases:
        drive.complete(case, "DrawSample", by="dalai")
    passed = {case for case in cases if drive.open_steps(case) == ["SpotCheck"]}
    assert passed == {case for case, rank in ranks(drive).items() if rank == 1}


def test_no_batch_is_burnt_by_an_empty_act(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Deliberate")
    batch = drive.gather("alatan", "deliberation", "Deliberate", [case])
    body = {"data": {}, "cases": {}}
    path = f"/batches/{batch['id']}/complete"
    refused = drive.call("alatan", "POST", path, body, expect=422)
    assert {"meetingName", "meetingOn", "decision", "minutes"} <= wrong_fields(refused)
    assert drive.get("alatan", f"/batches/{batch['id']}")["status"] == "open"


def test_an_act_for_a_case_outside_the_batch_names_it(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Commission")
    batch = drive.gather("xiaohong", "commission", "Commission", [case])
    (item,) = drive.items("xiaohong", case, "Commission")
    data = drive.data(case, item, {})
    stranger = str(uuid4())
    body = {"data": data, "cases": {stranger: {}}}
    path = f"/batches/{batch['id']}/complete"
    refused = drive.call("xiaohong", "POST", path, body, expect=422)
    assert wrong_fields(refused) == {f"cases.{stranger}"}
    assert drive.get("xiaohong", f"/batches/{batch['id']}")["status"] == "open"


def test_no_meeting_was_held_before_the_application(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Deliberate")
    refused = drive.complete(case, "Deliberate", expect=422, meetingOn="2026-03-01")
    assert wrong_fields(refused) == {"meetingOn"}


def test_a_terminated_case_leaves_the_batch_it_waits_in(two: tuple[Drive, list[str]]) -> None:
    drive, cases = two
    drive.gather("xiaohong", "spot-check", "DrawSample", cases)
    drive.call("guanli", "POST", f"/cases/{cases[0]}/terminate", {"reason": "采矿权注销。"})
    assert [str(row.case_id) for row in drive.rows(batch_cases)] == [cases[1]]
