"""The tenants that ship: valid, complete against the specification, and peopled."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from engine.tenancy.chain import FolderSources, Kind, resolve, resolve_parameters
from engine.tenancy.demo import Demo
from engine.tenancy.files import read_demo
from engine.tenancy.lineage import calendar_of, read_tenants
from engine.tenancy.model import Capacity, TenantFile
from engine.tenancy.organisation import Organisation
from engine.tenancy.parameters import Parameter

ROOT = Path(__file__).parents[3]
TENANTS = ROOT / "tenants"
SLUG = "neimenggu"


@pytest.fixture(scope="module")
def tenant() -> TenantFile:
    return next(item for item in read_tenants(TENANTS) if item.slug == SLUG)


@pytest.fixture(scope="module")
def parameters() -> dict[str, Parameter]:
    sources = FolderSources(ROOT / "processes", ROOT / "forms", TENANTS)
    return resolve_parameters(SLUG, sources)


@pytest.fixture(scope="module")
def organisation(tenant: TenantFile) -> Organisation:
    return Organisation(tenant.units)


@pytest.fixture(scope="module")
def demo() -> Demo:
    return read_demo(TENANTS / SLUG)


SPECIFIED = {
    # chain A1, step by step
    "contract.deadline": ("03-31", "month-day"),
    "acceptance.check": (5, "working-day"),
    "supplement.limit": (10, "working-day"),
    "review.documents": (10, "working-day"),
    "review.site": (10, "working-day"),
    "review.decision": (5, "working-day"),
    "report.up": (5, "working-day"),
    "assessment.commission": (10, "working-day"),
    "assessment.third_party": (20, "working-day"),
    "assessment.result": (5, "working-day"),
    "region.documents": (10, "working-day"),
    "spot_check.days": (10, "working-day"),
    "spot_check.ratio": (20, "percent"),
    "spot_check.minimum": (1, "piece"),
    "deliberation.days": (10, "working-day"),
    "deliberation.enabled": (True, ""),
    "notice.days": (5, "working-day"),
    "notice.count_first_day": (True, ""),
    "notice.objection": (("real-name", "evidence", "contact"), ""),
    "objection.verify": (10, "working-day"),
    "listing.announce": (5, "working-day"),
    "score.catalogue": ("neimenggu-2025", ""),
    "score.pass_line": (60, "points"),
    "list.kept": (True, ""),
    # the windows of the review points and prerequisites
    "penalty.years": (3, "year"),
    "operation.years": (3, "year"),
    "new_mine.years": (1, "year"),
    "reserves.years": (3, "year"),
    "ban.years": (3, "year"),
    # section D: what goes on after listing, and how periods are counted
    "inspection.ratio": (10, "percent"),
    "inspection.rounding": ("up", ""),
    "rectification.limit": (60, "working-day"),
    "period.event_day": (False, ""),
    "period.end": ("day_end", ""),
}


@pytest.mark.rule(
    "R-IM-9", "R-IM-10", "R-IM-15", "R-IM-22", "R-IM-27", "R-IM-31", "R-IM-33", "R-IM-38",
    "R-IM-46", "R-IM-53", "R-IM-56", "R-GEN-1",
)  # fmt: skip
@pytest.mark.parametrize(("key", "expected"), SPECIFIED.items())
def test_every_limit_of_the_chain_stands_in_the_tenant_file(
    parameters: dict[str, Parameter], key: str, expected: tuple[object, str]
) -> None:
    parameter = parameters[key]

    assert (parameter.value, parameter.unit) == expected


def test_every_parameter_says_what_it_rests_on(parameters: dict[str, Parameter]) -> None:
    silent = [
        key
        for key, parameter in parameters.items()
        if not (parameter.legal_basis and parameter.title_en)
    ]

    assert silent == []


@pytest.mark.rule("R-IM-5")
def test_the_indicator_catalogue_is_found_through_the_chain(
    parameters: dict[str, Parameter],
) -> None:
    sources = FolderSources(ROOT / "processes", ROOT / "forms", TENANTS)

    found = resolve(Kind.CATALOGUE, str(parameters["score.catalogue"].value), SLUG, sources)

    assert found.body


@pytest.mark.rule("R-IM-53")
def test_the_pass_line_is_marked_for_confirmation_and_cannot_go_below_the_print(
    parameters: dict[str, Parameter],
) -> None:
    line = parameters["score.pass_line"]

    assert line.to_be_confirmed
    assert "待确认" in line.note
    assert (line.bounds.low, line.bounds.high) == (Decimal(60), Decimal(100))


@pytest.mark.rule("R-IM-32", "R-GEN-1")
def test_a_notice_lasts_five_to_ten_days(parameters: dict[str, Parameter]) -> None:
    bounds = parameters["notice.days"].bounds

    assert (bounds.low, bounds.high) == (Decimal(5), Decimal(10))


@pytest.mark.rule("R-IM-1")
def test_the_rule_set_is_in_force_for_five_years(tenant: TenantFile) -> None:
    assert tenant.validity.valid_from == dt.date(2025, 6, 11)
    assert tenant.validity.until == dt.date(2030, 6, 11)


def test_there_are_twelve_leagues_and_cities_and_103_banners(
    tenant: TenantFile, organisation: Organisation
) -> None:
    cities = [unit for unit in tenant.units if unit.kind in ("league", "city")]

    assert len(cities) == 12
    assert [len(organisation.children(unit.code, "banner")) for unit in cities] == [
        9, 9, 3, 12, 8, 9, 14, 7, 11, 6, 12, 3,
    ]  # fmt: skip
    assert all(unit.parent == "150000" for unit in cities)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("150100", "呼和浩特市"),
        ("150206", "白云鄂博矿区"),
        ("150430", "敖汉旗"),
        ("150581", "霍林郭勒市"),
        ("150603", "康巴什区"),
        ("150627", "伊金霍洛旗"),
        ("150785", "根河市"),
        ("150981", "丰镇市"),
        ("152202", "阿尔山市"),
        ("152501", "二连浩特市"),
        ("152923", "额济纳旗"),
        ("152900.natural-resources", "阿拉善盟自然资源局"),
        ("150627.natural-resources", "伊金霍洛旗自然资源局"),
    ],
)
def test_divisions_and_bureaus_bear_their_official_code(
    organisation: Organisation, code: str, name: str
) -> None:
    assert organisation.name(code) == name


def test_a_division_stands_below_the_one_its_code_begins_with(tenant: TenantFile) -> None:
    banners = [unit for unit in tenant.units if unit.kind == "banner"]

    assert all(unit.parent == f"{unit.code[:4]}00" for unit in banners)


@pytest.mark.rule("R-IM-16")
def test_every_league_and_city_has_the_bureaus_that_may_review(
    tenant: TenantFile, organisation: Organisation, parameters: dict[str, Parameter]
) -> None:
    choices = parameters["review.departments"].bounds.choices
    cities = [unit.code for unit in tenant.units if unit.kind in ("league", "city")]

    assert choices is not None
    assert [
        f"{city}.{choice}"
        for city in cities
        for choice in choices
        if f"{city}.{choice}" not in organisation
    ] == []


@pytest.mark.rule("R-IM-19")
def test_every_banner_has_a_bureau_the_site_review_can_be_delegated_to(
    tenant: TenantFile, organisation: Organisation
) -> None:
    banners = [unit.code for unit in tenant.units if unit.kind == "banner"]

    assert all(f"{banner}.natural-resources" in organisation for banner in banners)


@pytest.mark.rule("R-IM-50")
def test_the_coordination_mechanism_has_fourteen_members(
    organisation: Organisation, parameters: dict[str, Parameter]
) -> None:
    members = parameters["coordination.members"].value

    assert isinstance(members, tuple)
    assert len(members) == 14
    assert all(f"150000.{member}" in organisation for member in members)


@pytest.mark.rule("R-IM-52")
def test_the_coordination_office_sits_in_the_natural_resources_department(
    organisation: Organisation,
) -> None:
    office = organisation.unit("150000.coordination-office")

    assert office.parent == "150000.natural-resources"


def test_the_calendar_is_the_national_one_in_the_tenants_zone(tenant: TenantFile) -> None:
    calendar = calendar_of([tenant])

    assert calendar.zone.key == "Asia/Shanghai"
    assert calendar.is_working_day(dt.date(2025, 1, 26))


def test_every_role_has_someone_in_the_demonstration(tenant: TenantFile, demo: Demo) -> None:
    held = {role for person in demo.people for role in person.roles}

    assert held == {role.code for role in tenant.roles}
    # its administrator looks after people himself, and the platform is no role of a tenant
    apart = {Capacity.SECURITY, Capacity.PLATFORM}
    assert {role.capacity for role in tenant.roles} == set(Capacity) - apart


@pytest.mark.parametrize("city", ["150600", "150700", "150900"])
def test_each_city_of_the_demonstration_can_do_its_whole_review(
    demo: Demo, parameters: dict[str, Parameter], city: str
) -> None:
    departments = parameters["review.departments"].value
    places = {(role, person.unit) for person in demo.people for role in person.roles}

    assert isinstance(departments, tuple)
    needed = {("city-reviewer", f"{city}.{department}") for department in departments}
    needed |= {(role, f"{city}.natural-resources") for role in ("city-clerk", "city-leader")}
    assert needed <= places


def test_each_regional_department_of_the_demonstration_has_its_reviewer(
    demo: Demo, parameters: dict[str, Parameter]
) -> None:
    departments = parameters["region.departments"].value
    reviewers = {person.unit for person in demo.people if "region-department" in person.roles}

    assert isinstance(departments, tuple)
    assert {f"150000.{department}" for department in departments} <= reviewers


def test_every_enterprise_has_an_applicant_where_the_demonstration_can_review(demo: Demo) -> None:
    applicants = {person.enterprise for person in demo.people if person.enterprise}
    inspectors = {person.unit for person in demo.people if "banner-inspector" in person.roles}

    assert applicants == {enterprise.code for enterprise in demo.enterprises}
    assert {f"{item.division}.natural-resources" for item in demo.enterprises} <= inspectors


def test_the_assessor_body_of_the_demonstration_has_two_assessors(demo: Demo) -> None:
    bodies = [person.body for person in demo.people if person.capacity is Capacity.ASSESSOR]

    assert bodies.count("lvheng") == 2


def test_demonstration_companies_are_told_from_real_ones(demo: Demo) -> None:
    names = [item.name for item in demo.enterprises] + [item.name for item in demo.bodies]

    assert all("演示" in name for name in names)


def test_demonstration_passwords_differ_and_are_long(demo: Demo) -> None:
    passwords = {demo.password(person.username) for person in demo.people}

    assert len(passwords) == len(demo.people)
    assert min(len(password) for password in passwords) >= 12


def test_tenant_folders_hold_data_only() -> None:
    suffixes = {path.suffix for path in TENANTS.rglob("*") if path.is_file()}

    assert suffixes <= {".toml", ".csv", ".txt"}
