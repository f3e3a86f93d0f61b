"""A procedure with all it calls as a ZIP, laid out as the desktop modeller looks for its files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.bpmn.model import Diagram
from engine.bpmn.read import read_diagram
from engine.bpmn.xml import DEFAULT_LIMITS, Unreadable, read_xml
from engine.canonical import digest
from engine.decisions.read import read_decisions
from engine.definitions.publishing import called_decisions
from engine.definitions.zipped import ZipRefused, read_zip, write_zip
from engine.errors import LuchengError
from engine.tenancy.chain import Resolved
from webapp.product import Product
from webapp.usecases.beside import Known, with_beside
from webapp.usecases.definitions import (
    check_administrator,
    draft_definition,
    files_of_version,
    find_draft,
    published_files,
)
from webapp.usecases.procedures import VERSION, drawing
from webapp.usecases.reachable import reachable_files
from webapp.usecases.step_templates import list_templates

TEMPLATES = ".camunda/element-templates"
"""Where the desktop modeller looks for element templates, beside or above a diagram."""

_FOLDERS = {
    "process": ("", ".bpmn"),
    "form": ("forms/", ".form"),
    "decision": ("decisions/", ".dmn"),
}


@dataclass(frozen=True)
class Unpacked:
    """What a ZIP gave: the drafts by procedure, the one that was asked for first; files nobody
    needed."""

    drafts: Mapping[str, UUID]
    unused: tuple[str, ...]


@dataclass
class _Sorted:
    """The files of a ZIP by what they are."""

    drawings: dict[str, bytes] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def pack_procedure(product: Product, actor: Actor, procedure: str, side: str) -> bytes:
    """The ZIP of a version, a draft or the level above: the drawing, what it calls, templates.

    What is not there (a draft may name it) is left out.
    """
    body = drawing(product, actor, procedure, side)
    known = _known(product, actor, procedure, side)
    files = {f"{procedure}.bpmn": body}
    todo, seen = [body], {procedure}
    while todo:
        for kind, ref in named_in(todo.pop()):
            part = known.get((kind, ref))
            folder, ending = _FOLDERS[kind]
            if part is None or (kind == "process" and ref in seen):
                continue
            files[f"{folder}{ref}{ending}"] = part.body
            if kind == "process":
                seen.add(ref)
                todo.append(part.body)
    if actor.capacity == "admin":
        for template in list_templates(product, actor):
            text = json.dumps(template, ensure_ascii=False, indent=2) + "\n"
            files[f"{TEMPLATES}/{template['id']}.json"] = text.encode()
    return write_zip(files)


def unpack_procedure(product: Product, actor: Actor, procedure: str, source: bytes) -> Unpacked:
    """Drafts of the drawings in a ZIP that differ from what holds now, with the forms and decisions
    they use that differ; ZipRefused names what cannot be read, and nothing is kept."""
    check_administrator(actor)
    known = _known(product, actor, procedure, "")
    found = _sorted_files(read_zip(source))
    if procedure not in found.drawings:
        raise _refused(
            "", f"没有编号为 {procedure} 的流程图", f"no drawing of {procedure} is in it"
        )
    unused = set(found.forms) | set(found.decisions)
    wanted: dict[str, dict[str, Any]] = {}
    for ref, body in sorted(found.drawings.items(), key=lambda one: one[0] != procedure):
        named = [*named_in(body)]
        beside = {
            "forms": _changed("form", found.forms, named, known),
            "decisions": _changed("decision", found.decisions, named, known),
        }
        unused -= {name for _, name in named}
        is_changed = any(beside.values()) or not _is_same(known.get(("process", ref)), body)
        if ref == procedure or is_changed:
            wanted[ref] = beside
    drafts = {
        ref: draft_definition(product, actor, ref, found.drawings[ref], beside)[0]
        for ref, beside in wanted.items()
    }
    return Unpacked(drafts, (*found.others, *sorted(unused)))


def _known(product: Product, actor: Actor, procedure: str, side: str) -> Known:
    reachable = reachable_files(product, actor.tenant_id)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        known: Known = {**reachable, **published_files(tx, product.clock.now())}
        version = VERSION.fullmatch(side)
        if version is not None:
            return {**known, **files_of_version(tx, procedure, int(version[1]))}
        try:
            draft = find_draft(tx, UUID(side))
        except ValueError:
            return known
        owner = product.world.offices.get(tx).slug
        return with_beside(known, owner, procedure, draft.beside)


def named_in(body: bytes) -> Iterator[tuple[str, str]]:
    """The kinds and names of what a drawing calls and shows; nothing when it cannot be read."""
    diagram = _diagram(body)
    if diagram is None:
        return
    for process in diagram.processes:
        yield from (("process", ref) for ref in process.calls())
        for node in process.body.walk():
            if node.zeebe.form_id:
                yield "form", node.zeebe.form_id
    yield from (("decision", ref) for ref in called_decisions([diagram]))


def _diagram(body: bytes) -> Diagram | None:
    try:
        return read_diagram(body).diagram
    except LuchengError:
        return None


def _sorted_files(files: Mapping[str, bytes]) -> _Sorted:
    """Each file under the name it has inside; ZipRefused names all that cannot be read."""
    found, findings = _Sorted(), []
    for path, body in sorted(files.items()):
        name = PurePosixPath(path)
        try:
            if name.suffix == ".bpmn":
                found.drawings |= dict.fromkeys(_processes(body), body)
            elif name.suffix == ".form":
                found.forms[str(json.loads(body)["id"])] = body.decode()
            elif name.suffix == ".dmn":
                decisions = read_decisions(body).decisions
                found.decisions |= dict.fromkeys(decisions.decisions, body.decode())
            elif not path.startswith(f"{TEMPLATES}/"):
                found.others.append(path)
        except (LuchengError, ValueError, KeyError, TypeError) as error:
            findings.append(_wrong(path, error))
    if findings:
        raise ZipRefused(findings)
    return found


def _processes(body: bytes) -> list[str]:
    read_xml(body, DEFAULT_LIMITS)
    diagram = read_diagram(body).diagram
    own = [process.id for process in diagram.processes if process.executable]
    return own or [process.id for process in diagram.processes]


def _changed(
    kind: str, given: Mapping[str, str], named: list[tuple[str, str]], known: Known
) -> dict[str, str]:
    """Those of the files a drawing names that are not what holds now."""
    used = [ref for of_kind, ref in named if of_kind == kind and ref in given]
    return {
        ref: given[ref] for ref in used if not _is_same(known.get((kind, ref)), given[ref].encode())
    }


def _is_same(part: Resolved | None, body: bytes) -> bool:
    return part is not None and part.digest == digest(body)


def _wrong(path: str, error: Exception) -> dict[str, str]:
    zh = error.zh if isinstance(error, Unreadable | LuchengError) else "不是可用的文件"
    en = error.en if isinstance(error, Unreadable | LuchengError) else "it is no such file"
    return {"file": path, "message": f"{path}：{zh}", "message_en": f"{path}: {en}"}


def _refused(path: str, zh: str, en: str) -> ZipRefused:
    return ZipRefused([{"file": path, "message": zh, "message_en": en}])
