"""The recipe for a binding: its function runs behind a service task of a real case."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.cases.lifecycle import start_case
from engine.cases.parts import load_parts
from engine.cases.scopes import Scopes
from engine.definitions.binding import BindingContext, Bindings
from engine.errors import Refused
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import incidents
from engine.timing.clock import FrozenClock
from tests.process.town import FlatSources, Town, build_town
from webapp.bindings.inputs import InputInvalid
from webapp.bindings.registry import GROUPS

from .guide import files_in, write_files

RECIPE = "recipes/binding.md"
MODULE = "webapp.bindings.periods"


@pytest.fixture
def periods(tmp_path: Path) -> Iterator[ModuleType]:
    """The module of the recipe, imported under the name it would have."""
    write_files(RECIPE, tmp_path)
    spec = importlib.util.spec_from_file_location(MODULE, tmp_path / "webapp/bindings/periods.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[MODULE]


def sources() -> FlatSources:
    replaced = {Path(path).name: body.encode() for path, body in files_in(RECIPE).items()}
    return FlatSources(procedure="period", replaced=replaced)


def begin(town: Town, day: str) -> UUID:
    case = start_case(town.db, town.world, town["applicant"], "period", {})["id"]
    town.complete("applicant", "Fill", completeBy=day)
    return UUID(case)


def variables(town: Town, case: UUID) -> Any:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        return Scopes(case, load_parts(tx, case).variables).local(case)


@pytest.fixture
def town(sqlite: Database, clock: FrozenClock, periods: ModuleType) -> Town:
    bindings: Bindings = periods.bindings
    return build_town(sqlite, clock, sources(), bindings)


def test_the_result_of_the_binding_becomes_a_variable(town: Town) -> None:
    case = begin(town, "2026-03-09")
    assert town.case(case).outcome == "已算出"
    assert variables(town, case)["daysLeft"] == 5


def test_the_error_of_the_binding_takes_the_drawn_path(town: Town) -> None:
    case = begin(town, "2026-02-27")
    assert town.case(case).outcome == "日期已过"
    assert "daysLeft" not in variables(town, case)


def test_a_failing_binding_leaves_the_case_alive_with_an_incident(
    sqlite: Database, clock: FrozenClock
) -> None:
    bindings = Bindings()

    @bindings.register("period.count")
    def fail(_context: BindingContext, _given: Any) -> None:
        raise InputInvalid("输入有误", "the input is wrong")

    town = build_town(sqlite, clock, sources(), bindings)
    case = begin(town, "2026-03-09")
    assert town.case(case).status == "open"
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        open_incidents = tx.all(select(incidents).where(incidents.c.tenant_id == TENANT))
    assert [(i.element, i.code) for i in open_incidents] == [("Count", "binding_input")]


def test_a_type_without_binding_is_refused_by_name(sqlite: Database, clock: FrozenClock) -> None:
    other = Bindings()
    other.register("something.else")(lambda _context, _given: None)
    with pytest.raises(Refused) as caught:
        build_town(sqlite, clock, sources(), other)
    findings: Any = caught.value.facts["findings"]
    assert [(f["element"], f["code"]) for f in findings if f["severity"] == "error"] == [
        ("Count", "binding-unknown")
    ]


def test_the_groups_of_bindings_are_modules_as_the_recipe_says() -> None:
    assert all(isinstance(group.bindings, Bindings) for group in GROUPS)
