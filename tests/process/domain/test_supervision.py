"""Supervision in the database: findings mark and clear, removals count, copies follow the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from desk import Desk

from domain.register.copies import LIST_ENTRY
from domain.register.import_rows import import_rows
from domain.register.listing import ListFilter, public_list
from domain.register.mines import Source
from domain.register.rules import ListStatus
from domain.register.store import import_mines
from domain.supervision.rules import FindingStands, FindingStatus, Outcome
from domain.supervision.store import (
    Found,
    Removal,
    close_finding,
    coverage_of,
    find_known,
    fix_base,
    inspected_in,
    listed_mines,
    open_finding,
    record_inspection,
    removals_of,
    remove_mine,
)
from engine.canonical import canonical, digest
from engine.errors import NotFound
from engine.messaging.facts import take_copy

LIST = """no,name,mineral,method,scale,level
1,乌兰煤炭有限公司北山煤矿,煤,露天开采,大型,自治区级
2,乌兰煤炭有限公司南山煤矿,煤,露天开采,大型,自治区级
3,乌兰煤炭有限公司西山煤矿,煤,露天开采,大型,自治区级
"""
MINE = "regional:1"


@pytest.fixture
def keeper(desk: Desk) -> Desk:
    """A tenant that keeps a list of three mines of one holder."""
    entries = import_rows(LIST.encode()).accepted()
    with desk.tx() as tx:
        assert import_mines(tx, desk.office, entries, Source("名录"), desk.clock.now()) == 3
    return desk


def found(desk: Desk, outcome: Outcome = Outcome.RECTIFY, words: str = "矿区环境较差") -> UUID:
    what = Found(MINE, "environment", "R-IM-38.2", outcome, words, "扬尘", date(2026, 6, 1))
    with desk.tx() as tx:
        return open_finding(tx, desk.office, what, None, desk.clock.now())


def close(desk: Desk, finding: UUID, status: FindingStatus = FindingStatus.ACCEPTED) -> int:
    with desk.tx() as tx:
        return close_finding(tx, desk.office, finding, status, None, desk.clock.now())


def standing(desk: Desk) -> tuple[str, list[str]]:
    with desk.tx() as tx:
        status = find_known(tx, desk.office, MINE).status
        rows = public_list(tx, ListFilter(status=status)).rows
        entry = next(row.entry for row in rows if row.entry.mine.no == 1)
    return status, sorted(entry.marks)


@pytest.mark.rule("R-IM-38")
def test_the_mark_goes_only_when_every_finding_is_accepted(keeper: Desk) -> None:
    one, two = found(keeper), found(keeper, words="“三率”等指标未达到要求")
    assert standing(keeper) == (ListStatus.RECTIFYING, ["“三率”等指标未达到要求", "矿区环境较差"])
    assert close(keeper, one) == 1
    assert standing(keeper) == (ListStatus.RECTIFYING, ["“三率”等指标未达到要求"])
    assert close(keeper, two) == 0
    assert standing(keeper) == (ListStatus.LISTED, [])
    with pytest.raises(FindingStands):
        close(keeper, two)


@pytest.mark.rule("R-IM-37.1")
def test_a_mark_lies_over_the_entry_and_is_taken_off_alone(keeper: Desk) -> None:
    mark = found(keeper, Outcome.MARK, "停产1年以上")
    assert standing(keeper) == (ListStatus.LISTED, ["停产1年以上"])
    close(keeper, mark)
    assert standing(keeper) == (ListStatus.LISTED, [])


def remove(desk: Desk, mine: str) -> int:
    with desk.tx() as tx:
        return remove_mine(tx, desk.office, Removal(mine, "未按期整改"), None, desk.clock.now())


@pytest.mark.rule("R-YJ-16", "R-IM-41", "R-IM-42")
def test_removals_count_for_the_holder_and_rectification_goes_on_after_it(keeper: Desk) -> None:
    finding = found(keeper)
    close(keeper, finding, FindingStatus.FAILED)
    assert remove(keeper, MINE) == 1
    assert remove(keeper, MINE) == 1, "the same removal counts once"
    assert standing(keeper) == (ListStatus.REMOVED, [])
    close(keeper, finding)
    assert remove(keeper, "regional:2") == 2, "another mine of the same holder"
    with keeper.tx() as tx:
        assert len(listed_mines(tx, keeper.office)) == 1


@pytest.mark.rule("R-ORD-25", "R-YJ-18")
def test_the_base_of_a_year_stands_and_a_mine_counts_once(keeper: Desk) -> None:
    case, now = keeper.case(), keeper.clock.now()
    with keeper.tx() as tx:
        assert fix_base(tx, keeper.office, 2026, now) == 3
    remove(keeper, MINE)
    facts: dict[str, Any] = {"mine": "regional:2", "mine_name": "南山煤矿", "year": 2026}
    for quarter in (1, 1, 2):
        with keeper.tx() as tx:
            more = {"quarter": quarter, "result": "good", "inspected_on": keeper.today}
            record_inspection(tx, case_id=case, **facts, **more)
    with keeper.tx() as tx:
        assert fix_base(tx, keeper.office, 2026, now) == 3
        coverage = coverage_of(tx, keeper.office, 2026, keeper.office.parameter("spot_check.ratio"))
        assert (coverage.base, coverage.target, coverage.done) == (3, 1, 1)
        assert inspected_in(tx, 2026) == {"regional:2"}
        assert inspected_in(tx, 2025) == set()


@pytest.mark.rule("R-YJ-16")
def test_below_the_keeper_mines_and_removals_are_known_by_copies(desk: Desk) -> None:
    banner = replace(desk.office, parameters={})
    told: dict[str, Any] = {
        "number": 1,
        "name": "北山煤矿",
        "holder": "乌兰煤炭有限公司",
        "division": "150627",
        "mineral": "煤",
        "method": "open_pit",
        "scale": "large",
        "level": "regional",
        "status": "listed",
        "marks": [],
        "removals": 0,
        "listedOn": None,
    }

    def told_again(seq: int, **changes: Any) -> None:
        content = {**told, **changes}
        source = SimpleNamespace(slug="region", name="自治区")
        fact = SimpleNamespace(
            kind=LIST_ENTRY,
            key="1",
            seq=seq,
            about="mine:1",
            scope="150627",
            content=content,
            digest=digest(canonical(content)),
            at=desk.clock.now(),
        )
        with desk.tx() as tx:
            take_copy(tx, source, fact)

    told_again(1)
    with desk.tx() as tx:
        assert [one.mine for one in listed_mines(tx, banner)] == [MINE]
    told_again(2, status="removed", removals=1)
    told_again(1)
    with desk.tx() as tx:
        assert listed_mines(tx, banner) == []
        assert find_known(tx, banner, MINE).status == ListStatus.REMOVED
        assert removals_of(tx, banner, " 乌兰煤炭有限公司") == 1
        with pytest.raises(NotFound):
            remove_mine(tx, banner, Removal(MINE, "x"), None, desk.clock.now())
        with pytest.raises(NotFound):
            find_known(tx, banner, "regional:9")
