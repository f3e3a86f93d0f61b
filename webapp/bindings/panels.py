"""Service tasks about panels of experts: frozen, drawn, a seat given on, what they found."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.rounds.panels import Panel, freeze_panel, give_on, seats
from domain.rounds.rules import Finding, panel_finding
from engine.actors import Actor
from engine.batches.draws.seeds import number_source
from engine.batches.draws.store import enter_number
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.errors import Conflict
from webapp.bindings.inputs import Inputs

bindings = Bindings()


@bindings.register(
    "panel.freeze",
    gives={"draw": "string", "digest": "string", "pool": "number", "recused": "number"},
)
def freeze(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Freeze the experts who may argue: ``draw``, its ``digest``, how many are in it and recused.

    Experts of the ``province`` that recommends are recused. The seed is the public number
    ``numberName`` of a later day, ``numberOn``.

    Rules: R-NAT-24.
    """
    inputs = Inputs(context, given)
    panel = Panel(
        case_id=context.case_id,
        number=context.case_number,
        province=inputs.text("province"),
        size=int(context.parameter("panel.size")),
        source=number_source(inputs.text("numberName"), inputs.required_day("numberOn")),
    )
    made = freeze_panel(context.tx, context.office, panel, _person(context), context.now)
    return {
        "draw": str(made.draw_id),
        "digest": made.digest,
        "pool": made.pool,
        "recused": made.recused,
    }


@bindings.register("panel.enter-number", gives={"drawn": "boolean", "seats": "list"})
def enter(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Keep the public ``number`` that one person read for ``draw``.

    ``drawn`` once a second person has read the same; ``seats`` are the experts drawn.
    """
    inputs = Inputs(context, given)
    draw_id, person = inputs.identity("draw"), _person(context)
    ranking = enter_number(
        context.tx, context.office, draw_id, inputs.text("number"), person, context.now
    )
    drawn = [] if ranking is None else seats(context.tx, draw_id)
    return {"drawn": bool(drawn), "seats": [f"person:{one}" for one in drawn]}


@bindings.register("panel.recuse", gives={"seat": "string"})
def step_back(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The expert of ``seat`` steps back for a ``reason``; gives the ``seat`` of the next rank."""
    inputs = Inputs(context, given)
    member = inputs.principal("seat", "person")
    if member is None:
        raise inputs.wrong("seat", "论证专家", "an expert of the panel")
    by, reason = _person(context).membership_id, inputs.text("reason")
    following = give_on(context.tx, inputs.identity("draw"), member, reason, by, context.now)
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
    shares = [Decimal(context.parameter(f"panel.{name}_share")) for name in ("pass", "fail")]
    return {"finding": panel_finding(findings, shares[0], shares[1])}


def _person(context: BindingContext) -> Actor:
    if context.actor is None:
        raise Conflict("须由经办人办理", "somebody must do this", code="nobody_acts")
    return context.actor
