"""A return withdraws exactly what depends on the step it goes to."""

from __future__ import annotations

import pytest

from engine.bpmn.model import Event, EventKind, Kind, Loop
from engine.spiff.jump import ReturnRefused
from tests.unit.spiff.drawing import Run, TableHost, body, node, process

START, END = node("s", Kind.START), node("e", Kind.END)


def back(run: Run, source: str, target: str) -> list[str]:
    """Return from a waiting place to a step; saved and restored around it."""
    run._reload()
    place = next(p for p in run.machine.waiting() if p.token.node.id == source)
    run.machine.jump(place.token.id, target)
    run.machine.advance()
    run._reload()
    return run.places()


def block(rounds: bool = False) -> Run:
    """fill, then two branches of two steps each, a join, then a decision that may go round."""
    loop = ["decide->again", "again->fill if back", "again->e if else"]
    return Run(
        process(
            "p",
            [
                START,
                node("fill"),
                node("split", Kind.PARALLEL),
                *[node(n) for n in ("a1", "a2", "b1", "b2")],
                node("join", Kind.PARALLEL),
                node("decide"),
                *([node("again", Kind.EXCLUSIVE)] if rounds else []),
                END,
            ],
            *["s->fill", "fill->split", "split->a1", "a1->a2", "a2->join"],
            *["split->b1", "b1->b2", "b2->join", "join->decide"],
            *(loop if rounds else ["decide->e"]),
        ),
        TableHost(back=True),
    )


def test_a_return_in_a_row_of_steps_goes_to_any_earlier_one() -> None:
    names = ["a", "b", "c", "d"]
    flows = [f"{x}->{y}" for x, y in zip(["s", *names], [*names, "e"], strict=True)]
    run = Run(process("p", [START, *[node(n) for n in names], END], *flows), TableHost())
    run.act("a", "b", "c")
    assert back(run, "d", "b") == ["b"]
    assert run.act("b", "c", "d") == []
    assert run.is_over


@pytest.mark.parametrize("rounds", [False, True])
def test_a_return_within_a_branch_leaves_the_other_branch_alone(rounds: bool) -> None:
    run = block(rounds)
    run.act("fill", "a1", "b1")
    assert back(run, "a2", "a1") == ["a1", "b2"]
    assert run.act("b2") == ["a1"]
    assert run.act("a1", "a2") == ["decide"]


@pytest.mark.parametrize("rounds", [False, True])
def test_a_return_within_a_branch_keeps_what_waits_at_the_join(rounds: bool) -> None:
    run = block(rounds)
    run.act("fill", "a1", "b1", "b2")
    assert back(run, "a2", "a1") == ["a1"]
    assert run.act("a1", "a2") == ["decide"], "the other branch is not asked again"


@pytest.mark.parametrize("rounds", [False, True])
@pytest.mark.parametrize("source", ["a2", "b1"])
def test_a_return_before_the_split_withdraws_every_branch(source: str, rounds: bool) -> None:
    run = block(rounds)
    run.act("fill", "a1")
    assert back(run, source, "fill") == ["fill"]
    assert run.act("fill") == ["a1", "b1"]
    assert run.act("a1", "a2", "b1") == ["b2"], "nothing of the first round counts"
    assert run.act("b2") == ["decide"]


def test_a_return_before_the_split_takes_what_waits_at_the_join() -> None:
    run = block()
    run.act("fill", "b1", "b2", "a1")
    assert back(run, "a2", "fill") == ["fill"]
    assert run.act("fill", "a1", "a2") == ["b1"]


def test_a_return_over_the_whole_block_does_it_anew() -> None:
    run = block()
    run.act("fill", "a1", "a2", "b1", "b2")
    assert back(run, "decide", "fill") == ["fill"]
    assert run.act("fill", "a1", "a2", "b1", "b2") == ["decide"]


def test_there_is_no_return_into_one_branch_of_a_joined_block() -> None:
    run = block()
    run.act("fill", "a1", "a2", "b1", "b2")
    with pytest.raises(ReturnRefused):
        back(run, "decide", "a1")
    assert run.places() == ["decide"], "a refused return changes nothing"


@pytest.mark.parametrize(("source", "target"), [("b1", "a1"), ("a2", "b1"), ("a2", "nowhere")])
def test_there_is_no_return_into_another_branch(source: str, target: str) -> None:
    run = block()
    run.act("fill", "a1")
    with pytest.raises(ReturnRefused):
        back(run, source, target)
    assert run.places() == ["a2", "b1"]


def test_a_return_from_several_instances_withdraws_them_all() -> None:
    host = TableHost()
    host.items["vote"] = ["x", "y", "z"]
    vote = node("vote", loop=Loop(sequential=False, collection="=x"))
    run = Run(
        process("p", [START, node("fill"), vote, END], "s->fill", "fill->vote", "vote->e"), host
    )
    assert run.act("fill", "vote") == ["vote", "vote"]
    assert back(run, "vote", "fill") == ["fill"]
    assert host.scopes == set(), "no variables of an instance stay behind"
    assert run.act("fill") == ["vote", "vote", "vote"]


def test_a_return_from_a_sub_process_withdraws_the_whole_of_it() -> None:
    inner = body([node("is", Kind.START), node("x"), node("y"), node("ie", Kind.END)],
                 "is->x", "is->y", "x->ie", "y->ie")  # fmt: skip
    sub = node("sub", Kind.SUB_PROCESS, body=inner)
    host = TableHost()
    run = Run(process("p", [START, node("fill"), sub, END], "s->fill", "fill->sub", "sub->e"), host)
    run.act("fill")
    assert back(run, "x", "fill") == ["fill"]
    assert host.scopes == set()
    assert run.act("fill") == ["x", "y"]


def test_a_return_arms_the_timer_of_its_target_and_disarms_the_others() -> None:
    def timer(name: str, host: str) -> object:
        event = Event(EventKind.TIMER, expression="P1D")
        return node(name, Kind.BOUNDARY, event=event, attached_to=host)

    run = Run(
        process(
            "p",
            [START, node("a"), node("b"), timer("late_a", "a"), timer("late_b", "b"), END],
            "s->a",
            "a->b",
            "b->e",
            "late_a->e",
            "late_b->e",
        ),
        TableHost(),
    )
    assert run.act("a") == ["b", "late_b"]
    assert back(run, "b", "a") == ["a", "late_a"]


def test_a_return_may_go_to_a_place_that_waits_for_a_message() -> None:
    paid = node("paid", Kind.CATCH, event=Event(EventKind.MESSAGE, ref="paid"))
    run = Run(
        process("p", [START, paid, node("look"), END], "s->paid", "paid->look", "look->e"),
        TableHost(),
    )
    assert run.act("paid") == ["look"]
    assert back(run, "look", "paid") == ["paid"]
    assert run.act("paid") == ["look"]


def test_the_two_hundredth_return_finds_a_state_as_small_as_the_first() -> None:
    run = block()
    run.act("fill", "a1", "b1")
    back(run, "a2", "fill")
    first = len(run.machine.dump())
    for _ in range(200):
        run.act("fill", "a1", "b1")
        back(run, "a2", "fill")
    assert len(run.machine.dump()) == first


def test_a_state_is_as_small_after_a_thousand_rounds() -> None:
    run = block(rounds=True)
    sizes = []
    for _ in range(1_000):
        run.act("fill", "a1", "a2", "b1", "b2", "decide")
        sizes.append(len(run.machine.dump()))
    assert set(sizes) == {sizes[0]}
    assert sizes[0] < 300
