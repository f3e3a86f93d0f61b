"""The documents a procedure names: found along the chain, checked before publication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.bpmn.model import Diagram
from engine.canonical import digest
from engine.cases.expressions import HOST_FUNCTIONS
from engine.documents.template import TemplateFault, read_template
from engine.documents.word import word_faults
from engine.errors import NotFound
from engine.tenancy.chain import Kind, Resolved, Sources, owners_of
from engine.work_items.barring import listed

DOCUMENTS = "documents"
"""The property of a step, or of the process for all of it, that names documents by id."""


def collect_documents(
    diagrams: Iterable[Diagram], slug: str, sources: Sources
) -> dict[tuple[str, str], Resolved]:
    """The files of all documents the processes name; NotFound names the one that is missing."""
    refs = dict.fromkeys(ref for diagram in diagrams for ref in _named(diagram))
    found = [_resolve(ref, slug, sources) for ref in refs]
    return {(one.kind.value, one.ref): one for one in found}


def _named(diagram: Diagram) -> Iterator[str]:
    for process in diagram.processes:
        if process.executable:
            yield from listed(process.zeebe.properties.get(DOCUMENTS, ""))
            for node in process.body.walk():
                yield from listed(node.zeebe.properties.get(DOCUMENTS, ""))


def _resolve(ref: str, slug: str, sources: Sources) -> Resolved:
    """The nearest file of this name: a text, else a Word file of the same owner."""
    owners = owners_of(slug, sources)
    for owner in owners:
        for kind in (Kind.TEMPLATE, Kind.WORD):
            body = sources.body(kind, ref, owner)
            if body is not None:
                return Resolved(kind, ref, body.path, owner, digest(body.content), body.content)
    raise NotFound(
        f"在 {'、'.join(owners)} 中都找不到文书模板“{ref}”",
        f"there is no template {ref!r} in {', '.join(owners)}",
        code="unresolved",
        kind=Kind.TEMPLATE.value,
        ref=ref,
        owners=list(owners),
    )


def check_documents(files: Mapping[tuple[str, str], Resolved]) -> list[dict[str, Any]]:
    """What refuses the documents of a bundle, by file and line."""
    return [
        {
            "document": ref,
            "code": "document-refused",
            "severity": "error",
            "message": f"{part.path} 第 {fault.line} 行：{fault.zh}",
            "zh": f"{part.path} 第 {fault.line} 行：{fault.zh}",
            "en": f"{part.path}, line {fault.line}: {fault.en}",
        }
        for (kind, ref), part in files.items()
        for fault in _faults(kind, part.body)
    ]


def _faults(kind: str, body: bytes) -> list[TemplateFault]:
    if kind == Kind.TEMPLATE:
        return read_template(body, HOST_FUNCTIONS)[1]
    return word_faults(body) if kind == Kind.WORD else []
