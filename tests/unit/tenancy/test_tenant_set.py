"""Tenants together: parents, levels, and parameters held within the bounds given above."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import NotFound
from engine.tenancy.files import parse_tenant
from engine.tenancy.lineage import calendar_of, check_tenants, lineage_of, read_tenants
from engine.tenancy.model import Bounds, TenantFile
from engine.tenancy.parameters import merge_parameter
from engine.tenancy.problems import TenantRefused

MakeTenant = Callable[..., TenantFile]

DECLARED = """
[parameters."notice.days"]
title = "公示期"
kind = "integer"
unit = "working-day"
value = 5
bounds = { min = 5, max = 10 }
legal_basis = "试行"
note = "待确认"
to_be_confirmed = true

[parameters."review.departments"]
title = "部门"
kind = "list"
value = ["ecology", "water"]
bounds = { choices = ["ecology", "water", "energy"] }
"""


def overriding(key: str, text: str) -> str:
    return f'\n[parameters."{key}"]\n{text}\n'


def test_a_lower_tenant_inherits_what_it_does_not_write(make_tenant: MakeTenant) -> None:
    line = [make_tenant("upper", parameters=DECLARED), make_tenant("lower", "upper", level="city")]

    parameter, problems = merge_parameter("notice.days", line)

    assert problems == []
    assert parameter is not None
    assert (parameter.value, parameter.origin) == (Decimal(5), "upper")


def test_a_lower_tenant_writes_a_value_and_keeps_kind_unit_and_basis(
    make_tenant: MakeTenant,
) -> None:
    own = overriding("notice.days", "value = 7")
    line = [
        make_tenant("upper", parameters=DECLARED),
        make_tenant("lower", "upper", level="city", parameters=own),
    ]

    parameter, problems = merge_parameter("notice.days", line)

    assert problems == []
    assert parameter is not None
    assert (parameter.value, parameter.origin, parameter.unit) == (
        Decimal(7),
        "lower",
        "working-day",
    )
    assert (parameter.legal_basis, parameter.title_zh) == ("试行", "公示期")
    assert parameter.bounds == Bounds(Decimal(5), Decimal(10))
    assert not parameter.to_be_confirmed  # the doubt was about the upper tenant's value


def test_a_lower_tenant_may_narrow_the_bounds_for_those_below(make_tenant: MakeTenant) -> None:
    line = [
        make_tenant("upper", parameters=DECLARED),
        make_tenant(
            "middle",
            "upper",
            level="city",
            parameters=overriding("notice.days", "value = 7\nbounds = { min = 7 }"),
        ),
        make_tenant(
            "lower", "middle", level="banner", parameters=overriding("notice.days", "value = 6")
        ),
    ]

    (problem,) = check_tenants(line)

    assert (problem.file, problem.key) == ("lower/tenant.toml", "parameters.notice.days")
    assert problem.code == "out_of_bounds"
    assert "middle" in problem.zh


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("notice.days", "value = 3", "out_of_bounds"),
        ("notice.days", "value = 11", "out_of_bounds"),
        ("notice.days", "value = 6.5", "not_integer"),
        ("notice.days", "value = '7'", "not_number"),
        ("notice.days", "value = 7\nkind = 'text'", "redeclared"),
        ("notice.days", "value = 7\nunit = 'month'", "redeclared"),
        ("notice.days", "value = 7\nbounds = { max = 20 }", "bounds_widened"),
        ("notice.days", "value = 7\nbounds = { min = 8 }", "out_of_bounds"),
        ("review.departments", "value = ['ecology', 'police']", "out_of_bounds"),
        ("review.departments", "value = ['ecology', 'ecology']", "list_repeats"),
        ("review.departments", "value = 'ecology'", "not_list"),
        ("review.departments", "value = []\nbounds = { choices = ['police'] }", "bounds_widened"),
        ("other.days", "value = 7", "undeclared"),
    ],
)
def test_a_lower_tenant_cannot_leave_what_stands_above(
    make_tenant: MakeTenant, key: str, text: str, code: str
) -> None:
    upper = make_tenant("upper", parameters=DECLARED)
    lower = make_tenant("lower", "upper", level="city", parameters=overriding(key, text))

    problems = check_tenants([upper, lower])

    assert code in [problem.code for problem in problems]
    assert {(problem.file, problem.key) for problem in problems} == {
        ("lower/tenant.toml", f"parameters.{key}")
    }


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("bool", "1", "not_bool"),
        ("text", "1", "not_text"),
        ("percent", "101", "not_percent"),
        ("percent", "-1", "not_percent"),
        ("decimal", "'1.5'", "not_number"),
        ("text", "'03-32'\nunit = 'month-day'", "not_month_day"),
    ],
)
def test_a_value_must_be_of_its_kind(
    make_tenant: MakeTenant, kind: str, value: str, code: str
) -> None:
    text = overriding("a.b", f"title = '甲'\nkind = '{kind}'\nvalue = {value}")

    with pytest.raises(TenantRefused) as refusal:
        make_tenant("upper", parameters=text)

    assert [problem.code for problem in refusal.value.problems] == [code]


def test_numbers_are_exact_for_expressions_and_lists_are_lists(make_tenant: MakeTenant) -> None:
    text = DECLARED + overriding("share", "title = '比例'\nkind = 'decimal'\nvalue = 0.1")
    line = [make_tenant("upper", parameters=text)]

    share, departments = (merge_parameter(key, line)[0] for key in ("share", "review.departments"))

    assert share is not None
    assert departments is not None
    assert share.as_feel == Decimal("0.1")
    assert departments.as_feel == ["ecology", "water"]


def test_the_lineage_begins_with_the_highest(make_tenant: MakeTenant) -> None:
    tenants = {
        "upper": make_tenant("upper"),
        "middle": make_tenant("middle", "upper", level="city"),
        "lower": make_tenant("lower", "middle", level="banner"),
    }

    line = lineage_of("lower", tenants)

    assert [tenant.slug for tenant in line] == ["upper", "middle", "lower"]


def test_tenants_that_stand_above_each_other_are_told(make_tenant: MakeTenant) -> None:
    tenants = [make_tenant("one", "two"), make_tenant("two", "one", level="city")]

    problems = check_tenants(tenants)

    assert {(problem.file, problem.code) for problem in problems} == {
        ("one/tenant.toml", "parent_cycle"),
        ("two/tenant.toml", "parent_cycle"),
    }


def test_a_tenant_above_itself_has_no_lineage(make_tenant: MakeTenant) -> None:
    with pytest.raises(TenantRefused):
        lineage_of("one", {"one": make_tenant("one", "one")})


def test_an_unknown_parent_is_told_where_it_is_named(make_tenant: MakeTenant) -> None:
    tenants = [make_tenant("one", "nobody"), make_tenant("two", "one", level="city")]

    (problem,) = check_tenants(tenants)

    assert (problem.file, problem.key, problem.code) == (
        "one/tenant.toml",
        "parent",
        "unknown_parent",
    )


def test_an_unknown_tenant_has_no_lineage() -> None:
    with pytest.raises(NotFound):
        lineage_of("nobody", {})


def test_a_slug_given_twice_is_told(make_tenant: MakeTenant) -> None:
    (problem,) = check_tenants([make_tenant("one"), make_tenant("one")])

    assert problem.code == "duplicate_slug"


@pytest.mark.parametrize("level", ["region", "national"])
def test_a_tenant_stands_below_the_level_of_its_parent(make_tenant: MakeTenant, level: str) -> None:
    tenants = [make_tenant("one"), make_tenant("two", "one", level=level)]

    (problem,) = check_tenants(tenants)

    assert (problem.key, problem.code) == ("level", "level_order")


def test_a_folder_of_tenants_is_read_upper_first_and_shared_is_none(
    tmp_path: Path, minimal: str
) -> None:
    lower = minimal.replace('"upper"', '"a-lower"\nparent = "upper"').replace("region", "city")
    for slug, text in {"upper": minimal, "a-lower": lower, "shared": "not = read"}.items():
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "tenant.toml").write_text(text, encoding="utf-8")

    assert [tenant.slug for tenant in read_tenants(tmp_path)] == ["upper", "a-lower"]


def test_the_faults_of_all_tenants_are_told_at_once(tmp_path: Path, minimal: str) -> None:
    for slug in ("one", "two"):
        (tmp_path / slug).mkdir()
        text = minimal.replace('"upper"', f'"{slug}"').replace("years = 5", "years = 0")
        (tmp_path / slug / "tenant.toml").write_text(text, encoding="utf-8")

    with pytest.raises(TenantRefused) as refusal:
        read_tenants(tmp_path)

    assert [problem.file for problem in refusal.value.problems] == [
        "one/tenant.toml",
        "two/tenant.toml",
    ]


def test_the_nearest_calendar_wins_and_the_rest_is_inherited(minimal: str) -> None:
    upper_days = (
        "complete_years = [2027]\n[office_hours]\nopens = 09:00:00\ncloses = 17:00:00\n"
        "[[exceptions]]\ndate = 2025-03-04\nworking = false\nreason = '甲'\n"
        "[[exceptions]]\ndate = 2025-03-05\nworking = false\nreason = '乙'\n"
    )
    lower_days = "[[exceptions]]\ndate = 2025-03-05\nworking = true\nreason = '丙'\n"
    upper, lower = (
        parse_tenant({"tenant.toml": minimal.encode(), "calendar.toml": days.encode()})
        for days in (upper_days, lower_days)
    )

    calendar = calendar_of([upper, lower])

    assert not calendar.is_working_day(dt.date(2025, 3, 4))
    assert calendar.is_working_day(dt.date(2025, 3, 5))
    assert calendar.office_hours.closes == dt.time(17)
    assert calendar.complete_years == {2027}
    assert calendar.zone.key == "Asia/Shanghai"
