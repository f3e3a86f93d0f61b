"""The register in the database: the printed list, entering, marks, history, the public list."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from desk import Desk, build_desk
from sqlalchemy import select

from domain.register.export_rows import PUBLIC_HEADER
from domain.register.import_rows import import_rows
from domain.register.listing import (
    ListFilter,
    ListRow,
    count_list,
    csv_lines,
    entry_history,
    list_row,
    minerals,
    public_list,
)
from domain.register.mines import MineFacts, Source
from domain.register.model import holders, mines
from domain.register.rules import Level, ListEvent, ListStatus, Method, Scale, WrongStatus
from domain.register.store import (
    Change,
    Entering,
    NoList,
    change_entry,
    clear_mark,
    enter_list,
    import_mines,
    keeps_list,
    mark,
)
from engine.errors import Conflict, Invalid, NotFound
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.timing.clock import FrozenClock

ROOT = Path(__file__).parents[3]
PRINTED = ROOT / "tenants" / "neimenggu" / "demo" / "mines-yijinhuoluo.csv"
SOURCE = Source("绿色矿山名单", "150627")
MINE = MineFacts(
    name="青峦煤矿",
    holder="鄂尔多斯市青峦演示煤业有限公司",
    mineral="煤",
    method=Method.UNDERGROUND,
    scale=Scale.LARGE,
    division="150627",
    credit_code="91150627MA0DEM0135",
    licence_no="C1500002011011120104242",
)


def load(desk: Desk, source: Source = SOURCE) -> int:
    entries = import_rows(PRINTED.read_bytes()).accepted()
    with desk.tx() as tx:
        return import_mines(tx, desk.office, entries, source, desk.clock.now())


def rows(desk: Desk, **wanted: Any) -> list[ListRow]:
    with desk.tx() as tx:
        return list(public_list(tx, ListFilter(**wanted), limit=500).rows)


def enter(desk: Desk, mine: MineFacts = MINE, case_id: UUID | None = None) -> UUID:
    entering = Entering(mine, desk.today, "公示无异议", case_id, "neimenggu-2025", "87.50")
    with desk.tx() as tx:
        return enter_list(tx, desk.office, entering, None, desk.clock.now())


def change(desk: Desk, entry: UUID, event: ListEvent, reason: str = "理由") -> None:
    with desk.tx() as tx:
        change_entry(tx, entry, Change(event, reason), None, desk.clock.now())


# ---------------------------------------------------------------- the printed list


@pytest.mark.rule("R-IM-33")
def test_the_48_printed_mines_stand_on_the_list_under_their_numbers(desk: Desk) -> None:
    assert load(desk) == 48
    found = rows(desk)
    assert [row.entry.mine.no for row in found] == list(range(1, 49))
    assert {row.entry.status for row in found} == {ListStatus.LISTED}
    assert {row.division for row in found} == {"150627"}


def test_the_printed_name_is_always_kept(desk: Desk) -> None:
    load(desk)
    printed = [line["name"] for line in csv.DictReader(PRINTED.read_text("utf-8").splitlines())]
    assert [row.entry.mine.printed_name for row in rows(desk)] == printed


def test_an_unclear_name_is_to_be_confirmed_and_invents_no_holder(desk: Desk) -> None:
    load(desk)
    unclear = [row.entry.mine for row in rows(desk) if row.entry.mine.to_be_confirmed]
    clear = [row.entry.mine for row in rows(desk) if not row.entry.mine.to_be_confirmed]
    assert unclear
    assert all(mine.name is None or mine.holder is None for mine in unclear)
    assert all(mine.name and mine.holder for mine in clear)


def test_a_holder_with_several_mines_is_one_holder(desk: Desk) -> None:
    load(desk)
    with desk.tx() as tx:
        names = [row.name for row in tx.all(select(holders).where(holders.c.tenant_id == TENANT))]
        owners = [
            row.holder_id
            for row in tx.all(select(mines.c.holder_id).where(mines.c.tenant_id == TENANT))
            if row.holder_id
        ]
    assert len(names) == len(set(names)) == len(set(owners)) < len(owners)


def test_mines_of_the_same_name_stay_apart(desk: Desk) -> None:
    load(desk)
    found = rows(desk, search="满来梁")
    assert len({row.mine_id for row in found}) == len(found) == 2


def test_loading_the_same_list_again_changes_nothing(desk: Desk) -> None:
    load(desk)
    before = rows(desk)
    change(desk, before[0].id, ListEvent.ORDER_RECTIFICATION)
    assert load(desk) == 0
    assert rows(desk)[1:] == before[1:]
    assert rows(desk)[0].entry.status is ListStatus.RECTIFYING


def test_a_second_printed_list_gets_free_numbers(desk: Desk) -> None:
    load(desk)
    assert load(desk, Source("另一名单", "150622")) == 48
    assert [row.entry.mine.no for row in rows(desk)] == list(range(1, 97))


@pytest.mark.rule("R-NAT-4")
def test_a_tenant_that_keeps_no_list_can_neither_load_nor_enter(
    database: Database, clock: FrozenClock
) -> None:
    city = build_desk(database, clock, **{"list.kept": False})
    assert not keeps_list(city.office)
    with pytest.raises(NoList, match="keeps no list"):
        load(city)
    with pytest.raises(NoList, match="keeps no list"):
        enter(city)


@pytest.mark.rule("R-NAT-4")
def test_a_tenant_does_not_inherit_the_list_of_the_one_above(
    database: Database, clock: FrozenClock
) -> None:
    child = build_desk(database, clock, kept_by="region")
    assert child.office.parameter("list.kept") is True, "the parameter itself is inherited"
    assert not keeps_list(child.office)
    with pytest.raises(NoList, match="keeps no list"):
        enter(child)


# ---------------------------------------------------------------- entering


@pytest.mark.rule("R-IM-33", "R-NAT-22")
def test_a_mine_enters_the_list_of_the_tenants_level_with_date_and_score(desk: Desk) -> None:
    case_id = desk.case()
    entry = enter(desk, case_id=case_id)
    with desk.tx() as tx:
        row = list_row(tx, entry)
    assert (row.entry.level, row.entry.status) == (Level.REGIONAL, ListStatus.LISTED)
    assert row.entry.listed_on == desk.today
    assert (row.catalogue, row.score) == ("neimenggu-2025", "87.50")
    assert row.entry.mine.printed_name == MINE.holder + MINE.name


def test_a_new_mine_gets_the_next_number(desk: Desk) -> None:
    load(desk)
    entry = enter(desk)
    with desk.tx() as tx:
        assert list_row(tx, entry).entry.mine.no == 49


def test_entering_twice_for_one_case_gives_one_entry(desk: Desk) -> None:
    case_id = desk.case()
    assert enter(desk, case_id=case_id) == enter(desk, case_id=case_id)
    assert len(rows(desk)) == 1


@pytest.mark.parametrize(("updates", "name"), [(True, "青峦一号煤矿"), (False, "青峦煤矿")])
def test_the_licence_finds_a_mine_and_its_facts_change_only_when_that_is_said(
    desk: Desk, *, updates: bool, name: str
) -> None:
    entry = enter(desk)
    change(desk, entry, ListEvent.REMOVE)
    change(desk, entry, ListEvent.REAPPLY)
    told = replace(MINE, name="青峦一号煤矿", updates_register=updates)
    assert enter(desk, told, desk.case()) == entry
    with desk.tx() as tx:
        assert list_row(tx, entry).entry.mine.name == name


def test_the_mine_of_another_holder_is_never_touched(desk: Desk) -> None:
    entry = enter(desk)
    change(desk, entry, ListEvent.REMOVE)
    change(desk, entry, ListEvent.REAPPLY)
    other = replace(
        MINE, holder="他人煤业有限公司", credit_code="91150725MA0DEM0218", updates_register=True
    )
    with pytest.raises(Conflict, match="another holder"):
        enter(desk, other, desk.case())
    with desk.tx() as tx:
        assert list_row(tx, entry).entry.mine.printed_name == MINE.holder + MINE.name


def test_the_same_name_without_a_licence_makes_another_mine(desk: Desk) -> None:
    bare = replace(MINE, licence_no=None)
    assert enter(desk, bare, desk.case()) != enter(desk, bare, desk.case())
    assert len(rows(desk)) == 2


def test_a_listed_mine_cannot_enter_again(desk: Desk) -> None:
    enter(desk, case_id=desk.case())
    with pytest.raises(WrongStatus, match="cannot undergo"):
        enter(desk, case_id=desk.case())


def test_the_number_of_the_register_finds_a_printed_mine(desk: Desk) -> None:
    load(desk)
    target = next(row for row in rows(desk) if row.entry.level is Level.NATIONAL)
    holder = target.entry.mine.holder
    assert holder is not None
    enter(desk, replace(MINE, no=target.entry.mine.no, holder=holder.name))
    assert sorted(row.entry.level for row in rows(desk) if row.mine_id == target.mine_id) == [
        Level.NATIONAL,
        Level.REGIONAL,
    ]


def test_an_unknown_number_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no mine of this number"):
        enter(desk, replace(MINE, no=4_711))


def test_a_holder_with_two_credit_codes_is_refused(desk: Desk) -> None:
    enter(desk)
    other = replace(MINE, licence_no="C2", credit_code="91150725MA0DEM0218")
    with pytest.raises(Conflict, match="another credit code"):
        enter(desk, other)


# ---------------------------------------------------------------- marks and history


@pytest.mark.rule("R-IM-37.1", "R-IM-37.2", "R-IM-37.3")
def test_marks_add_up_and_are_taken_off_one_by_one(desk: Desk) -> None:
    entry, officer = enter(desk), desk.person("officer")
    with desk.tx() as tx:
        mark(tx, entry, ["停产1年以上"], officer, desk.clock.now())
        mark(tx, entry, ["开采规模变更", "有需要整改的事项"], officer, desk.clock.now())
        clear_mark(tx, entry, "停产1年以上", officer, desk.clock.now(), reason="已恢复生产")
        marks = list_row(tx, entry).entry.marks
    assert marks == {"开采规模变更", "有需要整改的事项"}


def test_a_mark_that_is_not_there_cannot_be_taken_off(desk: Desk) -> None:
    entry = enter(desk)
    with pytest.raises(NotFound, match="does not bear"), desk.tx() as tx:
        clear_mark(tx, entry, "停产1年以上", None, desk.clock.now(), reason="已恢复生产")


@pytest.mark.rule("R-IM-34")
def test_every_step_of_an_entry_stands_in_its_history(desk: Desk) -> None:
    entry, officer, case_id = enter(desk), desk.person("officer"), desk.case()
    steps = [
        (ListEvent.MARK, ListStatus.LISTED),
        (ListEvent.ORDER_RECTIFICATION, ListStatus.RECTIFYING),
        (ListEvent.REMOVE, ListStatus.REMOVED),
    ]
    for event, _status in steps:
        with desk.tx() as tx:
            change_entry(tx, entry, Change(event, f"因{event}", case_id), officer, desk.clock.now())
    with desk.tx() as tx:
        told = entry_history(tx, entry)
    assert [row.seq for row in told] == [1, 2, 3, 4]
    assert [(row.event, row.status) for row in told[1:]] == [(e, s) for e, s in steps]
    assert [row.status_before for row in told] == [None, "listed", "listed", "rectifying"]
    assert {row.by_name for row in told[1:]} == {"officer"}
    assert {row.case_id for row in told[1:]} == {case_id}


def test_a_removed_mine_keeps_no_marks_and_shows_only_when_asked_for(desk: Desk) -> None:
    entry = enter(desk)
    with desk.tx() as tx:
        mark(tx, entry, ["停产1年以上"], None, desk.clock.now())
    change(desk, entry, ListEvent.REMOVE)
    assert rows(desk) == []
    removed = rows(desk, status=ListStatus.REMOVED)
    assert [row.entry.marks for row in removed] == [frozenset()]


def test_nothing_happens_to_an_entry_without_a_reason(desk: Desk) -> None:
    entry = enter(desk)
    with pytest.raises(Invalid, match="reason"):
        change(desk, entry, ListEvent.REMOVE, " ")


# ---------------------------------------------------------------- the public list


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"level": Level.NATIONAL}, lambda e: e.level is Level.NATIONAL),
        ({"method": Method.OPEN_PIT}, lambda e: e.mine.method is Method.OPEN_PIT),
        ({"scale": Scale.LARGE}, lambda e: e.mine.scale is Scale.LARGE),
        ({"mineral": "煤"}, lambda e: e.mine.mineral == "煤"),
        ({"search": "武家塔"}, lambda e: "武家塔" in e.mine.printed_name),
        ({"search": "神华"}, lambda e: "神华" in e.mine.printed_name),
    ],
)
def test_a_filter_shows_all_entries_that_hold_and_no_others(
    desk: Desk, wanted: dict[str, Any], holds: Callable[[Any], bool]
) -> None:
    load(desk)
    expected = [row.id for row in rows(desk) if holds(row.entry)]
    assert [row.id for row in rows(desk, **wanted)] == expected
    with desk.tx() as tx:
        assert count_list(tx, ListFilter(**wanted)) == len(expected)
    assert 0 < len(expected) <= 48


@pytest.mark.parametrize("search", ["%", "_", "\\", "'; drop table mines; --"])
def test_signs_of_the_query_language_are_searched_as_they_are(desk: Desk, search: str) -> None:
    load(desk)
    assert rows(desk, search=search) == []


def test_pages_follow_each_other_without_gap_or_double(desk: Desk) -> None:
    load(desk)
    seen: list[int] = []
    cursor = None
    while True:
        with desk.tx() as tx:
            page = public_list(tx, ListFilter(), cursor=cursor, limit=7)
        seen += [row.entry.mine.no for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(range(1, 49))


@pytest.mark.parametrize("cursor", ["x", "e30", "WzEsICJ4Il0"])
def test_a_cursor_that_is_none_of_ours_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"), desk.tx() as tx:
        public_list(tx, ListFilter(), cursor=cursor)


@pytest.mark.rule("R-IM-33")
def test_the_csv_file_has_the_agreed_header_once_and_a_line_for_every_entry(desk: Desk) -> None:
    load(desk)
    with desk.tx() as tx:
        text = "".join(csv_lines(tx, ListFilter()))
    read = list(csv.reader(io.StringIO(text)))
    assert tuple(read[0]) == PUBLIC_HEADER
    assert [line[0] for line in read[1:]] == [str(no) for no in range(1, 49)]


def test_the_minerals_to_choose_from_are_those_on_the_list(desk: Desk) -> None:
    load(desk)
    expected = {row.entry.mine.mineral for row in rows(desk)}
    with desk.tx() as tx:
        assert set(minerals(tx)) == expected


def test_another_tenant_sees_nothing_of_the_list(desk: Desk, other_desk: Desk) -> None:
    load(desk)
    entry = rows(desk)[0].id
    assert rows(other_desk) == []
    with pytest.raises(NotFound, match="no such entry"), other_desk.tx() as tx:
        list_row(tx, entry)
