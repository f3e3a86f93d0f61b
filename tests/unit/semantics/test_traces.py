"""What small diagrams allow, written by hand from BPMN 2.0: the guard of the semantics itself.

Nothing here was copied from a run. Each row is a diagram and the set of all its traces.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.bpmn.model import Body
from tests.unit.semantics.tiny import level, traces

ONE = level("is:start i ie:end", "is i ie")
FAILS = level("is:start i ie:end-error/E1", "is i ie")
BOTH = level("is:start ig:and i1 i2 ij:and ie:end", "is ig i1 ij ie, ig i2 ij")
STOPS = level(
    "is:start ig:and i1 i2 it:end-terminate ie:end",
    "is ig i1 it, ig i2 ie",
)
WARNS = level("is:start i1 iw:throw-escalation/W i2 ie:end", "is i1 iw i2 ie")
NESTED = level("is:start inner:sub ie:end", "is inner ie", {"inner": FAILS})
SIGNALS = level("is:start i1 ic:catch-signal/S i2 ie:end", "is i1 ic i2 ie")

BY_MESSAGE = level("os:start-message/m o oe:end", "os o oe")
BESIDE = level("os:start-message/m~ o oe:end", "os o oe")
BY_ERROR = level("os:start-error/E1 o oe:end", "os o oe")
BY_WARNING = level("os:start-escalation/W~ o oe:end", "os o oe")
BY_SIGNAL = level("os:start-signal/S o oe:end", "os o oe")

Row = tuple[str, Body, set[str]]
ROWS: list[Row] = [
    ("a sequence", level("s:start a b e:end", "s a b e"), {"a b"}),
    (
        "an exclusive choice",
        level("s:start x:xor a b j:xor c e:end", "s x a j c e, x b j"),
        {"a c", "b c"},
    ),
    (
        "parallel branches in any order",
        level("s:start g:and a b j:and c e:end", "s g a j c e, g b j"),
        {"a b c", "b a c"},
    ),
    (
        "three parallel branches",
        level("s:start g:and a b c j:and e:end", "s g a j e, g b j, g c j"),
        {"a b c", "a c b", "b a c", "b c a", "c a b", "c b a"},
    ),
    (
        "an inclusive choice with a default",
        level(
            "s:start g:or a b c j:or d e:end",
            "s g, g a if x, g b if y, g c if else, a j d e, b j, c j",
        ),
        {"a d", "b d", "a b d", "b a d", "c d"},
    ),
    (
        "a choice that a parallel join waits for in vain",
        level("s:start x:xor a b j:and c e:end", "s x a j c e, x b j"),
        {"a !", "b !"},
    ),
    (
        "several flows out of a task are parallel",
        level("s:start a b c j:and e:end", "s a b j e, a c j"),
        {"a b c", "a c b"},
    ),
    (
        "a cancelled transaction takes its other branches along",
        level(
            "s:start u:transaction c:edge-cancel@u h e:end",
            "s u e, c h e",
            {"u": level("is:start g:and i x:end-cancel j k:end", "is g i x, g j k")},
        ),
        {"i h", "j i h"},
    ),
    (
        "a standard loop runs once or more",
        level("s:start a*until b e:end", "s a b e"),
        {"a b", "a a b", "a a a b", "a a a a b", "a a a a a …"},
    ),
    (
        "a standard loop that tests before may not run at all",
        level("s:start a*while b e:end", "s a b e"),
        {"b", "a b", "a a b", "a a a b", "a a a a b", "a a a a a …"},
    ),
    (
        "an event on the border of a loop ends all its runs",
        level("s:start u:sub*until t:edge-timer@u x e:end", "s u e, t x e", {"u": ONE}),
        {
            *("i", "i i", "i i i", "i i i i", "i i i i i", "i i i i i …"),
            *("t x", "i t x", "i i t x", "i i i t x", "i i i i t …"),
        },
    ),
    (
        "several receive tasks wait on their own",
        level("s:start r:receive* b e:end", "s r b e"),
        {"b", "r b", "r r b"},
    ),
    (
        "a link goes on where it leads",
        level("s:start a t:throw-link/x c:catch-link/x b e:end", "s a t c b e"),
        {"a b"},
    ),
    (
        "several flows out of the start and out of an event",
        level("s:start a w:catch-timer b c j:and e:end", "s a j e, s w b j, w c j"),
        {
            *("a w b c", "a w c b", "w a b c", "w a c b"),
            *("w b a c", "w c a b", "w b c a", "w c b a"),
        },
    ),
    (
        "every true condition out of a task, else its default",
        level("s:start a b c d e:end", "s a, a b if x, a c if y, a d if else, b e, c e, d e"),
        {"a b", "a c", "a b c", "a c b", "a d"},
    ),
    (
        "a flow without condition beside one with",
        level("s:start a b c e:end", "s a, a b if x, a c, b e, c e"),
        {"a c", "a b c", "a c b"},
    ),
    (
        "the branches of an interrupting event",
        level("s:start a t:edge-timer@a b c j:and e:end", "s a e, t b j, t c j e"),
        {"a", "t b c", "t c b"},
    ),
    (
        "parallel branches merged without waiting run what follows twice",
        level("s:start g:and a b m:xor c e:end", "s g a m c e, g b m"),
        {"a b c c", "b a c c", "a c b c", "b c a c"},
    ),
    (
        "a loop",
        level("s:start m:xor a x:xor e:end", "s m a x e, x m"),
        {"a", "a a", "a a a", "a a a a", "a a a a a", "a a a a a …"},
    ),
    (
        "an approval in a loop is asked for in every round",
        level(
            "s:start m:xor g:and a b j:and x:xor e:end",
            "s m g a j x e, g b j, x m",
        ),
        {"a b", "b a"}
        | {f"{x} {y}" for x in ("a b", "b a") for y in ("a b", "b a")}
        | {f"{x} {y} {z} …" for x in ("a b", "b a") for y in ("a b", "b a") for z in "ab"},
    ),
    (
        "instances at once: none, one or two",
        level("s:start v:*  b e:end", "s v b e"),
        {"b", "v b", "v v b"},
    ),
    (
        "instances one after another, interrupted at any time",
        level("s:start v:*seq b t:edge-timer@v late e:end", "s v b e, t late e"),
        {"b", "v b", "v v b", "t late", "v t late"},
    ),
    (
        "a quorum withdraws the other instances",
        level("s:start v:*quorum b n:edge-message/m@v late e:end", "s v b e, n late e"),
        {"b", "v b", "v v b", "n late", "v n late"},
    ),
    (
        "an interrupting timer",
        level("s:start a b t:edge-timer@a late e:end", "s a b e, t late e"),
        {"a b", "t late"},
    ),
    (
        "a timer that does not interrupt happens once",
        level("s:start a t:edge-timer~@a r e:end f:end", "s a e, t r f"),
        {"a", "t a r", "t r a"},
    ),
    (
        "a message that does not interrupt happens every time",
        level("s:start a n:edge-message/m~@a e:end f:end", "s a e, n f"),
        {"a", "n a", "n n a", "n n n a", "n n n n a", "n n n n n …"},
    ),
    (
        "the first event wins",
        level(
            "s:start g:race n:catch-message/m t:catch-timer a b j:xor e:end",
            "s g n a j e, g t b j",
        ),
        {"n a", "t b"},
    ),
    (
        "waiting events and tasks that pass by themselves",
        level(
            "s:start n:receive-message/m p:task q:script w:send a t:catch-timer e:end",
            "s n p q w a t e",
        ),
        {"n a t"},
    ),
    (
        "a sub-process between two steps",
        level("s:start a u:sub b e:end", "s a u b e", {"u": BOTH}),
        {"a i1 i2 b", "a i2 i1 b"},
    ),
    (
        "an error leaves a sub-process",
        level("s:start u:sub b x:edge-error/E1@u h e:end", "s u b e, x h e", {"u": FAILS}),
        {"i h"},
    ),
    (
        "an error passes an activity that catches another code",
        level(
            "s:start u:sub b x:edge-error/E2@u h e:end",
            "s u b e, x h e",
            {"u": FAILS},
        ),
        {"i !"},
    ),
    (
        "an exact code is caught before any code",
        level(
            "s:start u:sub b x:edge-error@u y:edge-error/E1@u any h e:end",
            "s u b e, x any e, y h e",
            {"u": FAILS},
        ),
        {"i h"},
    ),
    (
        "an error goes up through the levels",
        level("s:start u:sub b x:edge-error@u h e:end", "s u b e, x h e", {"u": NESTED}),
        {"i h"},
    ),
    (
        "an error of one instance ends all",
        level("s:start u:sub* b x:edge-error/E1@u h e:end", "s u b e, x h e", {"u": FAILS}),
        {"b", "i h"},
    ),
    (
        "a terminate end ends its own level only",
        level("s:start u:sub b e:end", "s u b e", {"u": STOPS}),
        {"i1 b", "i2 i1 b"},
    ),
    (
        "a terminate end at the top ends the case",
        level("s:start g:and a b k:end-terminate e:end", "s g a k, g b e"),
        {"a", "b a"},
    ),
    (
        "an escalation that does not interrupt",
        level(
            "s:start u:sub b w:edge-escalation/W~@u r e:end f:end",
            "s u b e, w r f",
            {"u": WARNS},
        ),
        {"i1 r i2 b", "i1 i2 r b", "i1 i2 b r"},
    ),
    (
        "an escalation that interrupts",
        level("s:start u:sub b w:edge-escalation@u r e:end", "s u b e, w r e", {"u": WARNS}),
        {"i1 r"},
    ),
    (
        "an escalation that nobody hears is no obstacle",
        level("s:start u:sub b e:end", "s u b e", {"u": WARNS}),
        {"i1 i2 b"},
    ),
    (
        "a signal reaches every one who waits, on every level",
        level(
            "s:start g:and a t:throw-signal/S u:sub c:catch-signal/S d j:and e:end",
            "s g a t j e, g u j, g c d j",
            {"u": level("is:start ic:catch-signal/S i ie:end", "is ic i ie")},
        ),
        {
            "a d i",
            "a i d",
            # the events may also happen by a signal from outside
            *("c a d i", "c a i d", "c d a i", "ic a d i", "ic a i d", "ic i a d"),
            *("c ic a d i", "c ic a i d", "c ic d a i", "c ic d i a", "c ic i a d", "c ic i d a"),
            *("ic c a d i", "ic c a i d", "ic c d a i", "ic c d i a", "ic c i a d", "ic c i d a"),
            *("c d ic a i", "c d ic i a", "ic i c a d", "ic i c d a"),
        },
    ),
    (
        "a signal interrupts an activity",
        level(
            "s:start g:and a t:throw-signal/S b k:edge-signal/S@b h m:xor j:and e:end",
            "s g a t j e, g b m j, k h m",
        ),
        {"a h", "b a", "k a h", "k h a"},
    ),
    (
        "a service task may fail with the error its border catches",
        level("s:start w:service b x:edge-error/E1@w h e:end", "s w b e, x h e"),
        {"b", "h"},
    ),
    (
        "several flows out of a task are all taken",
        level("s:start a b c e:end f:end", "s a b e, a c f"),
        {"a b c", "a c b"},
    ),
    (
        "conditional flows out of a task, with a default",
        level("s:start a b c e:end", "s a, a b if x, a c if else, b e, c e"),
        {"a b", "a c"},
    ),
    (
        "several flows into a task run it for each token",
        level("s:start g:and a b c e:end", "s g a c e, g b c"),
        {"a b c c", "b a c c", "a c b c", "b c a c"},
    ),
    (
        "an inclusive join does not wait for a branch that has ended elsewhere",
        level(
            "s:start g:and a x:xor o:end b j:or c e:end",
            "s g a x j c e, x o, g b j",
        ),
        {"a b c", "b a c"},
    ),
    (
        "an inclusive join waits for a branch that goes round again",
        level(
            "s:start g:and m:xor a x:xor b j:or c e:end",
            "s g m a x j c e, x m, g b j",
        ),
        {
            *("a b c", "b a c", "a a b c", "a b a c", "b a a c"),
            *("a a a b c", "a a b a c", "a b a a c", "b a a a c"),
            *("a a a a a …", "a a a a b …", "a a a b a …", "a a b a a …", "a b a a a …"),
            *("b a a a a …",),
        },
    ),
    (
        "two inclusive joins that wait for each other wait for ever",
        level(
            "s:start g:and a b j:or k:or c d x:xor y:xor e:end",
            "s g a j c x k, x e, g b k d y j, y e",
        ),
        {"a b !", "b a !"},
    ),
    (
        "a return withdraws what came of the step",
        level("s:start a g:and b<a c j:and d e:end", "s a g b j d e, g c j"),
        {
            *("a b c d", "a c b d"),
            *("a b>a a b c …", "a b>a a c b …", "a b>a a b>a a …", "a b>a a c b>a …"),
            *("a c b>a a b …", "a c b>a a c …", "a c b>a a b>a …"),
        },
    ),
    (
        "a return within a branch leaves the other branch alone",
        level("s:start g:and a b<a c j:and e:end", "s g a b j e, g c j"),
        {
            *("a b c", "a c b", "c a b"),
            *("a b>a a b c", "a b>a a c b", "a b>a c a b", "a c b>a a b", "c a b>a a b"),
            *("a b>a a b>a a …", "a b>a a b>a c …", "a b>a a c b>a …", "a b>a c a b>a …"),
            *("a c b>a a b>a …", "c a b>a a b>a …"),
        },
    ),
    (
        "a return out of a sub-process",
        level(
            "s:start a u:sub e:end",
            "s a u e",
            {"u": level("is:start i<a ie:end", "is i ie")},
        ),
        {"a i", "a i>a a i", "a i>a a i>a a …"},
    ),
    (
        "a condition that is waited for",
        level("s:start a c:catch-conditional b e:end", "s a c b e"),
        {"a c b"},
    ),
    (
        "a condition at the border of a step",
        level("s:start a b k:edge-conditional@a h e:end", "s a b e, k h e"),
        {"a b", "k h"},
    ),
    (
        "an event sub-process that interrupts the process",
        level("s:start a b e:end u:on", "s a b e", {"u": BY_MESSAGE}),
        {"a b", "a os o", "os o"},
    ),
    (
        "a timer that does not interrupt begins its event sub-process once",
        level("s:start a e:end u:on", "s a e", {"u": level("os:start-timer~ o oe:end", "os o oe")}),
        {"a", "os a o", "os o a"},
    ),
    (
        "an event sub-process beside a sub-process only lives as long as that",
        level(
            "s:start t:sub b e:end",
            "s t b e",
            {"t": level("is:start i ie:end u:on", "is i ie", {"u": BY_MESSAGE})},
        ),
        {"i b", "os o b"},
    ),
    (
        "an error is caught inside before the border",
        level(
            "s:start t:sub b x:edge-error/E1@t h e:end",
            "s t b e, x h e",
            {"t": level("is:start i ie:end-error/E1 u:on", "is i ie", {"u": BY_ERROR})},
        ),
        {"i o b"},
    ),
    (
        "an error thrown by an event sub-process is caught further out",
        level(
            "s:start t:sub b x:edge-error/E1@t h e:end",
            "s t b e, x h e",
            {
                "t": level(
                    "is:start i ie:end-error/E1 u:on",
                    "is i ie",
                    {"u": level("os:start-error/E1 o oe:end-error/E1", "os o oe")},
                )
            },
        ),
        {"i o h"},
    ),
    (
        "a service task fails into the event sub-process beside it",
        level("s:start w:service b e:end u:on", "s w b e", {"u": BY_ERROR}),
        {"b", "o"},
    ),
    (
        "an escalation begins what stands beside it and goes on",
        level(
            "s:start a w:throw-escalation/W b e:end u:on",
            "s a w b e",
            {"u": BY_WARNING},
        ),
        {"a o b", "a b o"},
    ),
    (
        "a signal end begins what hears it, though all else has ended",
        level("s:start a e:end-signal/S u:on", "s a e", {"u": BY_SIGNAL}),
        {"a o", "os o"},
    ),
    (
        "an event sub-process in an event sub-process",
        level(
            "s:start a e:end u:on",
            "s a e",
            {
                "u": level(
                    "os:start-message/m o oe:end v:on",
                    "os o oe",
                    {"v": level("vs:start-timer v1 ve:end", "vs v1 ve")},
                )
            },
        ),
        {"a", "os o", "os vs v1"},
    ),
    (
        "a terminate end ends the event sub-process alone",
        level(
            "s:start a e:end u:on",
            "s a e",
            {
                "u": level(
                    "os:start-timer~ og:and o1 o2 ot:end-terminate oe:end", "os og o1 ot, og o2 oe"
                )
            },
        ),
        {"a", "os o1 a", "os a o1", "os o2 o1 a", "os o2 a o1", "os a o2 o1"},
    ),
    (
        "instances of a sub-process side by side",
        level(
            "s:start u:sub* e:end",
            "s u e",
            {"u": level("is:start i1 i2 ie:end", "is i1 i2 ie")},
        ),
        {"", "i1 i2", "i1 i1 i2 i2", "i1 i2 i1 i2"},
    ),
]


@pytest.mark.parametrize(("drawn", "allowed"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_a_small_diagram_allows_exactly(drawn: Body, allowed: set[str]) -> None:
    assert traces(drawn) == allowed


CALLED: list[tuple[str, Body, Mapping[str, Body], set[str]]] = [
    (
        "a called process",
        level("s:start a c:call/other b e:end", "s a c b e"),
        {"other": BOTH},
        {"a i1 i2 b", "a i2 i1 b"},
    ),
    (
        "an error of a called process",
        level("s:start c:call/other b x:edge-error@c h e:end", "s c b e, x h e"),
        {"other": NESTED},
        {"i h"},
    ),
    (
        "a called process that waits is interrupted with all it holds",
        level("s:start c:call/other b t:edge-timer@c h e:end", "s c b e, t h e"),
        {"other": SIGNALS},
        {"i1 ic i2 b", "t h", "i1 t h", "i1 ic t h"},
    ),
    (
        "a process that is not known is waited for",
        level("s:start c:call/elsewhere b e:end", "s c b e"),
        {},
        {"c b"},
    ),
]


@pytest.mark.parametrize(
    ("drawn", "called", "allowed"), [r[1:] for r in CALLED], ids=[r[0] for r in CALLED]
)
def test_a_call_allows_exactly(drawn: Body, called: Mapping[str, Body], allowed: set[str]) -> None:
    assert traces(drawn, called) == allowed


def test_what_does_not_interrupt_happens_as_often_as_it_likes() -> None:
    drawn = level("s:start a e:end u:on", "s a e", {"u": BESIDE})
    assert traces(drawn, most=3) == {
        *("a", "os a o", "os o a"),
        *("os a os …", "os o os …", "os os a …", "os os o …", "os os os …"),
    }


def test_the_table_is_large_enough_to_guard_anything() -> None:
    assert len(ROWS) + len(CALLED) >= 25
