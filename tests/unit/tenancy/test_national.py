"""The national tenant: top of the chain, ministries as printed, five years in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import select

from engine.definitions.binding import Bindings
from engine.definitions.loading import load_tenant, load_with_those_above
from engine.store.control import tenants
from engine.store.database import Database
from engine.tenancy.chain import Body, FolderSources, Kind, resolve_parameters
from engine.tenancy.files import read_demo, read_tenant
from engine.tenancy.lineage import calendar_of, read_tenants
from engine.tenancy.model import TenantFile
from engine.tenancy.organisation import Organisation
from engine.timing.clock import FrozenClock
from engine.world import World

ROOT = Path(__file__).parents[3]
TENANTS = ROOT / "tenants"
SOURCES = FolderSources(ROOT / "processes", ROOT / "forms", TENANTS)
ISSUED_BY = (
    "自然资源部",
    "生态环境部",
    "财政部",
    "国家市场监督管理总局",
    "国家金融监督管理总局",
    "中国证券监督管理委员会",
    "国家林业和草原局",
)


def test_the_four_tenants_stand_one_below_the_other() -> None:
    line = read_tenants(TENANTS)

    assert [tenant.slug for tenant in line][:1] == ["national"]
    above = {tenant.slug: tenant.parent for tenant in line}
    assert above == {
        "national": "",
        "neimenggu": "national",
        "ordos": "neimenggu",
        "yijinhuoluo": "ordos",
    }


@pytest.mark.rule("R-NAT-8", "R-IM-1")
@pytest.mark.parametrize(
    ("slug", "last"), [("national", dt.date(2029, 4, 14)), ("neimenggu", dt.date(2030, 6, 10))]
)
def test_a_rule_set_is_in_force_for_five_years_from_its_issue(slug: str, last: dt.date) -> None:
    validity = read_tenant(TENANTS / slug).validity

    assert validity.years == 5
    assert validity.in_force(last)
    assert not validity.in_force(last + dt.timedelta(days=1))


@pytest.mark.rule("R-NAT-4", "R-NAT-25")
@pytest.mark.parametrize(
    ("slug", "kept"), [("national", True), ("neimenggu", True), ("ordos", False)]
)
def test_nation_and_region_each_keep_a_list_of_their_own(slug: str, *, kept: bool) -> None:
    found = resolve_parameters(slug, SOURCES)["list.kept"]

    assert (found.value, found.origin) == (kept, slug)


@pytest.mark.rule("R-NAT-39", "R-NAT-23")
def test_the_region_keeps_its_own_pass_line_and_the_nations_for_recommendations() -> None:
    region = resolve_parameters("neimenggu", SOURCES)

    assert (region["score.pass_line"].value, region["score.pass_line"].origin) == (60, "neimenggu")
    assert (region["round.score_line"].value, region["round.score_line"].origin) == (80, "national")
    assert region["round.score_line"].bounds.low == 80


def test_the_ministries_are_named_as_the_document_prints_them() -> None:
    units = Organisation(read_tenant(TENANTS / "national").units)

    assert tuple(unit.name for unit in units.children("100000", "ministry")) == ISSUED_BY


def test_every_province_may_be_given_a_quota() -> None:
    nation, region = (read_tenant(TENANTS / slug).units for slug in ("national", "neimenggu"))
    provinces = {
        unit.code: unit.name for unit in Organisation(nation).children("100000", "province")
    }

    assert len(provinces) == 31
    assert provinces["150000"] == next(unit.name for unit in region if unit.code == "150000")


def test_every_role_of_the_nation_has_someone_and_the_panel_can_lose_some() -> None:
    people = read_demo(TENANTS / "national").people
    size = resolve_parameters("national", SOURCES)["panel.size"].value

    assert {role for person in people for role in person.roles} == {
        role.code for role in read_tenant(TENANTS / "national").roles
    }
    assert sum("expert" in person.roles for person in people) > int(str(size)) + 1


def test_all_tenants_count_the_same_working_days() -> None:
    line = read_tenants(TENANTS)

    for end in range(1, len(line) + 1):
        assert calendar_of(line[:end]).is_working_day(dt.date(2025, 1, 26))


class AtTheTop:
    """The shipped files as they were when nobody stood above the region."""

    def tenant(self, slug: str) -> TenantFile:
        found = SOURCES.tenant(slug)
        return replace(found, parent="", procedures=()) if slug == "neimenggu" else found

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        return SOURCES.body(kind, ref, owner)

    def files(self, owner: str) -> dict[str, bytes]:
        return {}


class Bare(AtTheTop):
    """The shipped chain without procedures, which are nobody's business here."""

    def tenant(self, slug: str) -> TenantFile:
        found = SOURCES.tenant(slug)
        return replace(found, procedures=(), parameters=MappingProxyType(dict(found.parameters)))


def test_a_region_that_was_loaded_as_the_top_comes_below_the_nation(sqlite: Database) -> None:
    world = World(FrozenClock(dt.datetime(2026, 3, 2, tzinfo=dt.UTC)), Bindings())
    load_tenant(sqlite, world, "neimenggu", AtTheTop())
    load_with_those_above(sqlite, world, "neimenggu", Bare())

    with sqlite.control(read_only=True) as control:
        rows = {row.slug: row for row in control.all(select(tenants))}
    assert rows["neimenggu"].parent_id == rows["national"].id
    assert rows["national"].parent_id is None
