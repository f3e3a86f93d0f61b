"""Service tasks about who must sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.endorsements.rules import must_sign
from engine.cases.records import records_of
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.errors import NotFound
from webapp.bindings.inputs import Inputs

bindings = Bindings()


@bindings.register("endorsement.list-signers", gives=("signers",))
def list_signers(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Who must sign for what was done: ``signers``, rows {principal, capacity}.

    ``steps`` names the steps that are signed for; whoever submitted their records after ``since``
    (the moment the round before was closed; none: ever) signs as ``capacity``. ``others`` are rows
    {principal, capacity}: the heads and leaders who answer for them.

    Rules: R-ORD-17, R-ORD-32.
    """
    inputs = Inputs(context, given)
    steps, capacity = inputs.texts("steps"), inputs.text("capacity", "")
    since = inputs.moment("since", context.office.calendar.zone)
    rows = [
        row
        for row in records_of(context.tx, context.case_id)
        if row.element in steps and (since is None or row.at > since)
    ]
    if since is not None and not rows:
        raise NotFound(
            "本轮没有人提交过所签的记录", "nobody submitted anything to sign in this round"
        )
    submitters = [(row.by, capacity) for row in rows]
    others = inputs.value("others") or []
    signers = must_sign(submitters, [row for row in others if isinstance(row, Mapping)])
    return {"signers": [vars(one) for one in signers]}
