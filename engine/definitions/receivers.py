"""Who takes what is handed over: the procedures of the tenants above and below, by their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from engine.bpmn.model import EventKind, Kind, Process
from engine.bpmn.read import read_diagram
from engine.errors import LuchengError
from engine.gate.context import GateContext
from engine.tenancy.chain import Kind as FileKind
from engine.tenancy.chain import Sources, lineage, resolve

_THROWS = frozenset({Kind.THROW, Kind.END})


def with_receivers(
    context: GateContext, slug: str, sources: Sources, values: Mapping[str, Any]
) -> GateContext:
    """What the gate knows of a tenant, and besides which tenants take its messages."""

    @cache
    def receives(to: str, message: str) -> bool | None:
        try:
            if not _are_related(slug, to, sources):
                return None
            return any(message in _taken(process) for process in _processes(to, sources))
        except LuchengError:
            return None  # no such tenant here, or one whose files are told about elsewhere

    return replace(context, receives=receives, values=values)


def _are_related(one: str, other: str, sources: Sources) -> bool:
    lines = [[t.slug for t in lineage(slug, sources)] for slug in (one, other)]
    return one != other and (one in lines[1] or other in lines[0])


def _processes(slug: str, sources: Sources) -> Iterator[Process]:
    """Every process a case of the tenant may come to."""
    todo = [procedure.id for procedure in sources.tenant(slug).procedures]
    known: set[str] = set()
    while todo:
        ref = todo.pop()
        if ref in known:
            continue
        known.add(ref)
        process = read_diagram(resolve(FileKind.PROCESS, ref, slug, sources).body).diagram.process(
            ref
        )
        todo += process.calls()
        yield process


def _taken(process: Process) -> set[str]:
    """The messages that begin the process or that it waits for."""
    return {
        node.event.ref
        for node in process.body.walk()
        if node.event.kind is EventKind.MESSAGE and node.kind not in _THROWS
    }
