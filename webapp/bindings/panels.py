"""Service tasks about panels of experts: pool frozen, drawn, a seat given on, what they found."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.rounds.panels import SEATED, draw_panel, freeze_panel, recuse
from domain.rounds.rules import Finding, panel_finding
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.errors import Conflict
from engine.store.tables import draws
from webapp.bindings.inputs import Inputs

bindings = Bindings()


@bindings.register(
    "panel.freeze",
    gives={"draw": "string", "digest": "string", "pool": "number", "recused": "number"},
)
def freeze(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Freeze the experts who may argue: ``draw``, its ``digest``, how many are in it and recused.

    Experts of the ``province`` that recommends are recused.

    Rules: R-NAT-24.
    """
    inputs = Inputs(context, given)
    if context.actor is None:
        raise Conflict("冻结专家名单须由经办人办理", "somebody must freeze the pool")
    size = int(context.parameter("panel.size"))
    draw_id, pool, recused = freeze_panel(
        context.tx, context.case_number, inputs.text("province"), size, context.actor, context.now
    )
    row = context.tx.get(draws, draw_id)
    digest = "" if row is None else row.frozen_digest
    return {"draw": str(draw_id), "digest": digest, "pool": pool, "recused": recused}


@bindings.register("panel.draw", gives={"seats": "list"})
def draw(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Draw the panel from the pool of ``draw`` with a ``seed`` that came later: ``seats``."""
    inputs = Inputs(context, given)
    seats = draw_panel(
        context.tx, context.case_id, inputs.identity("draw"), inputs.text("seed"), context.now
    )
    return {"seats": [f"person:{s.membership_id}" for s in seats if s.status == SEATED]}


@bindings.register("panel.recuse", gives={"seat": "string"})
def step_back(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The expert of ``seat`` steps back for a ``reason``; gives the ``seat`` of the next rank."""
    inputs = Inputs(context, given)
    member = inputs.principal("seat", "person")
    if member is None:
        raise inputs.wrong("seat", "论证专家", "an expert of the panel")
    following = recuse(context.tx, context.case_id, member, inputs.text("reason"))
    return {"seat": f"person:{following}"}


@bindings.register("panel.conclude", gives={"finding": "string"})
def conclude(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """What the ``findings`` of all experts come to: passed, doubtful or failed.

    Rules: R-NAT-24.
    """
    inputs = Inputs(context, given)
    findings = inputs.parsed(
        "findings",
        lambda: [Finding(text) for text in inputs.texts("findings")],
        "论证意见",
        "findings",
    )
    shares = (Decimal(context.parameter(f"panel.{name}_share")) for name in ("pass", "fail"))
    return {"finding": panel_finding(findings, *shares)}
