"""The voices of a running vote, as the variables of its loop keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.bpmn.model import Node
from engine.cases.expressions import holds, text_or_value
from engine.errors import Invalid
from engine.work_items.voting import NEEDED, VETO, VOTE, WEIGHT, YES, Voice, outcome

VOICES = "voices"
OPEN, SAID_YES, SAID_NO, LEFT = "open", "yes", "no", "left"
_SAID = {OPEN: None, SAID_YES: True, SAID_NO: False}


def is_vote(node: Node) -> bool:
    """Whether those who do the step decide together."""
    return bool(node.zeebe.properties.get(VOTE))


def begin_vote(
    node: Node, items: Sequence[Any], seen: Mapping[str, Any], env: Any
) -> dict[str, Any]:
    """The voices of a vote that begins, one an instance; nothing where there is no vote."""
    if not is_vote(node):
        return {}
    told, loop = node.zeebe.properties, node.loop
    assert loop is not None
    voices = []
    for index, item in enumerate(items):
        scope = {**seen, "loopCounter": Decimal(index + 1)}
        if loop.element:
            scope[loop.element] = item
        weight = _number(node, text_or_value(told.get(WEIGHT, "1"), scope, env))
        veto = VETO in told and holds(told[VETO], scope, env)
        voices.append({"weight": weight, "veto": veto, "said": OPEN})
    return {VOICES: voices}


def cast(node: Node, voices: Sequence[Any], index: int, seen: Mapping[str, Any], env: Any) -> Any:
    """The voices after one of them has been heard."""
    yes = holds(node.zeebe.properties[YES], seen, env)
    return _said(voices, index, SAID_YES if yes else SAID_NO)


def leave(voices: Sequence[Any], index: int) -> Any:
    """The voices after one was taken out before it was heard."""
    return _said(voices, index, LEFT)


def _said(voices: Sequence[Any], index: int, said: str) -> list[Any]:
    return [{**one, "said": said} if i == index else one for i, one in enumerate(voices)]


def result(node: Node, voices: Sequence[Any], seen: Mapping[str, Any], env: Any) -> bool | None:
    """What is decided by now; None while it is open."""
    told = node.zeebe.properties
    needed = _number(node, text_or_value(told.get(NEEDED, "1"), seen, env))
    heard = [
        Voice(Decimal(one["weight"]), bool(one["veto"]), _SAID[one["said"]])
        for one in voices
        if one["said"] != LEFT
    ]
    return outcome(told[VOTE], needed, heard)


def _number(node: Node, value: Any) -> Decimal:
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise InvalidOperation
        return Decimal(value)
    except InvalidOperation:
        raise Invalid(
            f"“{node.name}”的表决票数或票重不是数字",
            f"a number of the vote of {node.id} is none",
            code="vote",
            element=node.id,
        ) from None
