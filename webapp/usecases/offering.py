"""Which procedures a tenant offers: inherited ones, variants of its own, its own drawings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from engine.actors import Actor
from engine.bpmn.model import Process
from engine.bpmn.read import read_diagram
from engine.definitions.publishing import collect
from engine.errors import Invalid, LuchengError
from engine.gate.sandbox import exhausting_report, import_in_child, survives
from engine.tenancy.beginning import number_rule
from engine.tenancy.chain import PLACES, Kind, Sources, lineage, resolve, resolve_parameters
from engine.tenancy.editing import edited_list
from engine.tenancy.model import Role, TenantFile
from engine.tenancy.problems import Problem, TenantRefused
from engine.tenancy.schema import TENANT_FILE
from webapp.product import Product
from webapp.usecases.administering import check_system
from webapp.usecases.opening_tenants import level_template
from webapp.usecases.tenant_settings import Files, change_files, own_files, path_in, sources_here

INHERIT, VARIANT = "inherit", "variant"
_TOKEN = re.compile(rb"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_ENDINGS = {".bpmn": Kind.PROCESS, ".dmn": Kind.DECISION, ".form": Kind.FORM}
MOST_FILES = 60
_REF = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Offer:
    """A procedure the tenant offers or could; ``owner`` is whose drawing holds here."""

    id: str
    title: str
    title_en: str
    starters: tuple[str, ...]
    number: str
    owner: str
    is_offered: bool
    is_own: bool
    has_above: bool


@dataclass(frozen=True)
class Choice:
    """What is to become of one procedure; empty fields stay as they are or become what is usual."""

    id: str
    way: str = INHERIT
    number: str = ""
    starters: tuple[str, ...] = ()


def offers(product: Product, actor: Actor) -> list[Offer]:
    """What the tenant offers, and what those above it offer besides."""
    slug, _files = own_files(product, actor)
    return _offers(slug, sources_here(product))


def _offers(slug: str, sources: Sources) -> list[Offer]:
    own = sources.tenant(slug)
    known = {p.id: p for tenant in lineage(slug, sources) for p in tenant.procedures}
    found = []
    for procedure in known.values():
        try:
            drawn = resolve(Kind.PROCESS, procedure.id, slug, sources)
        except LuchengError:
            continue  # a drawing of somebody above that is not for those below
        found.append(
            Offer(
                id=procedure.id,
                title=procedure.title_zh,
                title_en=procedure.title_en,
                starters=procedure.starters,
                number=procedure.number if own.procedure(procedure.id) else "",
                owner=drawn.slug,
                is_offered=own.procedure(procedure.id) is not None,
                is_own=drawn.slug == slug,
                has_above=_above(procedure.id, slug, sources) is not None,
            )
        )
    return found


def _above(ref: str, slug: str, sources: Sources) -> bytes | None:
    """The drawing that would hold without the tenant's own."""
    parent = sources.tenant(slug).parent
    try:
        return resolve(Kind.PROCESS, ref, parent or "shared", sources).body
    except LuchengError:
        return None


def choose(
    product: Product,
    actor: Actor,
    choices: Sequence[Choice],
    uploads: Mapping[str, bytes] | None = None,
) -> list[str]:
    """Offer these procedures and no others, with the files that were drawn for them.

    A variant without a drawing of its own begins as a copy of the one above. Roles that a chosen
    procedure names and the tenant does not have are taken over from above. All or nothing:
    TenantRefused or Refused names every fault.
    """
    check_system(actor)
    drawn = _checked_uploads(uploads or {})

    def change(slug: str, files: Files) -> Files:
        files = {**files, **{_path(slug, name): body for name, body in drawn.items()}}
        sources = sources_here(product, {slug: files})
        files = _with_variants(slug, files, choices, drawn, sources)
        sources = sources_here(product, {slug: files})
        tenant = sources.tenant(slug)
        path = path_in(slug, TENANT_FILE)
        rows = [_procedure(tenant, one, sources) for one in choices]
        needed = _needed_roles(slug, rows, sources)
        files[path] = edited_list(files[path], "roles", [*map(_role_row, tenant.roles), *needed])
        files[path] = edited_list(files[path], "procedures", rows)
        return files

    return change_files(product, actor, "tenant.procedures", change)


def _checked_uploads(uploads: Mapping[str, bytes]) -> dict[str, bytes]:
    """The drawings and forms by name, diagrams as they are read here; unreadable is refused."""
    if len(uploads) > MOST_FILES:
        raise Invalid(f"一次最多 {MOST_FILES} 个文件", f"at most {MOST_FILES} files at once")
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for given, body in uploads.items():
        name = PurePosixPath(given.replace("\\", "/")).name
        kind = _ENDINGS.get(PurePosixPath(name).suffix)
        if kind is None or not _REF.fullmatch(name.removesuffix(PLACES[kind].ending)):
            zh, en = "须为 .bpmn、.dmn 或 .form 文件", "a .bpmn, .dmn or .form file is expected"
            problems.append(Problem(name, "", "bad_name", zh, en))
        elif kind is Kind.PROCESS:
            report, normalised = import_in_child(body, file=name)
            if not report.readable:
                problems += _unreadable(name, report)
            found[name] = normalised
        elif kind is Kind.DECISION and not survives(body):
            problems += _unreadable(name, exhausting_report(name))
        else:
            found[name] = body
    if problems:
        raise TenantRefused(problems)
    return found


def _unreadable(name: str, report: Any) -> list[Problem]:
    return [
        Problem(name, str(one.get("element") or ""), str(one["code"]), str(one["message"]), "")
        for one in report.to_json()["findings"]
        if one["severity"] == "error"
    ]


def _path(slug: str, name: str) -> str:
    kind = _ENDINGS[PurePosixPath(name).suffix]
    return PLACES[kind].path(slug, name.removesuffix(PLACES[kind].ending))


def _with_variants(
    slug: str,
    files: Files,
    choices: Iterable[Choice],
    drawn: Mapping[str, bytes],
    sources: Sources,
) -> Files:
    """The files in which each variant has a drawing of its own, and nothing inherited has one."""
    for choice in choices:
        path = PLACES[Kind.PROCESS].path(slug, choice.id)
        above = _above(choice.id, slug, sources)
        if choice.way == VARIANT and path not in files and above is not None:
            files[path] = above
        elif choice.way == INHERIT and above is not None and f"{choice.id}.bpmn" not in drawn:
            files.pop(path, None)
    return files


def _procedure(tenant: TenantFile, choice: Choice, sources: Sources) -> dict[str, Any]:
    """A row of ``[[procedures]]``: what is known of it, else what its drawing says."""
    line = lineage(tenant.slug, sources)
    known = next((p for t in reversed(line) if (p := t.procedure(choice.id)) is not None), None)
    own = tenant.procedure(choice.id)
    process = _process(choice.id, tenant.slug, sources)
    title = known.title_zh if known else process.name or choice.id
    title_en = known.title_en if known else title
    starters = choice.starters or (known.starters if known else _first_roles(process))
    words = {"short": tenant.names.short, "title": title, "title_en": title_en}
    usual = number_rule(level_template(tenant.level).read_bytes(), words)
    return {
        "id": choice.id,
        "title": title,
        "title_en": title_en,
        "starters": list(starters),
        "number": choice.number or (own.number if own else usual),
    }


def _process(ref: str, slug: str, sources: Sources) -> Process:
    return read_diagram(resolve(Kind.PROCESS, ref, slug, sources).body).diagram.process(ref)


def _first_roles(process: Process) -> tuple[str, ...]:
    """The roles of the first step of people: whoever does it may begin it."""
    for node in process.body.walk():
        groups = node.zeebe.candidate_groups
        if groups and not groups.startswith("="):
            return tuple(one.strip().partition("@")[0] for one in groups.split(","))
    return ()


def _role_row(role: Role) -> dict[str, Any]:
    row = {
        "code": role.code,
        "name": role.name_zh,
        "name_en": role.name_en,
        "capacity": role.capacity.value,
    }
    return {**row, "description": role.description} if role.description else row


def _needed_roles(
    slug: str, rows: Sequence[Mapping[str, Any]], sources: Sources
) -> list[dict[str, Any]]:
    """The roles of those above that the procedures name and the tenant does not have yet."""
    line = lineage(slug, sources)
    known = {role.code: role for tenant in line[:-1] for role in tenant.roles}
    missing = known.keys() - {role.code for role in line[-1].roles}
    values = {key: p.as_feel for key, p in resolve_parameters(slug, sources).items()}
    said = {starter for row in rows for starter in row["starters"]}
    for row in rows:
        parts = collect(row["id"], slug, sources, values)
        for (kind, _ref), part in parts.files.items():
            if kind == "process":
                said |= {word.decode() for word in _TOKEN.findall(part.body)}
                said |= {v for k, v in values.items() if isinstance(v, str) and _asks(part.body, k)}
    return [_role_row(known[code]) for code in known if code in missing and code in said]


def _asks(body: bytes, key: str) -> bool:
    """Whether a drawing reads this parameter."""
    return key.encode() in body
