"""A tenant read from its files: every fault in all of them is told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.tenancy import model
from engine.tenancy.demo import Demo, parse_demo
from engine.tenancy.organisation import ORGANISATION_FILE, read_organisation
from engine.tenancy.parameters import merge_parameter
from engine.tenancy.problems import Problem, refuse_if_any
from engine.tenancy.rows import decode
from engine.tenancy.schema import (
    CALENDAR_FILE,
    TENANT_FILE,
    CalendarSchema,
    TenantSchema,
    load_parameters,
    load_tables,
)

FILE_NAMES = (TENANT_FILE, ORGANISATION_FILE, CALENDAR_FILE)
MAX_TOML_BYTES = 256_000

_TOML_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


def read_tenant(folder: Path) -> model.TenantFile:
    """The tenant its folder describes; the folder is named by the slug."""
    return parse_tenant(_bodies(folder, FILE_NAMES), expected_slug=folder.name)


def read_demo(folder: Path) -> Demo:
    """The demonstration people of the tenant whose folder this is, checked against its files."""
    tenant = read_tenant(folder)
    demo_folder = folder / "demo"
    names = [path.name for path in sorted(demo_folder.iterdir())] if demo_folder.is_dir() else []
    return parse_demo(_bodies(demo_folder, names), tenant)


def _bodies(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    paths = {name: folder / name for name in names}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def parse_tenant(bodies: Mapping[str, bytes], *, expected_slug: str = "") -> model.TenantFile:
    """The tenant these files describe; ``bodies`` maps the names in ``FILE_NAMES`` to bytes."""
    written, problems = _read_toml(TENANT_FILE, bodies, required=True)
    units, unit_problems = _read_units(bodies)
    calendar, calendar_problems = _read_calendar(bodies)
    tenant, tenant_problems = (None, problems) if problems else _build(written, units, calendar)
    if tenant is not None and expected_slug not in ("", tenant.slug):
        zh = f"须与文件夹名 {expected_slug} 相同"
        en = f"must be the name of the folder, {expected_slug}"
        tenant_problems.append(Problem(TENANT_FILE, "slug", "slug_differs", zh, en))
    refuse_if_any([*tenant_problems, *unit_problems, *calendar_problems])
    if tenant is None:
        raise AssertionError("a tenant without problems was built")
    return tenant


def _read_units(bodies: Mapping[str, bytes]) -> tuple[tuple[model.Unit, ...], list[Problem]]:
    body = bodies.get(ORGANISATION_FILE)
    return ((), []) if body is None else read_organisation(body)


def _read_toml(
    file: str, bodies: Mapping[str, bytes], *, required: bool
) -> tuple[dict[str, Any], list[Problem]]:
    if file not in bodies:
        missing = Problem(file, "", "missing", "缺少此文件", "this file is missing")
        return {}, [missing] if required else []
    text, problems = decode(file, bodies[file], MAX_TOML_BYTES)
    if problems:
        return {}, problems
    try:
        return tomllib.loads(text, parse_float=Decimal), []
    except (ValueError, RecursionError, ArithmeticError) as error:
        return {}, [_toml_problem(file, str(error), text)]


def _toml_problem(file: str, message: str, text: str) -> Problem:
    place = _TOML_PLACE.search(message)
    line, column = (place.group(1), place.group(2)) if place and place.group(1) else (None, None)
    if line is None or column is None:
        lines = text.splitlines() or [""]
        line, column = str(len(lines)), str(len(lines[-1]) + 1)
    reason = _TOML_PLACE.sub("", message).strip()
    return Problem(
        file,
        f"line {line}, column {column}",
        "bad_toml",
        f"TOML 语法错误（第 {line} 行第 {column} 列）",
        f"malformed TOML: {reason}",
    )


def _read_calendar(bodies: Mapping[str, bytes]) -> tuple[model.CalendarFile, list[Problem]]:
    written, problems = _read_toml(CALENDAR_FILE, bodies, required=False)
    if problems:
        return model.CalendarFile(), problems
    loaded, problems = load_tables(CalendarSchema(), CALENDAR_FILE, written)
    if problems:
        return model.CalendarFile(), problems
    hours = loaded["office_hours"]
    exceptions = tuple(
        model.DayException(item["date"], item["working"], item["reason"])
        for item in loaded["exceptions"]
    )
    calendar = model.CalendarFile(
        exceptions=exceptions,
        complete_years=frozenset(loaded["complete_years"]),
        office_hours=None if hours is None else model.OfficeHours(**hours),
    )
    days = [str(item.day) for item in exceptions]
    return calendar, list(_repeated(CALENDAR_FILE, "exceptions", days))


def _build(
    written: dict[str, Any], units: tuple[model.Unit, ...], calendar: model.CalendarFile
) -> tuple[model.TenantFile | None, list[Problem]]:
    loaded, problems = load_tables(TenantSchema(), TENANT_FILE, written)
    entries, parameter_problems = load_parameters(written.get("parameters", {}))
    problems += parameter_problems
    if problems:
        return None, problems
    tenant = _tenant(loaded, entries, units, calendar)
    return tenant, _own_problems(tenant)


def _tenant(
    loaded: Mapping[str, Any],
    entries: dict[str, model.ParameterEntry],
    units: tuple[model.Unit, ...],
    calendar: model.CalendarFile,
) -> model.TenantFile:
    branding = loaded["branding"]
    return model.TenantFile(
        slug=loaded["slug"],
        names=model.Names(**loaded["name"]),
        level=loaded["level"],
        parent=loaded["parent"],
        zone=loaded["zone"],
        validity=model.Validity(**loaded["validity"]),
        branding=model.Branding(
            branding["title"], branding["title_en"], branding["colour"], branding["footer"]
        ),
        roles=tuple(_role(item) for item in loaded["roles"]),
        procedures=tuple(_procedure(item) for item in loaded["procedures"]),
        seals=tuple(model.Seal(**item) for item in loaded["seals"]),
        units=units,
        calendar=calendar,
        parameters=MappingProxyType(entries),
        separates_duties=loaded["separate_duties"],
    )


def _role(item: Mapping[str, Any]) -> model.Role:
    return model.Role(
        code=item["code"],
        name_zh=item["name"],
        name_en=item["name_en"],
        capacity=model.Capacity(item["capacity"]),
        description=item["description"],
    )


def _procedure(item: Mapping[str, Any]) -> model.Procedure:
    return model.Procedure(
        id=item["id"],
        title_zh=item["title"],
        title_en=item["title_en"],
        starters=tuple(item["starters"]),
        number=item["number"],
    )


def _own_problems(tenant: model.TenantFile) -> list[Problem]:
    """Faults between the keys of one tenant: repeated codes, names of what does not exist."""
    problems = [
        *_repeated(TENANT_FILE, "roles", [role.code for role in tenant.roles]),
        *_repeated(TENANT_FILE, "procedures", [item.id for item in tenant.procedures]),
        *_repeated(TENANT_FILE, "seals", [seal.code for seal in tenant.seals]),
    ]
    if tenant.slug == model.SHARED:
        zh, en = "shared 不是租户", "shared is no tenant"
        problems.append(Problem(TENANT_FILE, "slug", "reserved", zh, en))
    roles = {role.code for role in tenant.roles}
    for place, procedure in enumerate(tenant.procedures):
        for starter in procedure.starters:
            if starter not in roles:
                key = f"procedures[{place}].starters"
                zh, en = f"没有角色 {starter}", f"there is no role {starter}"
                problems.append(Problem(TENANT_FILE, key, "unknown_role", zh, en))
    codes = {unit.code for unit in tenant.units}
    for place, seal in enumerate(tenant.seals):
        if seal.unit not in codes:
            zh, en = f"组织机构中没有单位 {seal.unit}", f"there is no unit {seal.unit}"
            key = f"seals[{place}].unit"
            problems.append(Problem(TENANT_FILE, key, "unknown_unit", zh, en))
    if not tenant.parent:
        problems += _parameter_problems(tenant)
    return problems


def _parameter_problems(tenant: model.TenantFile) -> list[Problem]:
    """The faults of a topmost tenant's parameters; with a parent only the whole set can tell."""
    found = (merge_parameter(key, [tenant])[1] for key in tenant.parameters)
    return [
        Problem(TENANT_FILE, problem.key, problem.code, problem.zh, problem.en)
        for problems in found
        for problem in problems
    ]


def _repeated(file: str, key: str, codes: list[str]) -> Iterable[Problem]:
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            zh, en = f"{code} 重复", f"{code} is given twice"
            yield Problem(file, f"{key}[{place}]", "duplicate_code", zh, en)
        seen.add(code)
