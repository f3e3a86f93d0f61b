"""What would wait after an act, without anybody else acting, and how certain that is."""

from __future__ import annotations

import pytest

from engine.bpmn.model import Body, Process
from engine.semantics.marking import Marking
from engine.semantics.moves import Semantics
from engine.semantics.rest import TooManyWays, next_steps, rests
from tests.unit.semantics.tiny import level


def after(drawn: Body, *acts: str) -> dict[str, bool]:
    """What waits next after the last of these acts."""
    semantics = Semantics(Process("p", "p", drawn))
    (marking,) = rests(semantics, semantics.start())
    for act in acts[:-1]:
        move = next(m for m in semantics.moves(marking) if m.node == act)
        (marking,) = rests(semantics, semantics.after(marking, move))
    move = next(m for m in semantics.moves(marking) if m.node == acts[-1])
    return next_steps(semantics, marking, move)


def test_a_choice_makes_every_branch_possible_and_none_certain() -> None:
    drawn = level("s:start a x:xor b c e:end", "s a x b e, x c e")
    assert after(drawn, "a") == {"b": False, "c": False}


def test_parallel_branches_are_all_certain() -> None:
    drawn = level("s:start a g:and b c j:and d e:end", "s a g b j d e, g c j")
    assert after(drawn, "a") == {"b": True, "c": True}


def test_what_waits_for_another_branch_is_not_next() -> None:
    drawn = level("s:start a g:and b c j:and d e:end", "s a g b j d e, g c j")
    assert after(drawn, "a", "b") == {}
    assert after(drawn, "a", "b", "c") == {"d": True}


def test_a_step_in_a_sub_process_and_the_first_of_two_events_are_seen() -> None:
    inner = level("is:start g:race n:catch-message/m t:catch-timer ie:end", "is g n ie, g t ie")
    drawn = level("s:start a u:sub e:end", "s a u e", {"u": inner})
    assert after(drawn, "a") == {"n": True, "t": True}


def test_the_last_step_leads_to_nothing() -> None:
    assert after(level("s:start a e:end", "s a e"), "a") == {}


def test_a_loop_may_ask_for_the_same_step_again() -> None:
    drawn = level("s:start m:xor a x:xor b e:end", "s m a x b e, x m")
    assert after(drawn, "a") == {"a": False, "b": False}


def test_what_may_happen_in_too_many_ways_is_not_followed_for_ever() -> None:
    words = " ".join(f"x{n}:xor a{n} b{n} c{n}" for n in range(9))
    ways = ", ".join(f"g x{n} a{n} e, x{n} b{n} e, x{n} c{n} e" for n in range(9))
    drawn = level(f"s:start t g:and e:end {words}", f"s t g, {ways}")
    semantics = Semantics(Process("p", "p", drawn))
    with pytest.raises(TooManyWays):
        rests(semantics, after_first(semantics), most=1_000)


def test_a_circle_that_adds_tokens_by_itself_is_not_followed_for_ever() -> None:
    drawn = level("s:start t m:xor g:and a e:end", "s t m g m, g a e")
    semantics = Semantics(Process("p", "p", drawn))
    with pytest.raises(TooManyWays):
        rests(semantics, after_first(semantics))


def after_first(semantics: Semantics) -> Marking:
    """The marking after the first step of people, before anything happens by itself."""
    (marking,) = rests(semantics, semantics.start())
    (move,) = semantics.moves(marking)
    return semantics.after(marking, move)
