"""Demonstration people of a tenant: the only people that may stand in files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.tenancy.credit_code import is_credit_code
from engine.tenancy.model import Capacity, TenantFile
from engine.tenancy.problems import Problem, refuse_if_any
from engine.tenancy.rows import Row, decode, read_rows

PEOPLE_FILE = "people.csv"
ENTERPRISES_FILE = "enterprises.csv"
BODIES_FILE = "bodies.csv"
ASSESSORS_FILE = "assessors.csv"
DEMO_FILE = "demo.toml"

PEOPLE_COLUMNS = ("username", "name", "title", "unit", "roles", "capacity", "enterprise", "body")
ENTERPRISE_COLUMNS = ("code", "name", "credit_code", "division", "contact", "address")
BODY_COLUMNS = ("code", "name", "credit_code", "kind", "disciplines")
ASSESSOR_COLUMNS = ("body", "name", "id_number", "disciplines")
USERNAME = re.compile(r"[a-z][a-z0-9-]{1,31}")
_SEPARATOR = ";"


@dataclass(frozen=True)
class DemoEnterprise:
    """A fictional enterprise that demonstration applicants act for."""

    code: str
    name: str
    credit_code: str
    division: str
    contact: str
    address: str


@dataclass(frozen=True)
class DemoBody:
    """A fictional assessor body; ``disciplines`` are the fields its people cover."""

    code: str
    name: str
    credit_code: str
    kind: str
    disciplines: tuple[str, ...]


@dataclass(frozen=True)
class DemoAssessor:
    """A fictional person of an assessor body with what he is qualified in."""

    body: str
    name: str
    id_number: str
    disciplines: tuple[str, ...]


@dataclass(frozen=True)
class DemoPerson:
    """A demonstration account: who it is, where it belongs and what roles it holds there."""

    username: str
    name: str
    title: str
    unit: str
    roles: tuple[str, ...]
    capacity: Capacity
    enterprise: str
    body: str


@dataclass(frozen=True)
class Demo:
    """The demonstration world's people; ``password_rule`` holds ``{username}``."""

    people: tuple[DemoPerson, ...] = ()
    enterprises: tuple[DemoEnterprise, ...] = ()
    bodies: tuple[DemoBody, ...] = ()
    assessors: tuple[DemoAssessor, ...] = ()
    password_rule: str = ""

    def password(self, username: str) -> str:
        """The demonstration password of this account."""
        return self.password_rule.replace("{username}", username)


def parse_demo(files: Mapping[str, bytes], tenant: TenantFile) -> Demo:
    """The demonstration people these files describe, checked against the tenant's roles and units.

    A tenant without ``people.csv`` has no demonstration people, which is no fault.
    """
    if PEOPLE_FILE not in files:
        return Demo()
    enterprise_rows, problems = _rows(
        files, ENTERPRISES_FILE, ENTERPRISE_COLUMNS, ("contact", "address")
    )
    body_rows, body_problems = _rows(files, BODIES_FILE, BODY_COLUMNS, ())
    assessor_rows, assessor_problems = _rows(files, ASSESSORS_FILE, ASSESSOR_COLUMNS, ())
    optional = ("title", "unit", "enterprise", "body")
    people_rows, people_problems = _rows(files, PEOPLE_FILE, PEOPLE_COLUMNS, optional)
    password_rule, rule_problems = _password_rule(files.get(DEMO_FILE, b""))
    refuse_if_any([*problems, *body_problems, *assessor_problems, *people_problems, *rule_problems])

    units = {unit.code for unit in tenant.units}
    refuse_if_any(
        [
            *_company_problems(enterprise_rows, units),
            *_company_problems(body_rows, units),
            *_assessor_problems(assessor_rows, body_rows),
            *_people_problems(people_rows, tenant, enterprise_rows, body_rows),
        ]
    )
    return Demo(
        people=tuple(_person(row) for row in people_rows),
        enterprises=tuple(DemoEnterprise(**row.cells) for row in enterprise_rows),
        bodies=tuple(_body(row) for row in body_rows),
        assessors=tuple(_assessor(row) for row in assessor_rows),
        password_rule=password_rule,
    )


def _rows(
    files: Mapping[str, bytes], name: str, columns: tuple[str, ...], optional: tuple[str, ...]
) -> tuple[list[Row], list[Problem]]:
    if name not in files:
        return [], []
    required = tuple(column for column in columns if column not in optional)
    return read_rows(f"demo/{name}", files[name], columns, required)


def _password_rule(body: bytes) -> tuple[str, list[Problem]]:
    file = f"demo/{DEMO_FILE}"
    text, problems = decode(file, body, 10_000)
    if problems:
        return "", problems
    try:
        rule = tomllib.loads(text).get("password", "")
    except ValueError as error:
        return "", [Problem(file, "", "bad_toml", "TOML 语法错误", f"malformed TOML: {error}")]
    if not isinstance(rule, str) or "{username}" not in rule or len(rule) > 60:
        zh, en = "须为含 {username} 的口令规则", "a rule that contains {username} is expected"
        return "", [Problem(file, "password", "password_rule", zh, en)]
    return rule, []


def _company_problems(rows: Sequence[Row], units: set[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for row in rows:
        code, credit_code = row.cells["code"], row.cells["credit_code"]
        if code in seen:
            yield row.problem("code", "duplicate_code", f"{code} 重复", f"{code} is given twice")
        seen.add(code)
        if not is_credit_code(credit_code):
            zh, en = "统一社会信用代码校验不通过", "the credit code fails its check"
            yield row.problem("credit_code", "credit_code", zh, en)
        division = row.cells.get("division")
        if division is not None and division not in units:
            yield _unknown(row, "division", "单位", "unit", division)


def _assessor_problems(rows: Sequence[Row], bodies: Sequence[Row]) -> Iterator[Problem]:
    known = {row.cells["code"] for row in bodies}
    for row in rows:
        if row.cells["body"] not in known:
            yield _unknown(row, "body", "评估机构", "body", row.cells["body"])


def _people_problems(
    rows: Sequence[Row], tenant: TenantFile, enterprises: Sequence[Row], bodies: Sequence[Row]
) -> Iterator[Problem]:
    known = {
        "unit": {unit.code for unit in tenant.units},
        "enterprise": {row.cells["code"] for row in enterprises},
        "body": {row.cells["code"] for row in bodies},
    }
    seen: set[str] = set()
    for row in rows:
        username = row.cells["username"]
        if not USERNAME.fullmatch(username):
            zh, en = "用户名须为小写字母、数字、连字符", "lower-case letters, digits and hyphens"
            yield row.problem("username", "bad_username", zh, en)
        if username in seen:
            zh, en = f"{username} 重复", f"{username} is given twice"
            yield row.problem("username", "duplicate_code", zh, en)
        seen.add(username)
        yield from _belonging_problems(row, known)
        yield from _role_problems(row, tenant)


def _belonging_problems(row: Row, known: Mapping[str, set[str]]) -> Iterator[Problem]:
    """An applicant acts for an enterprise, an assessor for a body, everyone else in a unit."""
    place = {"applicant": "enterprise", "assessor": "body"}.get(row.cells["capacity"], "unit")
    words = {"unit": "单位", "enterprise": "企业", "body": "评估机构"}
    for column, zh in words.items():
        code = row.cells[column]
        if code and code not in known[column]:
            yield _unknown(row, column, zh, column, code)
        if not code and column == place:
            yield row.problem(column, "missing", f"须写明{zh}", f"the {column} is required")


def _role_problems(row: Row, tenant: TenantFile) -> Iterator[Problem]:
    capacity = row.cells["capacity"]
    if capacity not in set(Capacity):
        yield _unknown(row, "capacity", "身份", "capacity", capacity)
        return
    for code in row.cells["roles"].split(_SEPARATOR):
        role = tenant.role(code)
        if role is None:
            yield _unknown(row, "roles", "角色", "role", code)
        elif role.capacity != capacity:
            zh = f"角色 {code} 的身份是 {role.capacity}，不是 {capacity}"
            en = f"the role {code} is held as {role.capacity}, not as {capacity}"
            yield row.problem("roles", "capacity_differs", zh, en)


def _unknown(row: Row, column: str, zh: str, en: str, code: str) -> Problem:
    return row.problem(column, f"unknown_{en}", f"没有{zh} {code}", f"there is no {en} {code!r}")


def _person(row: Row) -> DemoPerson:
    cells = row.cells
    return DemoPerson(
        username=cells["username"],
        name=cells["name"],
        title=cells["title"],
        unit=cells["unit"],
        roles=tuple(cells["roles"].split(_SEPARATOR)),
        capacity=Capacity(cells["capacity"]),
        enterprise=cells["enterprise"],
        body=cells["body"],
    )


def _body(row: Row) -> DemoBody:
    cells = row.cells
    disciplines = tuple(cells["disciplines"].split(_SEPARATOR))
    return DemoBody(cells["code"], cells["name"], cells["credit_code"], cells["kind"], disciplines)


def _assessor(row: Row) -> DemoAssessor:
    cells = row.cells
    disciplines = tuple(cells["disciplines"].split(_SEPARATOR))
    return DemoAssessor(cells["body"], cells["name"], cells["id_number"], disciplines)
