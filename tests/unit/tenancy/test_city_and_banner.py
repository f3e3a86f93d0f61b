"""The city and the banner below it: limits as specified, organisation as the region names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.tenancy.chain import FolderSources, resolve_parameters
from engine.tenancy.files import read_demo, read_tenant
from engine.tenancy.organisation import Organisation
from engine.tenancy.parameters import Parameter

ROOT = Path(__file__).parents[3]
TENANTS = ROOT / "tenants"
CITY, BANNER, REGION = "ordos", "yijinhuoluo", "neimenggu"
DEPARTMENTS = ("natural-resources", "energy", "ecology")

SPECIFIED = {
    "acceptance.check": (5, "working-day"),
    "preliminary.departments": (DEPARTMENTS, ""),
    "preliminary.site": (10, "working-day"),
    "endorsement.days": (3, "working-day"),
    "preliminary.decision": (5, "working-day"),
    "report.up": (3, "working-day"),
    "selection.mode": ("tender", ""),
    "tender.bid_days": (20, "calendar-day"),
    "tender.bidders_min": (3, "piece"),
    "assessment.third_party": (20, "working-day"),
    "assessment.pass_line": (800, "points"),
    "assessment.part_floor": (75, "percent"),
    "tracking.sign": (5, "working-day"),
    "assessment.result": (5, "working-day"),
    "notice.days": (5, "working-day"),
    "objection.verify": (10, "working-day"),
    "report.region": (5, "working-day"),
    "region.remind": (60, "working-day"),
    "score.catalogue": ("national-2020", ""),
    "ban.open_ended": (True, ""),
    "list.kept": (False, ""),
}


@pytest.fixture(scope="module", params=[CITY, BANNER])
def parameters(request: pytest.FixtureRequest) -> dict[str, Parameter]:
    sources = FolderSources(ROOT / "processes", ROOT / "forms", TENANTS)
    return resolve_parameters(request.param, sources)


@pytest.mark.rule("R-ORD-12", "R-ORD-15", "R-ORD-17", "R-ORD-19", "R-ORD-37", "R-ORD-41")
@pytest.mark.parametrize(("key", "expected"), SPECIFIED.items())
def test_every_limit_of_the_banner_path_stands_in_a_file(
    parameters: dict[str, Parameter], key: str, expected: tuple[object, str]
) -> None:
    found = parameters[key]

    assert (found.value, found.unit) == expected
    assert found.legal_basis
    assert found.title_en


@pytest.mark.rule("R-ORD-37")
def test_no_city_or_banner_can_shorten_the_days_for_bids(parameters: dict[str, Parameter]) -> None:
    assert parameters["tender.bid_days"].bounds.low == 20


@pytest.mark.rule("R-ORD-41")
def test_the_placeholder_of_the_standard_is_marked_for_confirmation() -> None:
    sources = FolderSources(ROOT / "processes", ROOT / "forms", TENANTS)
    catalogue = resolve_parameters(CITY, sources)["score.catalogue"]

    assert catalogue.to_be_confirmed
    assert "占位" in catalogue.note


@pytest.mark.rule("R-ORD-12", "R-ORD-16")
@pytest.mark.parametrize("slug", [CITY, BANNER])
def test_city_and_banners_have_the_departments_that_assess_and_track(slug: str) -> None:
    units = Organisation(read_tenant(TENANTS / slug).units)
    city = next(unit for unit in read_tenant(TENANTS / slug).units if unit.kind == "city")
    places = [city, *units.children(city.code, "banner")]

    missing = [f"{p.code}.{d}" for p in places for d in DEPARTMENTS if f"{p.code}.{d}" not in units]
    assert missing == []


@pytest.mark.parametrize("slug", [CITY, BANNER])
def test_units_bear_the_names_the_region_gives_them(slug: str) -> None:
    named = {unit.code: unit.name for unit in read_tenant(TENANTS / REGION).units}
    own = {unit.code: unit.name for unit in read_tenant(TENANTS / slug).units}

    assert {code: name for code, name in own.items() if named.get(code, name) != name} == {}


def test_nine_banners_and_districts_stand_below_the_city() -> None:
    units = Organisation(read_tenant(TENANTS / CITY).units)

    assert len(units.children("150600", "banner")) == 9


def test_every_role_of_the_city_has_someone_in_the_demonstration() -> None:
    held = {role for person in read_demo(TENANTS / CITY).people for role in person.roles}

    assert held == {role.code for role in read_tenant(TENANTS / CITY).roles}


def test_banner_and_city_have_the_same_roles() -> None:
    roles = [{role.code for role in read_tenant(TENANTS / slug).roles} for slug in (CITY, BANNER)]

    assert roles[0] == roles[1]
