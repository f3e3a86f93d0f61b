"""Tenant files: what is wrong is told by file and key, in both languages, all at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import NotFound
from engine.tenancy.files import MAX_TOML_BYTES, parse_tenant, read_tenant
from engine.tenancy.model import Bounds, Capacity, OfficeHours, ParameterKind, Validity
from engine.tenancy.organisation import Organisation
from engine.tenancy.problems import Problem, TenantRefused
from engine.tenancy.rows import MAX_ROWS

ORGANISATION = """\
code,name,kind,parent,short
10,甲市,city,,甲
10.permits,甲市许可局,bureau,10,许可局
1001,乙县,county,10,乙
1002,丙县,county,10,丙
"""


def problems_in(toml: str, **files: str) -> list[Problem]:
    bodies = {"tenant.toml": toml.encode()}
    bodies |= {name.replace("_", "."): text.encode() for name, text in files.items()}
    with pytest.raises(TenantRefused) as refusal:
        parse_tenant(bodies)
    found = list(refusal.value.problems)
    assert all(problem.zh and problem.en for problem in found)
    return found


def places(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.file, problem.key) for problem in problems]


def test_a_valid_tenant_is_read_into_values(minimal: str) -> None:
    bodies = {"tenant.toml": minimal.encode(), "organisation.csv": ORGANISATION.encode()}

    tenant = parse_tenant(bodies)

    assert (tenant.slug, tenant.names.short, tenant.parent) == ("upper", "上级", "")
    assert tenant.validity == Validity(dt.date(2025, 6, 11), 5, "试行〔2025〕1号")
    assert tenant.roles[0].capacity is Capacity.OFFICER
    procedure = tenant.procedure("permit")
    assert procedure is not None
    assert procedure.starters == ("clerk",)
    notice = tenant.parameters["notice.days"]
    assert (notice.value, notice.kind) == (Decimal(5), ParameterKind.INTEGER)
    assert notice.bounds == Bounds(Decimal(5), Decimal(10))
    assert [unit.code for unit in tenant.units] == ["10", "10.permits", "1001", "1002"]


@pytest.mark.rule("R-IM-1", "R-NAT-8")
@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (dt.date(2025, 6, 10), False),
        (dt.date(2025, 6, 11), True),
        (dt.date(2030, 6, 10), True),
        (dt.date(2030, 6, 11), False),
    ],
)
def test_a_rule_set_binds_for_its_years_from_its_first_day(
    minimal: str, day: dt.date, in_force: bool
) -> None:
    tenant = parse_tenant({"tenant.toml": minimal.encode()})

    assert tenant.validity.in_force(day) is in_force


def test_a_rule_set_of_29_february_ends_with_february() -> None:
    assert Validity(dt.date(2024, 2, 29), 5, "x").until == dt.date(2029, 3, 1)


def test_malformed_toml_gives_line_and_column(minimal: str) -> None:
    (problem,) = problems_in(minimal.replace("years = 5", "years = = 5"))

    assert (problem.code, problem.key) == ("bad_toml", "line 13, column 9")
    assert "第 13 行第 9 列" in problem.zh


def test_toml_that_breaks_off_gives_its_end(minimal: str) -> None:
    (problem,) = problems_in(minimal + "x = [")

    assert problem.key == f"line {minimal.count(chr(10)) + 1}, column 6"


def test_a_missing_tenant_file_is_told() -> None:
    with pytest.raises(TenantRefused) as refusal:
        parse_tenant({})

    assert places(list(refusal.value.problems)) == [("tenant.toml", "")]


def test_a_file_that_is_not_utf8_is_told(minimal: str) -> None:
    with pytest.raises(TenantRefused) as refusal:
        parse_tenant({"tenant.toml": minimal.encode("gb18030")})

    assert refusal.value.problems[0].code == "not_utf8"


def test_a_file_beyond_its_size_is_not_even_parsed(minimal: str) -> None:
    (problem,) = problems_in(minimal + "# " + "x" * MAX_TOML_BYTES)

    assert problem.code == "too_large"


def test_a_byte_order_mark_is_no_fault(minimal: str) -> None:
    assert parse_tenant({"tenant.toml": b"\xef\xbb\xbf" + minimal.encode()}).slug == "upper"


SPOILT = [
    ("years = 5", "years = 5\nyear = 5", "validity.year"),
    ('colour = "#1f7a4d"', "", "branding.colour"),
    ('colour = "#1f7a4d"', 'colour = "green"', "branding.colour"),
    ('level = "region"', 'level = "planet"', "level"),
    ('zone = "Asia/Shanghai"', 'zone = "Asia/Nowhere"', "zone"),
    ('slug = "upper"', 'slug = "Upper/.."', "slug"),
    ('slug = "upper"', 'slug = "shared"', "slug"),
    ('slug = "upper"', 'slug = "upper"\nparent = "a b"', "parent"),
    ('short = "上级"', 'short = ""', "name.short"),
    ('short = "上级"', f'short = "{"长" * 21}"', "name.short"),
    ('zh = "上级租户"', "zh = 7", "name.zh"),
    ('zh = "上级租户"', 'zh = "上\\u0007级"', "name.zh"),
    ("valid_from = 2025-06-11", 'valid_from = "2025-06-11"', "validity.valid_from"),
    ("valid_from = 2025-06-11", "valid_from = 2025-06-11T08:00:00", "validity.valid_from"),
    ("years = 5", "years = true", "validity.years"),
    ("years = 5", "years = 51", "validity.years"),
    ('capacity = "officer"', 'capacity = "king"', "roles[0].capacity"),
    ('code = "clerk"', 'code = "Clerk 1"', "roles[0].code"),
    ('starters = ["clerk"]', 'starters = ["clerk", "nobody"]', "procedures[0].starters"),
    ('starters = ["clerk"]', 'starters = "clerk"', "procedures[0].starters"),
    ('starters = ["clerk"]', "starters = [7]", "procedures[0].starters[0]"),
    ('id = "permit"', 'id = "../permit"', "procedures[0].id"),
    ("{seq:04}", "{seq!r}", "procedures[0].number"),
    ("{year}", "", "procedures[0].number"),
    ("[name]", "[[name]]", "name"),
    ("[[roles]]", "[roles]", "roles"),
    ("value = 5", "value = 11", "parameters.notice.days"),
    ("value = 5", "value = 5.5", "parameters.notice.days"),
    ("value = 5", 'value = "5"', "parameters.notice.days"),
    ("value = 5", "value = true", "parameters.notice.days"),
    ("value = 5", "value = nan", "parameters.notice.days.value"),
    ("value = 5", "value = 1e40", "parameters.notice.days.value"),
    ("value = 5", "value = [5]", "parameters.notice.days.value"),
    ("value = 5", "value = { days = 5 }", "parameters.notice.days.value"),
    ("value = 5", "", "parameters.notice.days.value"),
    ('kind = "integer"', 'kind = "number"', "parameters.notice.days.kind"),
    ('kind = "integer"', "", "parameters.notice.days"),
    ('unit = "working-day"', 'unit = "fortnight"', "parameters.notice.days.unit"),
    ('unit = "working-day"', 'note2 = "x"', "parameters.notice.days.note2"),
    ('unit = "working-day"', 'rules = ["IM-9"]', "parameters.notice.days.rules[0]"),
    ("min = 5, max = 10", "min = 10, max = 5", "parameters.notice.days.bounds.max"),
    ("min = 5", 'min = "5"', "parameters.notice.days.bounds.min"),
    ('[parameters."notice.days"]', '[parameters."Notice days"]', "parameters.Notice days"),
]


@pytest.mark.parametrize(("written", "spoilt", "key"), SPOILT)
def test_a_fault_is_told_at_its_key(minimal: str, written: str, spoilt: str, key: str) -> None:
    assert written in minimal

    problems = problems_in(minimal.replace(written, spoilt, 1))

    assert ("tenant.toml", key) in places(problems)


def test_all_faults_of_all_files_are_told_at_once(minimal: str) -> None:
    toml = minimal.replace("years = 5", "years = 0").replace("value = 5", "value = nan")
    units = ORGANISATION.replace("丙县", "")
    calendar = "complete_years = [1999]"

    problems = problems_in(toml, organisation_csv=units, calendar_toml=calendar)

    assert set(places(problems)) == {
        ("tenant.toml", "validity.years"),
        ("tenant.toml", "parameters.notice.days.value"),
        ("organisation.csv", "line 5, name"),
        ("calendar.toml", "complete_years[0]"),
    }


def test_a_refusal_names_every_place_for_a_page_to_show(minimal: str) -> None:
    with pytest.raises(TenantRefused) as refusal:
        parse_tenant({"tenant.toml": minimal.replace("years = 5", "years = 0").encode()})

    assert refusal.value.facts["errors"] == [
        {
            "field": "tenant.toml#validity.years",
            "code": "invalid_key",
            "message": "须为 1 至 50 的整数",
            "message_en": "a whole number from 1 to 50",
        }
    ]


def test_a_code_given_twice_is_told(minimal: str) -> None:
    role = minimal[minimal.index("[[roles]]") : minimal.index("[[procedures]]")]

    problems = problems_in(minimal.replace(role, role + role))

    assert [(problem.key, problem.code) for problem in problems] == [("roles[1]", "duplicate_code")]


def test_a_seal_kept_by_an_unknown_unit_is_told(minimal: str) -> None:
    seal = '\n[[seals]]\ncode = "main"\nname = "公章"\nunit = "99"\n'

    problems = problems_in(minimal + seal, organisation_csv=ORGANISATION)

    assert places(problems) == [("tenant.toml", "seals[0].unit")]


@pytest.mark.parametrize(
    ("written", "spoilt", "key", "code"),
    [
        ("code,name", "code,title", "line 1", "wrong_header"),
        ("1002,丙县", "1001,丙县", "line 5, code", "duplicate_code"),
        ("1002,丙县", "10 02,丙县", "line 5, code", "bad_code"),
        ("丙县,county,10", "丙县,county,77", "line 5, parent", "unknown_unit"),
        ("丙县,county,10", "丙县,county,1002", "line 5, parent", "unit_cycle"),
        ("丙县,county,10,丙", "丙县,county,10", "line 5", "wrong_width"),
        ("丙县", '"丙', "line 5", "bad_csv"),
        ("丙县", "丙" * 301, "line 5, name", "bad_cell"),
    ],
)
def test_a_fault_of_the_organisation_is_told_at_its_line(
    minimal: str, written: str, spoilt: str, key: str, code: str
) -> None:
    problems = problems_in(minimal, organisation_csv=ORGANISATION.replace(written, spoilt, 1))

    assert (problems[0].file, problems[0].key, problems[0].code) == ("organisation.csv", key, code)


def test_an_organisation_of_too_many_rows_is_refused(minimal: str) -> None:
    rows = "".join(f"{number},甲,city,,甲\n" for number in range(MAX_ROWS + 1))

    (problem,) = problems_in(minimal, organisation_csv="code,name,kind,parent,short\n" + rows)

    assert (problem.key, problem.code) == (f"line {MAX_ROWS + 2}", "too_large")


def test_more_parameters_than_anyone_needs_are_refused(minimal: str) -> None:
    text = "".join(f'[parameters."a.k{number}"]\nvalue = 1\n' for number in range(501))

    (problem,) = problems_in(minimal[: minimal.index("[parameters")] + text)

    assert problem.key == "parameters"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("closed = []", "closed"),
        ("[[exceptions]]\ndate = 2027-02-08\nworking = 0\nreason = '假'", "exceptions[0].working"),
        ("[[exceptions]]\ndate = 2027-02-08\nworking = false", "exceptions[0].reason"),
        ("[office_hours]\nopens = 18:00:00\ncloses = 09:00:00", "office_hours.closes"),
        (
            "[[exceptions]]\ndate = 2027-02-08\nworking = false\nreason = '甲'\n" * 2,
            "exceptions[1]",
        ),
    ],
)
def test_a_fault_of_the_calendar_is_told_at_its_key(minimal: str, text: str, key: str) -> None:
    assert places(problems_in(minimal, calendar_toml=text)) == [("calendar.toml", key)]


def test_a_calendar_is_read_into_values(minimal: str) -> None:
    text = (
        "complete_years = [2027]\n[office_hours]\nopens = 09:00:00\ncloses = 17:00:00\n"
        "[[exceptions]]\ndate = 2027-02-08\nworking = false\nreason = '春节'\n"
    )

    tenant = parse_tenant({"tenant.toml": minimal.encode(), "calendar.toml": text.encode()})

    assert tenant.calendar.office_hours == OfficeHours(dt.time(9), dt.time(17))
    assert tenant.calendar.complete_years == {2027}
    assert [item.day for item in tenant.calendar.exceptions] == [dt.date(2027, 2, 8)]


def test_the_folder_bears_the_name_of_the_tenant(minimal: str, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "tenant.toml").write_text(minimal, encoding="utf-8")

    with pytest.raises(TenantRefused) as refusal:
        read_tenant(folder)

    assert [problem.key for problem in refusal.value.problems] == ["slug"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for name in ("tenant.toml", "organisation.csv", "calendar.toml"):
        with pytest.raises(TenantRefused):
            parse_tenant({name: body})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data())
def test_a_spoilt_line_is_read_or_refused_but_never_crashes(
    minimal: str, data: st.DataObject
) -> None:
    lines = minimal.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    values = ["", "x = 1", "value = 9", "value = []", "kind = 'list'", "value = 1e400", "[[x]]"]
    lines[place] = data.draw(st.sampled_from(values) | st.text(max_size=20))

    slug, problems = "", 0
    try:
        slug = parse_tenant({"tenant.toml": "\n".join(lines).encode("utf-8", "replace")}).slug
    except TenantRefused as refusal:
        problems = len(refusal.problems)

    assert bool(slug) != bool(problems)


def test_units_are_found_by_code_kind_and_parent(minimal: str) -> None:
    bodies = {"tenant.toml": minimal.encode(), "organisation.csv": ORGANISATION.encode()}
    organisation = Organisation(parse_tenant(bodies).units)

    assert organisation.name("1001") == "乙县"
    assert [unit.code for unit in organisation.children("10", "county")] == ["1001", "1002"]
    assert len(organisation.children("10")) == 3
    assert [unit.code for unit in organisation.ancestors("10.permits")] == ["10"]
    assert "10.permits" in organisation
    assert "10.nothing" not in organisation


def test_an_unknown_unit_is_told_by_its_code() -> None:
    with pytest.raises(NotFound) as refusal:
        Organisation([]).name("77")

    assert refusal.value.facts == {"unit": "77"}
    assert "77" in refusal.value.zh
