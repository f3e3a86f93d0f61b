"""Standard loops and several instances of every kind of activity, saved and restored."""

from __future__ import annotations

import pytest

from engine.bpmn.model import Body, Event, EventKind, Kind, Loop, Repeat
from engine.spiff.host import BudgetExceeded
from tests.unit.spiff.drawing import Run, TableHost, body, node, process

START, END = node("s", Kind.START), node("e", Kind.END)
AGAIN = Repeat("again")
MESSAGE = Event(EventKind.MESSAGE, ref="paid")
INNER = body([node("is", Kind.START), node("i"), node("ie", Kind.END)], "is->i", "i->ie")


def looped(repeat: Repeat, kind: Kind = Kind.USER_TASK, inner: Body | None = None) -> Run:
    """A loop ``a`` and a step ``b`` behind it; the condition holds."""
    return Run(
        process(
            "p", [START, node("a", kind, repeat=repeat, body=inner), node("b"), END],
            "s->a", "a->b", "b->e",
        ),
        TableHost(again=True),
    )  # fmt: skip


def test_a_loop_runs_again_as_long_as_its_condition_holds() -> None:
    run = looped(AGAIN)
    assert run.act("a", "a", "a") == ["a"]
    run.host.truths["again"] = False
    assert run.act("a") == ["b"]


def test_a_loop_that_tests_before_may_be_passed_by() -> None:
    host = TableHost(again=False)
    drawn = [START, node("a", repeat=Repeat("again", test_before=True)), node("b"), END]
    run = Run(process("p", drawn, "s->a", "a->b", "b->e"), host)
    assert run.places() == ["b"]


@pytest.mark.parametrize("test_before", [True, False])
def test_a_loop_ends_after_its_maximum(test_before: bool) -> None:
    run = looped(Repeat("again", test_before, "2"))
    assert run.act("a") == ["a"]
    assert run.act("a") == ["b"]


def test_a_loop_without_condition_runs_so_often() -> None:
    run = looped(Repeat(maximum="3"), Kind.SERVICE_TASK)
    assert run.places() == ["b"]
    assert run.host.done == ["a", "a", "a"]


def test_a_sub_process_is_run_again_from_its_start() -> None:
    run = looped(AGAIN, Kind.SUB_PROCESS, INNER)
    assert run.act("i") == ["i"]
    run.host.truths["again"] = False
    assert run.act("i") == ["b"]
    assert run.host.scopes == set()


def test_an_event_on_the_border_of_a_loop_ends_all_of_it() -> None:
    timer = node("t", Kind.BOUNDARY, event=Event(EventKind.TIMER), attached_to="a")
    loop = node("a", Kind.SUB_PROCESS, repeat=AGAIN, body=INNER)
    run = Run(
        process("p", [START, loop, timer, node("b"), node("c"), END],
                "s->a", "a->b", "t->c", "b->e", "c->e"),
        TableHost(again=True),
    )  # fmt: skip
    assert run.act("i", "i") == ["i", "t"]
    assert run.act("t") == ["c"]
    assert run.host.scopes == set()


def test_a_loop_that_nobody_stops_is_stopped_by_the_budget() -> None:
    with pytest.raises(BudgetExceeded):
        looped(AGAIN, Kind.SERVICE_TASK)


def test_a_stopped_service_is_retried_within_its_run() -> None:
    host = TableHost(again=True)
    host.failing.add("a")
    drawn = [START, node("a", Kind.SERVICE_TASK, repeat=Repeat(maximum="2")), node("b"), END]
    run = Run(process("p", drawn, "s->a", "a->b", "b->e"), host)
    assert run.places() == ["a"]
    host.failing.clear()
    assert run.act("a") == ["b"]
    assert host.done == ["a", "a"]


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize(
    "kind",
    [
        Kind.TASK,
        Kind.MANUAL_TASK,
        Kind.SEND_TASK,
        Kind.SCRIPT_TASK,
        Kind.BUSINESS_RULE_TASK,
        Kind.SERVICE_TASK,
    ],
)
def test_several_instances_of_what_needs_nobody(kind: Kind, sequential: bool) -> None:
    host = TableHost()
    host.items["a"] = [1, 2, 3]
    loop = Loop(sequential=sequential, collection="=x")
    run = Run(process("p", [START, node("a", kind, loop=loop), END], "s->a", "a->e"), host)
    assert run.is_over
    passes = kind in {Kind.TASK, Kind.MANUAL_TASK}
    assert host.done == ([] if passes else ["a", "a", "a"])
    assert host.scopes == set()


@pytest.mark.parametrize(("sequential", "waiting"), [(False, ["a", "a", "a"]), (True, ["a"])])
def test_several_receive_tasks_wait_for_a_message_each(
    sequential: bool, waiting: list[str]
) -> None:
    host = TableHost()
    host.items["a"] = [1, 2, 3]
    loop = Loop(sequential=sequential, collection="=x")
    receive = node("a", Kind.RECEIVE_TASK, event=MESSAGE, loop=loop)
    run = Run(process("p", [START, receive, END], "s->a", "a->e"), host)
    assert run.places() == waiting
    host.votes_needed = 2
    run.act("a", "a")
    assert run.is_over
