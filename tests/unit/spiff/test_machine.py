"""Tokens move as BPMN 2.0 says, saved and restored between steps."""

from __future__ import annotations

import itertools

import pytest

from engine.bpmn.model import Event, EventKind, Kind, Loop, Zeebe
from engine.errors import Conflict
from engine.spiff.codec import StateUnreadable
from engine.spiff.host import BudgetExceeded
from engine.spiff.machine import Machine
from tests.unit.spiff.drawing import Run, TableHost, body, node, process

START, END = node("s", Kind.START), node("e", Kind.END)
TIMER = Event(EventKind.TIMER, expression="P1D")
MESSAGE = Event(EventKind.MESSAGE, ref="paid")
EACH = Loop(sequential=False, collection="=x")


def test_a_sequence_waits_for_each_person_in_turn() -> None:
    run = Run(process("p", [START, node("a"), node("b"), END], "s->a", "a->b", "b->e"), TableHost())
    assert run.places() == ["a"]
    assert run.act("a") == ["b"]
    assert run.act("b") == []
    assert run.is_over


def return_loop() -> Run:
    return Run(
        process(
            "p",
            [
                START,
                node("merge", Kind.EXCLUSIVE),
                node("fill"),
                node("split", Kind.PARALLEL),
                node("a"),
                node("b"),
                node("join", Kind.PARALLEL),
                node("decide"),
                node("good", Kind.EXCLUSIVE),
                END,
            ],
            "s->merge",
            "merge->fill",
            "fill->split",
            "split->a",
            "split->b",
            "a->join",
            "b->join",
            "join->decide",
            "decide->good",
            "good->merge if back",
            "good->e if else",
        ),
        TableHost(back=True),
    )


@pytest.mark.parametrize("rounds", list(itertools.product(["ab", "ba"], repeat=3)))
def test_a_join_in_a_return_loop_needs_every_branch_in_every_round(
    rounds: tuple[str, ...],
) -> None:
    run = return_loop()
    for first, second in rounds:
        assert run.act("fill") == ["a", "b"]
        assert run.act(first) == [second], "the join may not fire with an approval missing"
        assert run.act(second) == ["decide"]
        assert run.act("decide") == ["fill"]


def test_a_return_loop_ends_when_nothing_is_returned() -> None:
    run = return_loop()
    run.act("fill", "b", "a", "decide", "fill", "a", "b")
    run.host.truths["back"] = False
    assert run.act("decide") == []
    assert run.is_over


@pytest.mark.parametrize("order", list(itertools.permutations("abc", 2)))
def test_an_inclusive_join_waits_for_the_taken_branches_only(order: tuple[str, str]) -> None:
    taken = set(order)
    run = Run(
        process(
            "p",
            [
                START,
                node("split", Kind.INCLUSIVE),
                *[node(n) for n in "abc"],
                node("join", Kind.INCLUSIVE),
                node("after"),
                END,
            ],
            "s->split",
            *[f"split->{n} if {n}" for n in "abc"],
            *[f"{n}->join" for n in "abc"],
            "join->after",
            "after->e",
        ),
        TableHost(**{n: n in taken for n in "abc"}),
    )
    assert run.places() == sorted(taken)
    assert run.act(order[0]) == [order[1]]
    assert run.act(order[1]) == ["after"]


def test_the_default_flow_is_taken_when_no_condition_holds() -> None:
    run = Run(
        process(
            "p",
            [START, node("g", Kind.EXCLUSIVE), node("a"), node("b"), END],
            "s->g",
            "g->a if yes",
            "g->b if else",
            "a->e",
            "b->e",
        ),
        TableHost(yes=False),
    )
    assert run.places() == ["b"]


def test_a_gateway_without_exit_stops_loudly() -> None:
    drawn = process(
        "p", [START, node("g", Kind.EXCLUSIVE), node("a"), END], "s->g", "g->a if yes", "a->e"
    )
    with pytest.raises(LookupError, match="g"):
        Run(drawn, TableHost(yes=False))


def with_boundary(event: Event, *, interrupting: bool) -> Run:
    edge = node("edge", Kind.BOUNDARY, event=event, attached_to="a", interrupting=interrupting)
    return Run(
        process(
            "p",
            [START, node("a"), edge, node("late"), END],
            "s->a",
            "a->e",
            "edge->late",
            "late->e",
        ),
        TableHost(),
    )


def test_an_interrupting_timer_takes_the_work_away() -> None:
    run = with_boundary(TIMER, interrupting=True)
    assert run.places() == ["a", "edge"]
    assert run.act("edge") == ["late"]
    assert run.act("late") == []
    assert run.is_over


def test_a_reminder_leaves_the_work_where_it_is() -> None:
    run = with_boundary(TIMER, interrupting=False)
    assert run.act("edge") == ["a", "late"]
    assert run.act("a") == ["late"]
    assert not run.is_over
    assert run.act("late") == []
    assert run.is_over


def test_a_non_interrupting_message_is_taken_every_time() -> None:
    run = with_boundary(MESSAGE, interrupting=False)
    assert run.act("edge") == ["a", "edge", "late"]
    assert run.act("edge") == ["a", "edge", "late", "late"]


def test_finished_work_disarms_its_boundary_events() -> None:
    run = with_boundary(TIMER, interrupting=True)
    assert run.act("a") == []
    assert run.is_over


def test_the_first_event_behind_an_event_gateway_cancels_the_others() -> None:
    run = Run(
        process(
            "p",
            [
                START,
                node("g", Kind.EVENT_BASED),
                node("t", Kind.CATCH, event=TIMER),
                node("m", Kind.CATCH, event=MESSAGE),
                node("a"),
                node("b"),
                END,
            ],
            "s->g",
            "g->t",
            "g->m",
            "t->a",
            "m->b",
            "a->e",
            "b->e",
        ),
        TableHost(),
    )
    assert run.places() == ["m", "t"]
    assert run.act("m") == ["b"]


def test_a_sub_process_ends_when_its_last_token_does() -> None:
    inner = body(
        [
            node("is", Kind.START),
            node("ip", Kind.PARALLEL),
            node("x"),
            node("y"),
            node("ie", Kind.END),
        ],
        "is->ip",
        "ip->x",
        "ip->y",
        "x->ie",
        "y->ie",
    )
    run = Run(
        process(
            "p",
            [START, node("sub", Kind.SUB_PROCESS, body=inner), node("after"), END],
            "s->sub",
            "sub->after",
            "after->e",
        ),
        TableHost(),
    )
    assert run.act("x") == ["y"]
    assert run.act("y") == ["after"]
    assert run.host.scopes == set()


def test_an_error_in_a_sub_process_goes_to_its_boundary_and_stops_what_runs_there() -> None:
    inner = body(
        [
            node("is", Kind.START),
            node("ip", Kind.PARALLEL),
            node("x"),
            node("y"),
            node("ie", Kind.END),
            node("bad", Kind.END, event=Event(EventKind.ERROR, ref="FAIL")),
        ],
        "is->ip",
        "ip->x",
        "ip->y",
        "x->bad",
        "y->ie",
    )
    edge = node("edge", Kind.BOUNDARY, event=Event(EventKind.ERROR, ref="FAIL"), attached_to="sub")
    run = Run(
        process(
            "p",
            [START, node("sub", Kind.SUB_PROCESS, body=inner), edge, node("fix"), END],
            "s->sub",
            "sub->e",
            "edge->fix",
            "fix->e",
        ),
        TableHost(),
    )
    assert run.act("x") == ["fix"]
    assert run.act("fix") == []
    assert run.is_over
    assert run.host.scopes == set()


def test_an_error_nobody_catches_is_reported_and_the_token_stays() -> None:
    run = Run(
        process(
            "p",
            [START, node("a"), node("bad", Kind.END, event=Event(EventKind.ERROR, ref="X"))],
            "s->a",
            "a->bad",
        ),
        TableHost(),
    )
    assert run.act("a") == ["bad"]
    assert run.host.uncaught_codes == ["X"]
    assert not run.is_over


def test_an_escalation_may_start_a_second_path() -> None:
    inner = body(
        [
            node("is", Kind.START),
            node("up", Kind.THROW, event=Event(EventKind.ESCALATION, ref="LATE")),
            node("x"),
            node("ie", Kind.END),
        ],
        "is->up",
        "up->x",
        "x->ie",
    )
    edge = node(
        "edge",
        Kind.BOUNDARY,
        event=Event(EventKind.ESCALATION, ref="LATE"),
        attached_to="sub",
        interrupting=False,
    )
    run = Run(
        process(
            "p",
            [START, node("sub", Kind.SUB_PROCESS, body=inner), edge, node("boss"), END],
            "s->sub",
            "sub->e",
            "edge->boss",
            "boss->e",
        ),
        TableHost(),
    )
    assert [place for place in run.places() if place != "edge"] == ["boss", "x"]


def test_a_called_process_runs_on_its_own_level_and_comes_back() -> None:

    called = process(
        "inner", [node("is", Kind.START), node("x"), node("ie", Kind.END)], "is->x", "x->ie"
    )
    call = node("call", Kind.CALL_ACTIVITY, zeebe=Zeebe(called_process="inner"))
    run = Run(
        process("p", [START, call, node("after"), END], "s->call", "call->after", "after->e"),
        TableHost(),
        called,
    )
    assert run.places() == ["x"]
    assert run.act("x") == ["after"]


def test_a_process_that_calls_itself_is_stopped() -> None:
    called = process(
        "inner",
        [
            node("is", Kind.START),
            node("again", Kind.CALL_ACTIVITY, zeebe=Zeebe(called_process="inner")),
            node("ie", Kind.END),
        ],
        "is->again",
        "again->ie",
    )
    call = node("call", Kind.CALL_ACTIVITY, zeebe=Zeebe(called_process="inner"))
    with pytest.raises(BudgetExceeded) as stopped:
        Run(process("p", [START, call, END], "s->call", "call->e"), TableHost(), called)
    assert (stopped.value.code, stopped.value.facts["element"]) == ("levels_too_deep", "again")


def countersign(loop: Loop, host: TableHost) -> Run:
    return Run(
        process(
            "p",
            [START, node("vote", loop=loop), node("after"), END],
            "s->vote",
            "vote->after",
            "after->e",
        ),
        host,
    )


def test_parallel_instances_wait_for_all() -> None:
    host = TableHost()
    host.items["vote"] = [1, 2, 3]
    run = countersign(EACH, host)
    assert run.places() == ["vote"] * 3
    assert run.act("vote", "vote") == ["vote"]
    assert run.act("vote") == ["after"]
    assert host.scopes == set()


def test_a_reached_quorum_cancels_the_other_instances() -> None:
    host = TableHost()
    host.items["vote"] = [1, 2, 3]
    host.votes_needed = 2
    run = countersign(EACH, host)
    assert run.act("vote", "vote") == ["after"]


def test_sequential_instances_come_one_after_another() -> None:
    host = TableHost()
    host.items["vote"] = [1, 2]
    run = countersign(Loop(sequential=True, collection="=x"), host)
    assert run.places() == ["vote"]
    assert run.act("vote") == ["vote"]
    assert run.act("vote") == ["after"]


def test_an_empty_collection_is_passed_at_once() -> None:
    host = TableHost()
    host.items["vote"] = []
    assert countersign(EACH, host).places() == ["after"]


def test_a_multi_instance_step_runs_again_in_the_next_round() -> None:
    host = TableHost(back=True)
    host.items["vote"] = [1, 2]
    run = Run(
        process(
            "p",
            [
                START,
                node("m", Kind.EXCLUSIVE),
                node("vote", loop=EACH),
                node("decide"),
                node("g", Kind.EXCLUSIVE),
                END,
            ],
            "s->m",
            "m->vote",
            "vote->decide",
            "decide->g",
            "g->m if back",
            "g->e if else",
        ),
        host,
    )
    for _ in range(3):
        assert run.act("vote", "vote") == ["decide"]
        assert run.act("decide") == ["vote", "vote"]


def test_a_failing_service_keeps_its_token_until_it_is_retried() -> None:
    host = TableHost()
    host.failing = {"svc"}
    run = Run(
        process(
            "p", [START, node("svc", Kind.SERVICE_TASK), node("a"), END], "s->svc", "svc->a", "a->e"
        ),
        host,
    )
    assert [(p.kind, p.token.node.id) for p in run.machine.waiting()] == [("service", "svc")]
    assert run.act("svc") == ["svc"]
    host.failing = set()
    assert run.act("svc") == ["a"]
    assert host.done == ["svc"]


def test_an_error_of_a_service_goes_to_its_boundary() -> None:
    host = TableHost()
    host.errors["svc"] = "NO_BODY"
    edge = node("edge", Kind.BOUNDARY, event=Event(EventKind.ERROR), attached_to="svc")
    run = Run(
        process(
            "p",
            [START, node("svc", Kind.SERVICE_TASK), edge, node("a"), node("choose"), END],
            "s->svc",
            "svc->a",
            "a->e",
            "edge->choose",
            "choose->e",
        ),
        host,
    )
    assert run.places() == ["choose"]
    assert run.act("choose") == []
    assert run.is_over


def test_terminate_leaves_nothing_open() -> None:
    run = Run(
        process(
            "p",
            [
                START,
                node("split", Kind.PARALLEL),
                node("a"),
                node("b"),
                node("stop", Kind.END, event=Event(EventKind.TERMINATE)),
                END,
            ],
            "s->split",
            "split->a",
            "split->b",
            "a->stop",
            "b->e",
        ),
        TableHost(),
    )
    assert run.act("a") == []
    assert run.is_over


def test_completing_twice_is_a_conflict() -> None:
    run = Run(process("p", [START, node("a"), node("b"), END], "s->a", "a->b", "b->e"), TableHost())
    place = run.machine.waiting()[0]
    run.act("a")
    with pytest.raises(Conflict):
        run.machine.complete(place.token.id)


def test_a_circle_without_a_wait_is_stopped_by_the_budget() -> None:
    drawn = process(
        "p",
        [START, node("m", Kind.EXCLUSIVE), node("x", Kind.TASK), END],
        "s->m",
        "m->x",
        "x->m",
    )
    with pytest.raises(BudgetExceeded):
        Run(drawn, TableHost())


def test_a_cancelled_case_waits_for_nobody() -> None:
    run = return_loop()
    run.act("fill")
    run.machine.cancel()
    assert run.places() == []
    assert run.is_over


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\x00[]",
        b"\x07[[],[]]",
        b"\x01",
        b"\x01[]",
        b'\x01[[],[[null,"p",null,false,[]]]]',
        b'\x01[["gone"],[[null,"p",null,false,[["00",-1,0,16,0]]]]]',
        b'\x01[[],[["x","p",null,false,[]]]]',
    ],
)
def test_a_state_that_is_not_ours_is_refused(damaged: bytes) -> None:
    run = return_loop()
    with pytest.raises(StateUnreadable):
        Machine.load(run.program, damaged, run.host)


def test_the_state_stays_small_over_a_hundred_steps() -> None:
    run = Run(
        process(
            "p",
            [START, *[node(f"t{i}") for i in range(100)], END],
            "s->t0",
            *[f"t{i}->t{i + 1}" for i in range(99)],
            "t99->e",
        ),
        TableHost(),
    )
    for i in range(100):
        run.act(f"t{i}")
    assert run.is_over
    assert len(run.machine.dump()) < 10_000


def test_several_flows_into_a_task_run_it_once_for_each_token() -> None:
    run = Run(
        process(
            "p",
            [START, node("a"), node("b"), node("c"), END],
            "s->a", "s->b", "a->c", "b->c", "c->e",
        ),
        TableHost(),
    )  # fmt: skip
    assert run.places() == ["a", "b"]
    assert run.act("a") == ["b", "c"]
    assert run.act("b") == ["c", "c"]
    assert run.act("c") == ["c"]
    assert run.act("c") == []
    assert run.is_over
