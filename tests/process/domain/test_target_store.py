"""Targets and plans counted from a register, on both databases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from desk import Desk

from domain.register.mines import MineFacts
from domain.register.rules import Level, ListEvent, Method, Scale
from domain.register.store import Change, Entering, change_entry, enter_list
from domain.targets.store import counts_by_level, counts_by_scale, coverage, plan, targets

TODAY = dt.date(2026, 3, 2)


@pytest.mark.rule("R-NAT-12", "R-IM-6", "R-IM-7", "R-YJ-6")
def test_targets_count_the_mines_on_the_list_by_scale_and_year(desk: Desk) -> None:
    desk.office.parameters.update(
        {
            "target.by": "2028-12-31",
            "target.large": Decimal(90),
            "target.medium": Decimal(80),
            "target.large_base": Decimal(4),
            "target.medium_base": Decimal(0),
            "target.plan": ["2024:2", "2025:3"],
            "inspection.ratio": Decimal(10),
        }
    )
    made = [
        ("一号", Scale.LARGE, 2023),
        ("二号", Scale.LARGE, 2024),
        ("三号", Scale.MEDIUM, 2025),
        ("四号", Scale.SMALL, 2025),
    ]
    with desk.tx() as tx:
        for number, (name, scale, year) in enumerate(made):
            facts = MineFacts(name, "公司", "煤", Method.OPEN_PIT, scale, licence_no=f"C{number}")
            entering = Entering(facts, dt.date(year, 6, 1), "纳入")
            entry = enter_list(tx, desk.office, entering, None, desk.clock.now())
        change_entry(tx, entry, Change(ListEvent.REMOVE, "停产"), None, desk.clock.now())

    with desk.tx() as tx:
        assert counts_by_scale(tx, desk.office) == {
            Scale.LARGE: (2, 2),
            Scale.MEDIUM: (1, 1),
            Scale.SMALL: (1, 0),
        }
        assert counts_by_level(tx, desk.office) == {Level.REGIONAL: 3}
        large, medium = targets(tx, desk.office)
        assert (large.base, large.listed, large.missing, large.is_told) == (4, 2, 2, True)
        assert (medium.base, medium.is_met, medium.is_told) == (1, True, False)
        planned = plan(tx, desk.office, TODAY)
        assert [(p.year, p.listed, p.is_met) for p in planned] == [(2024, 2, True), (2025, 3, True)]
        found = coverage(tx, desk.office, desk.clock.now())
        assert found is not None
        assert (found.base, found.drawn, found.needed, found.is_met) == (3, 0, 1, False)
