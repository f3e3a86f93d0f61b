"""Service tasks that score: the sheet of a step by the indicator catalogue of the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.scoring.catalogue import parse_catalogue
from domain.scoring.indicators import Catalogue
from domain.scoring.points import plain
from domain.scoring.rules import ScoreResult, score
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.store.metadata import TENANT
from engine.store.tables import attachments
from webapp.bindings.inputs import Inputs

bindings = Bindings()

LONGEST_NAME = 60
LONGEST_EXPLANATION = 600


@bindings.register(
    "score.sheet",
    gives={
        "total": "number",
        "passed": "boolean",
        "reasons": "list",
        "explanation": "string",
        "constraints": "list",
    },
)
def score_sheet(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The score of ``sheet`` by ``catalogue`` against ``line``; only stored proof counts.

    ``floor`` is the percentage of its points every level-1 part must reach; none: as printed.
    Gives ``total``, ``passed``, ``reasons`` (codes), ``explanation`` (a sentence) and
    ``constraints``: the constraint items as rows for the check on site.
    """
    inputs = Inputs(context, given)
    name, sheet = inputs.text("catalogue"), inputs.value("sheet")
    catalogue = parse_catalogue(context.file("catalogue", name), f"{name}.yaml")
    line, floor = inputs.number("line"), inputs.number("floor")
    result = score(catalogue, sheet, line=line, floor=floor, proof=_proven(context, sheet))
    # what the applicant calls not applicable is still looked at; what the catalogue excuses is not
    excused = catalogue.select(sheet["group"], sheet.get("variant", "")).excused
    return {
        "total": result.total,
        "passed": result.passed,
        "reasons": list(result.reasons),
        "explanation": explain(catalogue, result),
        "constraints": [
            {"item": f"{row.item.id} {row.item.name}"[:LONGEST_NAME]}
            for row in result.items
            if row.item.constraint and row.item.id not in excused
        ],
    }


def explain(catalogue: Catalogue, result: ScoreResult) -> str:
    """Why a sheet does not pass, in words; empty when it does."""
    text = "；".join(_sentences(catalogue, result))
    return text if len(text) <= LONGEST_EXPLANATION else text[: LONGEST_EXPLANATION - 1] + "…"


def _sentences(catalogue: Catalogue, result: ScoreResult) -> Iterator[str]:
    by_kind: dict[str, list[str]] = {}
    for reason in result.reasons:
        kind, _, name = reason.partition(":")
        by_kind.setdefault(kind, []).append(name)
    vetoes = {entry.id: entry.name for entry in catalogue.prerequisites}
    items = {row.item.id: f"{row.item.id} {row.item.name}" for row in result.items}
    parts = {found.part.id: found.part.name for found in result.parts}
    for kind, zh, names in (
        ("prerequisite", "先决条件不满足", vetoes),
        ("constraint", "约束性指标未得满分", items),
        ("part_floor", "一级指标得分率不足", parts),
    ):
        if kind in by_kind:
            yield f"{zh}：" + "、".join(names.get(name, name) for name in by_kind[kind])
    if "below_line" in by_kind:
        yield f"总得分 {result.total} 分，低于达标分数线 {plain(Decimal(result.line))} 分"


def _proven(context: BindingContext, sheet: Any) -> frozenset[str]:
    """The items whose evidence is really stored for this case (R-NAT-41)."""
    items = sheet.get("items") if isinstance(sheet, Mapping) else None
    named = {
        name: [entry for entry in row.get("evidence") or () if isinstance(entry, str)]
        for name, row in (items.items() if isinstance(items, Mapping) else ())
        if isinstance(row, Mapping)
    }
    stored = _stored(context, {entry for entries in named.values() for entry in entries})
    return frozenset(name for name, entries in named.items() if stored & set(entries))


def _stored(context: BindingContext, names: set[str]) -> set[str]:
    ids = [found for name in names if (found := _as_id(name)) is not None]
    rows = context.tx.all(
        select(attachments.c.id).where(
            attachments.c.tenant_id == TENANT,
            attachments.c.id.in_(ids),
            attachments.c.case_id == context.case_id,
        )
    )
    return {str(row.id) for row in rows}


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
