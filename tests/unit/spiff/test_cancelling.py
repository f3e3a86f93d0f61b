"""What is taken away is taken away whole: levels, instances and their variables."""

from __future__ import annotations

import itertools

import pytest

from engine.bpmn.model import Body, Event, EventKind, Kind, Loop, Node
from tests.unit.spiff.drawing import Run, TableHost, body, node, process

START, END = node("s", Kind.START), node("e", Kind.END)
TIMER, FAIL = Event(EventKind.TIMER, expression="P1D"), Event(EventKind.ERROR, ref="FAIL")
ALARM = Event(EventKind.SIGNAL, ref="S")
EACH = Loop(sequential=False, collection="=x")


def inside(*nodes: Node, end: Event | None = None) -> Body:
    """A level that runs through these nodes, one after another."""
    last = node("ie", Kind.END, event=end or Event())
    line = [node("is", Kind.START), *nodes, last]
    steps = [f"{a.id}->{b.id}" for a, b in itertools.pairwise(line)]
    return body(line, *steps)


def edged(held: Node, event: Event, host: TableHost) -> Run:
    edge = node("edge", Kind.BOUNDARY, event=event, attached_to=held.id)
    return Run(
        process(
            "p",
            [START, held, edge, node("late"), END],
            f"s->{held.id}",
            f"{held.id}->e",
            "edge->late",
            "late->e",
        ),
        host,
    )


def three(name: str) -> TableHost:
    host = TableHost()
    host.items[name] = [1, 2, 3]
    return host


@pytest.mark.parametrize(
    "held",
    [
        node("held", loop=EACH),
        node("held", Kind.SUB_PROCESS, body=inside(node("x")), loop=EACH),
        node("held", Kind.SUB_PROCESS, body=inside(node("x"))),
        node(
            "held",
            Kind.SUB_PROCESS,
            body=inside(node("inner", Kind.SUB_PROCESS, body=inside(node("x")))),
        ),
    ],
    ids=["instances", "instances of a sub-process", "sub-process", "nested sub-process"],
)
def test_an_interrupted_activity_leaves_nothing_behind(held: Node) -> None:
    run = edged(held, TIMER, three("held"))
    assert run.act("edge") == ["late"]
    assert run.host.scopes == set()
    assert run.act("late") == []
    assert run.is_over


def test_an_error_in_one_instance_ends_all_of_them() -> None:
    held = node("held", Kind.SUB_PROCESS, body=inside(node("x"), end=FAIL), loop=EACH)
    run = edged(held, FAIL, three("held"))
    assert run.act("x") == ["late"]
    assert run.host.scopes == set()
    assert run.act("late") == []
    assert run.is_over


@pytest.mark.parametrize("catches", ["border", "event sub-process"])
@pytest.mark.parametrize("thrown", [FAIL, Event(EventKind.ESCALATION, ref="UP"), ALARM])
def test_what_is_queued_inside_does_not_run_once_it_is_interrupted(
    catches: str, thrown: Event
) -> None:
    throws = node("throws", Kind.END, event=thrown)
    queued = [node(f"w{n}", Kind.SERVICE_TASK) for n in (1, 2)]
    nodes = [node("is", Kind.START), node("x"), node("g", Kind.PARALLEL), throws, *queued]
    flows = ("is->x", "x->g", "g->throws", "g->w1", "w1->w2", "w2->ie")
    inner = body([*nodes, node("ie", Kind.END)], *flows)
    if catches == "event sub-process":
        start = node("os", Kind.START, event=thrown)
        caught = body([start, node("o"), node("oe", Kind.END)], "os->o", "o->oe")
        sub = node("on", Kind.SUB_PROCESS, body=caught, by_event=True)
        inner = Body({**inner.nodes, "on": sub}, inner.flows)
    run = edged(node("held", Kind.SUB_PROCESS, body=inner), thrown, TableHost())
    assert {"late", "o"}.intersection(run.act("x"))
    assert [what for what in run.host.done if what.startswith("w")] == []


def test_instances_that_a_quorum_makes_superfluous_leave_no_variables() -> None:
    host = three("vote")
    host.votes_needed = 2
    run = Run(
        process(
            "p", [START, node("vote", loop=EACH), node("b"), END], "s->vote", "vote->b", "b->e"
        ),
        host,
    )
    assert run.act("vote", "vote") == ["b"]
    assert host.scopes == set()


def test_a_cancelled_case_keeps_no_level_and_no_variables() -> None:
    held = node("held", Kind.SUB_PROCESS, body=inside(node("x")), loop=EACH)
    run = edged(held, TIMER, three("held"))
    run.machine.cancel()
    assert run.places() == []
    assert run.host.scopes == set()
    assert run.is_over


@pytest.mark.parametrize("kind", [Kind.THROW, Kind.END])
def test_a_message_that_cannot_be_thrown_waits_to_be_thrown_again(kind: Kind) -> None:
    host = TableHost()
    host.failing = {"tell"}
    tell = node("tell", kind, event=Event(EventKind.MESSAGE, ref="m"))
    run = Run(process("p", [START, tell], "s->tell"), host)
    assert [(p.kind, p.token.node.id) for p in run.machine.waiting()] == [("service", "tell")]
    host.failing = set()
    run.act("tell")
    assert run.is_over
