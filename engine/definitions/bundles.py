"""Bundles: a published procedure with everything it calls, pinned by its cases."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.model import Diagram, Node, Process
from engine.bpmn.read import read_diagram
from engine.canonical import canonical, digest
from engine.decisions.model import Decisions
from engine.decisions.read import read_decisions
from engine.errors import NotFound
from engine.forms.model import Form
from engine.forms.read import read_form
from engine.spiff.build import Program, build_program
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, contents

CACHE_SIZE = 64


@dataclass(frozen=True)
class Bundle:
    """A published version, read once per process and shared by threads."""

    id: UUID
    procedure: str
    version: int
    title: str
    digest: str
    program: Program
    processes: Mapping[str, Process]
    diagrams: Mapping[str, Diagram]
    forms: Mapping[str, Form]
    decisions: Mapping[str, Decisions]
    manifest: tuple[Mapping[str, str], ...]

    @property
    def process(self) -> Process:
        """The process a case of this bundle runs."""
        return self.processes[self.procedure]

    def form(self, form_id: str) -> Form:
        """A form of the bundle; NotFound names it."""
        if form_id not in self.forms:
            raise NotFound(f"表单 {form_id} 不存在", f"there is no form {form_id}")
        return self.forms[form_id]

    def decision(self, decision_id: str) -> Decisions:
        """The file of a decision of the bundle; NotFound names it."""
        if decision_id not in self.decisions:
            raise NotFound(f"决策 {decision_id} 不存在", f"there is no decision {decision_id}")
        return self.decisions[decision_id]

    def node(self, element: str) -> Node | None:
        """The node with this id in any process of the bundle."""
        for process in self.processes.values():
            found = process.node(element)
            if found is not None:
                return found
        return None

    def owner(self, element: str) -> str:
        """The id of the process that holds the node."""
        return next((p.id for p in self.processes.values() if p.node(element)), self.procedure)


class Bundles:
    """The cache of read bundles; keyed by tenant and digest, rebuilt from rows when missing."""

    def __init__(self) -> None:
        self._cache: OrderedDict[tuple[UUID, UUID], Bundle] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tx: Unit, bundle_id: UUID) -> Bundle:
        """The bundle with this id."""
        return self.kept(tx, bundle_id, lambda: _read(tx, bundle_id))

    def kept(self, tx: Unit, bundle_id: UUID, make: Callable[[], Bundle]) -> Bundle:
        """The bundle that is kept under an id of the tenant's, made when it is not."""
        key = (tx.tenant_id, bundle_id)
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        bundle = make()
        with self._lock:
            self._cache[key] = bundle
            while len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)
        return bundle

    def active(self, tx: Unit, procedure: str, moment: datetime) -> Bundle:
        """The bundle a case of a procedure gets that begins now; NotFound when there is none."""
        row = bundle_in_force(tx, procedure, moment)
        if row is None:
            raise NotFound(
                f"事项 {procedure} 尚未发布", f"procedure {procedure} has not been published"
            )
        return self.get(tx, row.id)


def bundle_in_force(tx: Unit, procedure: str, moment: datetime) -> Any:
    """The row of the bundle that holds for a procedure at a moment, or None."""
    return tx.one(
        select(bundles.c.id, bundles.c.version, bundles.c.digest)
        .where(
            bundles.c.tenant_id == TENANT,
            bundles.c.procedure == procedure,
            bundles.c.effective_from <= moment,
        )
        .order_by(bundles.c.effective_from.desc(), bundles.c.version.desc())
        .limit(1)
    )


def bundles_in_force(tx: Unit, moment: datetime) -> dict[str, UUID]:
    """The bundle that holds for each procedure at a moment."""
    rows = tx.all(
        select(bundles.c.id, bundles.c.procedure)
        .where(bundles.c.tenant_id == TENANT, bundles.c.effective_from <= moment)
        .order_by(bundles.c.procedure, bundles.c.effective_from, bundles.c.version)
    )
    return {row.procedure: row.id for row in rows}  # the latest of each comes last


def scheduled_bundles(tx: Unit, moment: datetime) -> Sequence[Any]:
    """The bundles that will hold from a later moment on, the next one first."""
    return tx.all(
        select(
            bundles.c.id,
            bundles.c.procedure,
            bundles.c.version,
            bundles.c.effective_from,
            bundles.c.reason,
        )
        .where(bundles.c.tenant_id == TENANT, bundles.c.effective_from > moment)
        .order_by(bundles.c.effective_from, bundles.c.version)
    )


def _read(tx: Unit, bundle_id: UUID) -> Bundle:
    row = tx.get(bundles, bundle_id)
    if row is None:
        raise NotFound("发布包不存在", "there is no such bundle")
    bodies = _bodies(tx, [entry["digest"] for entry in row.manifest])
    return assemble(row.id, row.procedure, row.version, row.title, row.manifest, bodies)


def _bodies(tx: Unit, digests: list[str]) -> dict[str, bytes]:
    rows = tx.all(
        select(contents.c.digest, contents.c.body).where(
            contents.c.tenant_id == TENANT, contents.c.digest.in_(digests)
        )
    )
    return {r.digest: r.body for r in rows}


def assemble(
    bundle_id: UUID,
    procedure: str,
    version: int,
    title: str,
    manifest: Any,
    bodies: Mapping[str, bytes],
) -> Bundle:
    """Read the bodies of a manifest into a bundle."""
    diagrams = {
        entry["ref"]: read_diagram(bodies[entry["digest"]]).diagram
        for entry in manifest
        if entry["kind"] == "process"
    }
    processes = {ref: diagram.process(ref) for ref, diagram in diagrams.items()}
    forms = {
        entry["ref"]: read_form(bodies[entry["digest"]])
        for entry in manifest
        if entry["kind"] == "form"
    }
    decisions = {
        entry["ref"]: read_decisions(bodies[entry["digest"]]).decisions
        for entry in manifest
        if entry["kind"] == "decision"
    }
    return Bundle(
        id=bundle_id,
        procedure=procedure,
        version=version,
        title=title,
        digest=manifest_digest(manifest),
        program=build_program(processes[procedure], processes),
        processes=processes,
        diagrams=diagrams,
        forms=forms,
        decisions=decisions,
        manifest=tuple(manifest),
    )


def manifest_digest(manifest: Any) -> str:
    """The digest of a bundle: over kind, reference and digest of every part."""
    parts = sorted([e["kind"], e["ref"], e["digest"]] for e in manifest)
    return digest(canonical(parts))


def bundle_file(tx: Unit, bundle_id: UUID, kind: str, ref: str) -> bytes:
    """The body of one file of a bundle; NotFound when it holds none."""
    row = tx.get(bundles, bundle_id)
    for entry in row.manifest if row is not None else ():
        if entry["kind"] == kind and entry["ref"] == ref:
            body: bytes = tx.scalar(
                select(contents.c.body).where(
                    contents.c.tenant_id == TENANT, contents.c.digest == entry["digest"]
                )
            )
            return body
    raise NotFound("发布包中没有此文件", f"the bundle holds no {kind} {ref}")
