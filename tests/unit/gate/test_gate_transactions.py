"""Transactions: where cancel events may stand, and that somebody hears them."""

from __future__ import annotations

import pytest
from bpmn.diagrams import END, START, boundary, diagram, event, flow, line, node, user

from .judging import codes, elements


def cancelling(end: str, edge: str = "", tag: str = "transaction") -> bytes:
    """A sub-process one of whose ends is ``end``, with what stands on its border."""
    inner = line(
        '<bpmn:startEvent id="in"/>', user("u"),
        node("exclusiveGateway", "ig", attributes='default="f_ig_out"'),
        '<bpmn:endEvent id="out"/>',
    )  # fmt: skip
    inner += event("endEvent", "x", end) + flow("ig", "x", condition="=off")
    on_border = boundary("b", "sub", edge) + user("h") + flow("b", "h") if edge else ""
    arrow = flow("h", "end") if edge else ""
    return diagram(line(START, node(tag, "sub", inner), END), on_border, arrow)


def test_a_cancel_that_its_transaction_hears_is_fine() -> None:
    assert codes(cancelling("cancel", "cancel")) == set()


@pytest.mark.parametrize("edge", ["", "timer", "message"])
def test_a_cancel_that_nobody_hears_is_an_error(edge: str) -> None:
    assert elements(cancelling("cancel", edge), "cancel-not-caught") == ["x"]


def test_a_cancel_event_belongs_to_a_transaction() -> None:
    source = cancelling("cancel", "cancel", "subProcess")
    assert elements(source, "cancel-end-elsewhere") == ["x"]
    assert elements(source, "cancel-boundary-elsewhere") == ["b"]
    ended = diagram(line(START, user(), event("endEvent", "x", "cancel")))
    assert elements(ended, "cancel-end-elsewhere") == ["x"]


@pytest.mark.parametrize("method", ["##Store", "##Image", "other"])
def test_another_method_of_cancelling_is_refused(method: str) -> None:
    inner = line('<bpmn:startEvent id="in"/>', user("u"), '<bpmn:endEvent id="out"/>')
    drawn = node("transaction", "sub", inner, attributes=f'method="{method}"')
    assert codes(diagram(line(START, drawn, END))) == {"unknown-attribute"}
