"""The page of a batch: its cases, its form, its draw, how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.draws.rules import SHARES, sample_size
from engine.batches.draws.seeds import SYSTEM
from engine.forms.places import MISSING, get_at
from engine.forms.problems import FieldError
from webapp.http import forms
from webapp.http.frame import actor, office, page, product, words_of
from webapp.http.words import BATCH_CASE_STATUS, BATCH_KINDS, BATCH_STATUS, told, word
from webapp.usecases.batch_forms import BatchForm, gatherable, open_batch_form
from webapp.usecases.batches import read_batch

APART = "case."
"""What a field is called that is filled in otherwise for one case: ``case.<id>.<field>``."""


def item_rows(rows: Sequence[Any], chosen: set[str]) -> list[dict[str, Any]]:
    """Items to choose from, as their table shows them."""
    return [
        {
            "id": str(row.id),
            "number": row.case_number,
            "title": row.case_title,
            "step": row.name,
            "opened": words_of(row.opened_at),
            "is_chosen": str(row.id) in chosen,
        }
        for row in rows
    ]


def progress(batch_id: UUID) -> dict[str, Any]:
    """How far a batch is, and the result of each of its cases."""
    found = read_batch(product(), actor(), batch_id)
    return {
        "batch": found,
        "status_words": told(BATCH_STATUS, found["status"]),
        "is_open": found["status"] == "open" and actor().may_act,
        "is_running": found["status"] == "running",
        "cases": [
            {**row, "status_words": told(BATCH_CASE_STATUS, row["status"])}
            for row in found["cases"]
        ],
    }


def batch_page(
    batch_id: UUID,
    status: int = 200,
    *,
    values: Mapping[str, Any] | None = None,
    per_case: Mapping[UUID, Mapping[str, Any]] | None = None,
    errors: Sequence[FieldError] = (),
    problem: str = "",
) -> ResponseReturnValue:
    """The page with these values in its form; ``problem`` says what stands in the way."""
    context = progress(batch_id)
    batch = context["batch"]
    more: dict[str, Any] = {"form_html": "", "apart": []}
    may_repeat = batch["status"] == "done" and batch["doer"] == actor().membership_id
    draw = _draw(batch)
    waits = draw is not None and draw["waits"]
    with open_batch_form(product(), actor(), batch_id) as found:
        if found is not None and not may_repeat and not waits:
            more["form_count"] = len(found.members)
            more["form_html"] = forms.filled(found.form, values or {}, found.context, errors)
            if batch["kind"] not in SHARES:
                more["apart"] = _apart(found, per_case or {})
    return page(
        "batches/batch.html",
        status,
        facts=_facts(batch),
        kind_name=word(BATCH_KINDS, batch["kind"]),
        again=url_for("batches.show", batch_id=batch_id),
        share=_share(batch),
        draw=draw,
        joining=_joining(batch),
        is_drawn=batch["kind"] in SHARES,
        may_retry=may_repeat and batch["failed"] > 0 and actor().may_act,
        problem=problem,
        has_errors=bool(errors),
        **context,
        **more,
    )


def _joining(batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    if batch["status"] != "open":
        return []
    return item_rows(gatherable(product(), actor(), batch["kind"]), set())


def _facts(batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"label": _("批次编号"), "value": batch["number"]},
        {"label": _("种类"), "value": word(BATCH_KINDS, batch["kind"])},
        {"label": _("件数"), "value": str(batch["total"])},
        {"label": _("组成"), "value": words_of(batch["created_at"])},
        {"label": _("办理"), "value": words_of(batch["acted_at"])},
    ]


def _apart(found: BatchForm, per_case: Mapping[UUID, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For every case the fields that may differ from the common form."""
    return [
        {
            "title": member.title,
            "number": member.number,
            "is_open": bool(per_case.get(member.case_id)),
            "fields": [
                {
                    "name": f"{APART}{member.case_id}.{field.key}",
                    "label": field.label,
                    "choices": field.choices,
                    "value": _typed(per_case.get(member.case_id, {}), field.key),
                }
                for field in fields
            ],
        }
        for member in found.members
        if (fields := found.fields_of(member))
    ]


def _typed(values: Mapping[str, Any], place: str) -> str:
    value = get_at(values, place)
    return "" if value is MISSING else str(value)


def _share(batch: Mapping[str, Any]) -> dict[str, Any] | None:
    """How many of the batch will be drawn, by which parameters."""
    share = SHARES.get(batch["kind"])
    if share is None:
        return None
    percent, minimum = office().parameter(share.ratio), office().parameter(share.minimum)
    return {
        "ratio": f"{percent}%",
        "minimum": minimum,
        "size": sample_size(batch["total"], percent, int(minimum)),
        "basis": office().parameter_facts[share.ratio]["legal_basis"],
    }


def _draw(batch: Mapping[str, Any]) -> dict[str, Any] | None:
    """The recorded draw: frozen pool, seed, ranking."""
    row = batch["draw"]
    if row is None:
        return None
    names = {str(case["case_id"]): case for case in batch["cases"]}
    content, size = row.content, sum(row.content["sizes"].values())
    ranking = [
        {
            "id": member,
            "rank": rank,
            "is_drawn": rank <= size,
            "number": names[member]["case_number"] if member in names else member,
            "title": names[member]["case_title"] if member in names else "",
        }
        for rank, member in enumerate(row.ranking or (), start=1)
    ]
    return {
        "facts": [
            {"label": _("抽取事由"), "value": content["purpose"]},
            {"label": _("名单件数"), "value": str(len(content["members"]))},
            {"label": _("抽取件数"), "value": str(size)},
            {"label": _("名单冻结"), "value": words_of(row.frozen_at)},
            {"label": _("名单摘要"), "value": row.frozen_digest},
            {"label": _("抽取时间"), "value": words_of(row.settled_at)},
            {"label": _("随机种子"), "value": row.seed or ""},
        ],
        "ranking": ranking,
        "id": row.id,
        "waits": row.settled_at is None and row.content["source"]["kind"] != SYSTEM,
        "day": row.content["source"].get("day", ""),
    }
