"""Tenants as a set: who stands above whom, and what only the whole set can tell to be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.errors import NotFound
from engine.tenancy.calendar import WorkCalendar
from engine.tenancy.files import read_tenant
from engine.tenancy.model import LEVELS, SHARED, CalendarFile, OfficeHours, TenantFile
from engine.tenancy.parameters import merge_parameter
from engine.tenancy.problems import Problem, TenantRefused, refuse_if_any
from engine.tenancy.schema import TENANT_FILE

_MAX_DEPTH = 8


def tenant_folders(tenants_dir: Path) -> tuple[Path, ...]:
    """The folders of tenants, by name; ``shared`` is none."""
    folders = (path.parent for path in tenants_dir.glob(f"*/{TENANT_FILE}"))
    return tuple(sorted(path for path in folders if path.name != SHARED))


def read_tenants(tenants_dir: Path) -> tuple[TenantFile, ...]:
    """Every tenant of the folder, the upper before the lower.

    All faults of all files are told at once; once the files are right, those between them are.
    """
    tenants: list[TenantFile] = []
    problems: list[Problem] = []
    for folder in tenant_folders(tenants_dir):
        try:
            tenants.append(read_tenant(folder))
        except TenantRefused as refusal:
            problems += [replace(p, file=f"{folder.name}/{p.file}") for p in refusal.problems]
    refuse_if_any(problems)
    refuse_if_any(check_tenants(tenants))
    by_slug = {tenant.slug: tenant for tenant in tenants}
    return tuple(sorted(tenants, key=lambda item: len(lineage_of(item.slug, by_slug))))


def lineage_of(slug: str, tenants: Mapping[str, TenantFile]) -> tuple[TenantFile, ...]:
    """The tenant and everyone above it, the highest first."""
    line: list[TenantFile] = []
    while slug:
        tenant = tenants.get(slug)
        if tenant is None:
            raise NotFound(f"没有租户 {slug}", f"there is no tenant {slug!r}", tenant=slug)
        if any(known.slug == slug for known in line) or len(line) == _MAX_DEPTH:
            fault = _problem(slug, "parent", "parent_cycle", *_CYCLE)
            raise TenantRefused([fault])
        line.append(tenant)
        slug = tenant.parent
    return tuple(reversed(line))


_CYCLE = (
    f"上级租户成环或超过 {_MAX_DEPTH} 级",
    f"the parents form a circle or are deeper than {_MAX_DEPTH}",
)


def check_tenants(tenants: Iterable[TenantFile]) -> list[Problem]:
    """The faults between tenants: slugs given twice, parents, parameters out of bounds."""
    problems: list[Problem] = []
    by_slug: dict[str, TenantFile] = {}
    for tenant in tenants:
        if tenant.slug in by_slug:
            zh, en = "租户代码重复", "this slug is given to another tenant as well"
            problems.append(_problem(tenant.slug, "slug", "duplicate_slug", zh, en))
        by_slug.setdefault(tenant.slug, tenant)
    told: set[Problem] = set()
    for tenant in by_slug.values():
        for problem in _place_problems(tenant, by_slug):
            if problem not in told:
                told.add(problem)
                problems.append(problem)
    return problems


def _place_problems(tenant: TenantFile, by_slug: Mapping[str, TenantFile]) -> list[Problem]:
    if tenant.parent and tenant.parent not in by_slug:
        zh, en = f"上级租户 {tenant.parent} 不存在", f"there is no tenant {tenant.parent!r}"
        return [_problem(tenant.slug, "parent", "unknown_parent", zh, en)]
    try:
        line = lineage_of(tenant.slug, by_slug)
    except TenantRefused:
        return [_problem(tenant.slug, "parent", "parent_cycle", *_CYCLE)]
    except NotFound:
        return []  # the tenant further up with the unknown parent is told about it
    if len(line) > 1 and LEVELS.index(line[-2].level) >= LEVELS.index(tenant.level):
        zh = f"级别 {tenant.level} 不低于上级租户的级别 {line[-2].level}"
        en = f"the level {tenant.level} is not below the parent's, {line[-2].level}"
        return [_problem(tenant.slug, "level", "level_order", zh, en)]
    return [problem for key in tenant.parameters for problem in merge_parameter(key, line)[1]]


def _problem(slug: str, key: str, code: str, zh: str, en: str) -> Problem:
    return Problem(f"{slug}/{TENANT_FILE}", key, code, zh, en)


def calendar_file_of(line: Sequence[TenantFile]) -> CalendarFile:
    """What holds for the last tenant of a lineage: its own days win over those of them above."""
    days = {item.day: item for tenant in line for item in tenant.calendar.exceptions}
    hours = [tenant.calendar.office_hours for tenant in line if tenant.calendar.office_hours]
    return CalendarFile(
        exceptions=tuple(days[day] for day in sorted(days)),
        complete_years=frozenset[int]().union(*(t.calendar.complete_years for t in line)),
        office_hours=hours[-1] if hours else None,
    )


def calendar_of(line: Sequence[TenantFile]) -> WorkCalendar:
    """The working days of the last tenant of a lineage: what it declares wins over those above."""
    written = calendar_file_of(line)
    return WorkCalendar(
        exceptions={item.day: item.working for item in written.exceptions},
        zone=ZoneInfo(line[-1].zone),
        office_hours=written.office_hours or OfficeHours(),
        complete_years=written.complete_years,
    )
