"""Joins count tokens, one by one; what is not of this round or not of this flow does not help."""

from __future__ import annotations

import pytest

from engine.bpmn.model import Event, EventKind, Kind
from tests.unit.spiff.drawing import Run, TableHost, node, process

START, END = node("s", Kind.START), node("e", Kind.END)
AND, OR, XOR = Kind.PARALLEL, Kind.INCLUSIVE, Kind.EXCLUSIVE


def reminded() -> Run:
    """A reminder of branch ``a`` is drawn back into it, so two tokens may come along one flow."""
    remind = Event(EventKind.MESSAGE, ref="m")
    edge = node("edge", Kind.BOUNDARY, event=remind, attached_to="a", interrupting=False)
    nodes = [START, node("split", AND), node("a"), edge, node("r"), node("m", XOR), node("b")]
    return Run(
        process(
            "p",
            [*nodes, node("join", AND), node("after"), END],
            "s->split",
            "split->a",
            "split->b",
            "a->m",
            "edge->r",
            "r->m",
            "m->join",
            "b->join",
            "join->after",
            "after->e",
        ),
        TableHost(),
    )


def test_two_tokens_of_one_branch_do_not_make_up_for_the_other() -> None:
    run = reminded()
    assert run.act("edge", "a", "r") == ["b"], "b has not agreed yet"
    assert run.act("b") == ["after"]


def test_a_late_token_of_one_branch_does_not_fire_the_join_again() -> None:
    run = reminded()
    assert run.act("edge", "a", "b") == ["after", "r"]
    assert run.act("r") == ["after"]


def test_a_token_that_no_partner_can_come_to_is_named() -> None:
    run = reminded()
    run.act("edge", "a", "b", "r")
    assert run.machine.stranded() == [], "something else may still move"
    assert run.act("after") == []
    assert not run.is_over
    assert [token.node.id for token in run.machine.stranded()] == ["join"]


def test_two_flows_straight_from_split_to_join_fire_it_once() -> None:
    for kind in (AND, OR):
        run = Run(
            process(
                "p",
                [START, node("split", kind), node("join", kind), node("after"), END],
                "s->split",
                "split->join if one",
                "split->join if two",
                "join->after",
                "after->e",
            ),
            TableHost(one=True, two=True),
        )
        assert run.places() == ["after"]


def test_an_inclusive_join_does_not_wait_for_a_branch_that_has_ended() -> None:
    run = Run(
        process(
            "p",
            [
                START,
                node("split", AND),
                node("a"),
                node("g", XOR),
                node("b"),
                node("join", OR),
                node("after"),
                node("other", Kind.END),
                END,
            ],
            "s->split",
            "split->a",
            "split->b",
            "a->g",
            "g->join if yes",
            "g->other if else",
            "b->join",
            "join->after",
            "after->e",
        ),
        TableHost(yes=False),
    )
    assert run.act("b") == ["a"]
    assert run.act("a") == ["after"]


def test_an_inclusive_join_waits_for_a_branch_that_goes_round_once_more() -> None:
    run = Run(
        process(
            "p",
            [
                START,
                node("split", OR),
                node("m", XOR),
                node("a"),
                node("g", XOR),
                node("b"),
                node("join", OR),
                node("after"),
                END,
            ],
            "s->split",
            "split->m if one",
            "split->b if two",
            "m->a",
            "a->g",
            "g->m if again",
            "g->join if else",
            "b->join",
            "join->after",
            "after->e",
        ),
        TableHost(one=True, two=True, again=True),
    )
    assert run.act("b", "a", "a") == ["a"]
    run.host.truths["again"] = False
    assert run.act("a") == ["after"]


def behind_a_border(target: str) -> Run:
    """A step with a message at its border beside a direct flow into an inclusive join."""
    edge = node("edge", Kind.BOUNDARY, event=Event(EventKind.MESSAGE, ref="m"), attached_to="a")
    return Run(
        process(
            "p",
            [
                node("s", Kind.START),
                node("merge", Kind.EXCLUSIVE),
                node("split", Kind.PARALLEL),
                node("a"),
                edge,
                node("join", Kind.INCLUSIVE),
                node("after"),
                node("e", Kind.END),
            ],
            "s->merge",
            "merge->split",
            "split->a",
            "split->join",
            "a->join",
            f"edge->{target}",
            "join->after",
            "after->e",
        ),
        TableHost(),
    )


@pytest.mark.parametrize("target", ["merge", "join"])
def test_an_inclusive_join_waits_for_a_step_that_is_about_to_begin(target: str) -> None:
    run = behind_a_border(target)
    assert run.places() == ["a", "edge"], "the direct flow alone may not pass the join"
    assert run.act("a") == ["after"]
