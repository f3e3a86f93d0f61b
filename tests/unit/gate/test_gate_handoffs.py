"""Hand-offs: an expression that compiles, on a message, to a tenant that is there and listens."""

from __future__ import annotations

import pytest
from bpmn.diagrams import END, START, diagram, event, line, user

from engine.bpmn.findings import Severity
from engine.definitions.receivers import with_receivers
from engine.gate.context import GateContext
from webapp.product import shipped_sources

from .judging import codes, judged, tenant

HAND = '<zeebe:properties><zeebe:property name="handOff" value="{}"/></zeebe:properties>'


def hands(to: str) -> bytes:
    """A process that hands a message over at its end."""
    throw = event("endEvent", "end", "message").replace(
        "<bpmn:messageEvent",
        f"<bpmn:extensionElements>{HAND.format(to)}</bpmn:extensionElements><bpmn:messageEvent",
    )
    return diagram(line(START, user(), throw))


def knowing(**known: bool) -> GateContext:
    """A tenant with others around it, each of which takes every message or none."""
    return tenant(
        receives=lambda to, _message: known.get(to),
        parameters=frozenset({"to"}),
        values={"to": "above"},
    )


@pytest.mark.parametrize(
    ("to", "code", "severity"),
    [
        ("=(case.handedBy", "expression-syntax", Severity.ERROR),
        ("=1 + 1", "kind-unfit", Severity.ERROR),
        ("=parameter(&#34;nothing&#34;)", "unknown-parameter", Severity.ERROR),
        ("nowhere", "hand-off-nowhere", Severity.WARNING),
        ("deaf", "hand-off-unheard", Severity.WARNING),
    ],
)
def test_a_hand_off_that_cannot_work_is_told(to: str, code: str, severity: Severity) -> None:
    assert judged(hands(to), knowing(above=True, deaf=False))[code].severity is severity


@pytest.mark.parametrize("to", ["above", "=parameter(&#34;to&#34;)", "=case.handedBy"])
def test_one_that_is_taken_or_that_only_the_case_can_tell_passes(to: str) -> None:
    context = knowing(above=True)
    found = {code for code in codes(hands(to), context) if "hand-off" in code or "expr" in code}
    assert found == set()


def test_it_belongs_on_a_message_that_is_thrown() -> None:
    step = user(extensions=HAND.format("above"))
    assert "hand-off-misplaced" in codes(diagram(line(START, step, END)))


def test_the_shipped_city_hands_to_the_region_what_the_region_takes() -> None:
    sources = shipped_sources()
    context = with_receivers(GateContext(), "ordos", sources, {})
    assert context.receives is not None
    assert context.receives("neimenggu", "mine-reported") is True
    assert context.receives("neimenggu", "accountability") is False
    assert context.receives("yijinhuoluo", "mine-reported") is False
    assert context.receives("nowhere", "mine-reported") is None
