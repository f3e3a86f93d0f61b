"""The resolution chain: what a tenant means by a name is its own file, else its parent's, else the
shared one; a parameter is the lowest value given, held within the bounds given above."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from engine.errors import Invalid, NotFound, TooLarge
from engine.tenancy.demo import Demo
from engine.tenancy.files import FILE_NAMES, read_demo, read_tenant
from engine.tenancy.lineage import lineage_of
from engine.tenancy.model import SHARED, SLUG_PATTERN, TenantFile
from engine.tenancy.parameters import Parameter, merge_parameter
from engine.tenancy.problems import refuse_if_any

MAX_BODY_BYTES = 5_000_000

_SLUG = re.compile(SLUG_PATTERN)
_REF = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,99}")


class Kind(StrEnum):
    """What can be named in a diagram or form and looked up."""

    PROCESS = "process"
    DECISION = "decision"
    FORM = "form"
    TEMPLATE = "template"
    WORD = "word"
    CATALOGUE = "catalogue"
    SCENARIO = "scenario"
    STEP = "step"


@dataclass(frozen=True)
class Body:
    """A file's bytes and its path as the tenant's export names it."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Resolved:
    """What a name means for a tenant; ``slug`` is the owner, which may stand above the tenant."""

    kind: Kind
    ref: str
    path: str
    slug: str
    digest: str
    body: bytes


class Sources(Protocol):
    """Where tenants and bodies come from: folders, or what is published in a database."""

    def tenant(self, slug: str) -> TenantFile:
        """The tenant with this slug; ``NotFound`` when there is none."""
        ...

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        """The owner's own body of this name, ``None`` when it has none; no chain here.

        ``owner`` is a slug or ``shared``; both names were checked by the caller.
        """
        ...

    def files(self, owner: str) -> Mapping[str, bytes]:
        """Every file of the owner by its path in an export, people left out."""
        ...


@dataclass(frozen=True)
class Place:
    """Where files of a kind lie: below which of the three folders, how they end."""

    folder: str
    ending: str

    def path(self, owner: str, ref: str) -> str:
        """The path of one of the owner's files as an export names it."""
        return f"{self.folder.format(owner=owner)}/{ref}{self.ending}"


PLACES: Mapping[Kind, Place] = {
    Kind.PROCESS: Place("processes/{owner}", ".bpmn"),
    Kind.DECISION: Place("processes/{owner}", ".dmn"),
    Kind.SCENARIO: Place("processes/{owner}", ".scenario.json"),
    Kind.FORM: Place("forms/{owner}", ".form"),
    Kind.CATALOGUE: Place("forms/{owner}/indicators", ".yaml"),
    Kind.STEP: Place("processes/{owner}/element-templates", ".json"),
    Kind.TEMPLATE: Place("tenants/{owner}/templates", ".txt"),
    Kind.WORD: Place("tenants/{owner}/templates", ".docx"),
}
OWN_FOLDER = "tenants/{owner}"
"""Where the files in ``FILE_NAMES`` lie."""


class FolderSources:
    """Sources in three folders, each with one folder per owner: ``processes/<owner>/<id>.bpmn``,
    ``forms/<owner>/<id>.form`` and ``indicators/<id>.yaml``, ``tenants/<owner>/tenant.toml``.

    Tenants are read once and kept; make a new one to see changed tenant files.
    """

    def __init__(self, processes_dir: Path, forms_dir: Path, tenants_dir: Path) -> None:
        self._tenants_dir = tenants_dir
        self._roots = {"processes": processes_dir, "forms": forms_dir, "tenants": tenants_dir}
        self._read: dict[str, TenantFile] = {}

    def tenant(self, slug: str) -> TenantFile:
        """The tenant this folder describes."""
        if slug not in self._read:
            folder = self._tenants_dir / _checked_slug(slug)
            if slug == SHARED or not folder.is_dir():
                raise NotFound(f"没有租户 {slug}", f"there is no tenant {slug!r}", tenant=slug)
            self._read[slug] = read_tenant(folder)
        return self._read[slug]

    def demo(self, slug: str) -> Demo:
        """The demonstration people beside the tenant's files, checked against them."""
        return read_demo(self._tenants_dir / _checked_slug(slug))

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        """The file with this name in the owner's folder; a link that leads out of it is no file."""
        path = self._place(PLACES[kind].path(_checked_slug(owner), _checked_ref(ref)))
        if path.resolve() != path or not path.is_file():
            return None
        return Body(PLACES[kind].path(owner, ref), _read_within_limits(path))

    def files(self, owner: str) -> Mapping[str, bytes]:
        """What lies in the owner's folders and is of a known kind; links are left out."""
        below = OWN_FOLDER.format(owner=_checked_slug(owner))
        found = [f"{below}/{name}" for name in FILE_NAMES]
        for place in PLACES.values():
            folder = place.folder.format(owner=owner)
            names = (path.name for path in self._place(folder).glob(f"*{place.ending}"))
            found += [f"{folder}/{name}" for name in names]
        paths = {name: self._place(name) for name in sorted(set(found))}
        return {
            name: _read_within_limits(path)
            for name, path in paths.items()
            if path.is_file() and path.resolve() == path
        }

    def _place(self, name: str) -> Path:
        """Where a path of an export lies here."""
        first, *rest = Path(name).parts
        return self._roots[first].resolve().joinpath(*rest)


def _read_within_limits(path: Path) -> bytes:
    if path.stat().st_size > MAX_BODY_BYTES:
        raise TooLarge(
            f"文件 {path.name} 超过 {MAX_BODY_BYTES} 字节",
            f"the file {path.name} is larger than {MAX_BODY_BYTES} bytes",
            limit=MAX_BODY_BYTES,
        )
    return path.read_bytes()


def resolve(kind: Kind, ref: str, slug: str, sources: Sources) -> Resolved:
    """What this name means for the tenant; for ``shared`` only the shared file counts."""
    _checked_ref(ref)
    owners = owners_of(slug, sources)
    for owner in owners:
        body = sources.body(kind, ref, owner)
        if body is not None:
            digest = hashlib.sha256(body.content).hexdigest()
            return Resolved(kind, ref, body.path, owner, digest, body.content)
    raise NotFound(
        f"在 {'、'.join(owners)} 中都找不到{_WORDS[kind]}“{ref}”",
        f"there is no {kind} {ref!r} in {', '.join(owners)}",
        code="unresolved",
        kind=kind.value,
        ref=ref,
        owners=list(owners),
    )


_WORDS = {
    Kind.PROCESS: "流程",
    Kind.DECISION: "决策表",
    Kind.FORM: "表单",
    Kind.TEMPLATE: "文书模板",
    Kind.WORD: "Word 文书模板",
    Kind.CATALOGUE: "评价指标",
    Kind.SCENARIO: "试运行方案",
    Kind.STEP: "业务环节模板",
}


def owners_of(slug: str, sources: Sources) -> tuple[str, ...]:
    """Where a tenant's names are looked up, in order: itself, those above it, ``shared``."""
    if slug == SHARED:
        return (SHARED,)
    above = [tenant.slug for tenant in reversed(lineage(slug, sources))]
    return (*above, SHARED)


def lineage(slug: str, sources: Sources) -> tuple[TenantFile, ...]:
    """The tenant and everyone above it, the highest first."""
    found: dict[str, TenantFile] = {}
    current = _checked_slug(slug)
    while current and current not in found:
        found[current] = sources.tenant(current)
        current = found[current].parent
    return lineage_of(slug, found)


def resolve_parameter(key: str, slug: str, sources: Sources) -> Parameter:
    """The parameter as it holds for the tenant, and which tenant gave it."""
    parameter, problems = merge_parameter(key, lineage(slug, sources))
    refuse_if_any(problems)
    if parameter is None:
        raise NotFound(
            f"租户 {slug} 及其上级都没有参数“{key}”",
            f"neither {slug} nor a tenant above it has the parameter {key!r}",
            code="unknown_parameter",
            key=key,
        )
    return parameter


def resolve_parameters(slug: str, sources: Sources) -> dict[str, Parameter]:
    """Every parameter of the tenant by key, inherited ones included, in the order of the files."""
    line = lineage(slug, sources)
    keys = dict.fromkeys(key for tenant in line for key in tenant.parameters)
    merged = {key: merge_parameter(key, line) for key in keys}
    refuse_if_any(problem for _, problems in merged.values() for problem in problems)
    return {key: parameter for key, (parameter, _) in merged.items() if parameter is not None}


def _checked_slug(slug: str) -> str:
    if not _SLUG.fullmatch(slug):
        raise Invalid("租户代码格式不对", f"{slug[:60]!r} is no slug", code="bad_slug")
    return slug


def _checked_ref(ref: str) -> str:
    if not _REF.fullmatch(ref):
        raise Invalid(
            "名称须以字母开头，只含字母、数字、点、连字符、下划线",
            f"{ref[:60]!r} is no name of a file",
            code="bad_ref",
        )
    return ref
