"""What is proved of a process: small diagrams with their flaw, and near misses that have none."""

from __future__ import annotations

import pytest

from engine.bpmn.model import Body, Process
from engine.semantics.soundness import Flaw, Proof, prove
from tests.unit.semantics.tiny import level

FAILS = level("is:start i ie:end-error/E1", "is i ie")
ROUND = level("is:start im:xor i1", "is im i1 im")
HANGS = level("is:start ix:xor i1 i2 ij:and ie:end", "is ix i1 ij ie, ix i2 ij")
WARNS = level("is:start i1 iw:throw-escalation/W i2 ie:end", "is i1 iw i2 ie")
BY_MESSAGE = level("os:start-message/m o oe:end", "os o oe")
BESIDE = level("os:start-message/m~ o oe:end", "os o oe")
BY_ERROR = level("os:start-error/E1 o oe:end", "os o oe")
HANGS_BESIDE = level("os:start-timer~ ox:xor o1 o2 oj:and oe:end", "os ox o1 oj oe, ox o2 oj")
STOPS = level("is:start ig:and i1 i2 it:end-terminate ie:end", "is ig i1 it, ig i2 ie")


def proof(drawn: Body, **called: Body) -> Proof:
    return prove(Process("p", "p", drawn), {n: Process(n, n, b) for n, b in called.items()})


FLAWED: list[tuple[str, Body, str, tuple[str, ...]]] = [
    (
        "a choice led into a parallel join",
        level("s:start x:xor a b j:and e:end", "s x a j e, x b j"),
        "deadlock",
        ("j",),
    ),
    (
        "an inclusive choice led into a parallel join",
        level("s:start x:or a b j:and e:end", "s x, x a if p, x b if else, a j e, b j"),
        "deadlock",
        ("j",),
    ),
    (
        "a branch that may end before its join",
        level("s:start g:and a x:xor o:end b j:and e:end", "s g a x j e, x o, g b j"),
        "deadlock",
        ("j",),
    ),
    (
        "two inclusive joins that wait for each other",
        level(
            "s:start g:and a b j:or k:or c d x:xor y:xor e:end",
            "s g a j c x k, x e, g b k d y j, y e",
        ),
        "deadlock",
        ("j", "k"),
    ),
    (
        "an interrupted branch that never comes to the join",
        level(
            "s:start g:and a b t:edge-timer@a late o:end j:and e:end",
            "s g a j e, g b j, t late o",
        ),
        "deadlock",
        ("j",),
    ),
    (
        "a deadlock in a sub-process",
        level("s:start a u:sub e:end", "s a u e", {"u": HANGS}),
        "deadlock",
        ("ij",),
    ),
    (
        "a loop without a way out",
        level("s:start m:xor a b x:xor c o:xor e:end", "s m a x m, x b o c o"),
        "no_option_to_complete",
        (),
    ),
    (
        "a sub-process that goes round for ever, and that nothing interrupts",
        level("s:start u:sub e:end", "s u e", {"u": ROUND}),
        "no_option_to_complete",
        (),
    ),
    (
        "the step behind a sub-process that never ends by itself",
        level("s:start u:sub t:edge-timer@u a e:end o:end", "s u a e, t o", {"u": ROUND}),
        "dead_activity",
        ("a",),
    ),
    (
        "parallel branches merged without waiting",
        level("s:start g:and a b m:xor c e:end", "s g a m c e, g b m"),
        "lack_of_synchronisation",
        ("c",),
    ),
    (
        "inclusive branches merged without waiting",
        level(
            "s:start g:or a b m:xor c e:end", "s g, g a if p, g b if else, g b if q, a m c e, b m"
        ),
        "lack_of_synchronisation",
        ("c",),
    ),
    (
        "a return out of a parallel branch drawn as a flow",
        level(
            "s:start m:xor z g:and a x:xor b j:and e:end",
            "s m z g a x j e, x m, g b j",
        ),
        "lack_of_synchronisation",
        ("b",),
    ),
    (
        "a reminder led back into the main way",
        level("s:start a n:edge-message/m~@a m:xor b e:end", "s a m b e, n m"),
        "lack_of_synchronisation",
        ("b",),
    ),
    (
        "parallel branches that end at the same end",
        level("s:start g:and a b e:end", "s g a e, g b e"),
        "improper_completion",
        ("e",),
    ),
    (
        "a flow that is never taken",
        level("s:start g:and a b j:and c d:or f e:end", "s g a j e, g b j, f d c e"),
        "dead_activity",
        ("c",),
    ),
    (
        "a deadlock in an event sub-process",
        level("s:start a e:end u:on", "s a e", {"u": HANGS_BESIDE}),
        "deadlock",
        ("oj",),
    ),
    (
        "a deadlock beside which a message may begin something",
        level("s:start x:xor a b j:and e:end u:on", "s x a j e, x b j", {"u": BESIDE}),
        "deadlock",
        ("j",),
    ),
    (
        "a deadlock that only a message would interrupt",
        level("s:start x:xor a b j:and e:end u:on", "s x a j e, x b j", {"u": BY_MESSAGE}),
        "deadlock",
        ("j",),
    ),
    (
        "an event sub-process for an escalation that nothing throws",
        level(
            "s:start t:sub e:end u:on",
            "s t e",
            {"t": WARNS, "u": level("os:start-escalation/V h oe:end", "os h oe")},
        ),
        "dead_activity",
        ("u",),
    ),
    (
        "branches merged without waiting in an event sub-process",
        level(
            "s:start a e:end u:on",
            "s a e",
            {
                "u": level(
                    "os:start-timer~ og:and o1 o2 om:xor c oe:end", "os og o1 om c oe, og o2 om"
                )
            },
        ),
        "lack_of_synchronisation",
        ("c",),
    ),
    (
        "what stands behind another escalation than the one that is thrown",
        level("s:start u:sub e:end w:edge-escalation/V@u h", "s u e, w h e", {"u": WARNS}),
        "dead_activity",
        ("h",),
    ),
]


@pytest.mark.parametrize(
    ("drawn", "kind", "elements"), [r[1:] for r in FLAWED], ids=[r[0] for r in FLAWED]
)
def test_a_flaw_is_found_and_named(drawn: Body, kind: str, elements: tuple[str, ...]) -> None:
    found = proof(drawn)
    assert found.verdict == "unsound"
    kinds = {flaw.kind: flaw for flaw in reversed(found.flaws)}
    assert kind in kinds
    assert set(elements) <= set(kinds[kind].elements)


SOUND: list[tuple[str, Body]] = [
    (
        "a sub-process that goes round until it is interrupted",
        level("s:start u:sub t:edge-timer@u e:end", "s u, t e", {"u": ROUND}),
    ),
    ("a choice and its merge", level("s:start x:xor a b j:xor e:end", "s x a j e, x b j")),
    (
        "an inclusive choice and its join",
        level("s:start x:or a b j:or e:end", "s x, x a if p, x b if else, a j e, b j"),
    ),
    (
        "an inclusive join behind a parallel split that may end early",
        level("s:start g:and a x:xor o:end b j:or e:end", "s g a x j e, x o, g b j"),
    ),
    (
        "parallel branches with ends of their own",
        level("s:start g:and a b e:end f:end", "s g a e, g b f"),
    ),
    ("a loop with a way out", level("s:start m:xor a x:xor e:end", "s m a x e, x m")),
    (
        "a loop around parallel branches",
        level("s:start m:xor g:and a b j:and x:xor e:end", "s m g a j x e, g b j, x m"),
    ),
    (
        "an interrupted branch that comes to the join",
        level(
            "s:start g:and a b t:edge-timer@a late m:xor j:and e:end",
            "s g a m j e, g b j, t late m",
        ),
    ),
    (
        "an error that is caught",
        level("s:start u:sub x:edge-error/E1@u h m:xor e:end", "s u m e, x h m", {"u": FAILS}),
    ),
    (
        "a reminder as often as one likes",
        level("s:start a n:edge-message/m~@a r e:end f:end", "s a e, n r f"),
    ),
    (
        "a reminder that ends at the same end",
        level("s:start a n:edge-timer~@a r e:end", "s a e, n r e"),
    ),
    (
        "a return before a parallel block",
        level("s:start a g:and b<a c j:and e:end", "s a g b j e, g c j"),
    ),
    (
        "a return within a branch",
        level("s:start g:and a b<a c j:and e:end", "s g a b j e, g c j"),
    ),
    (
        "a terminate end beside a branch at work",
        level("s:start u:sub b e:end", "s u b e", {"u": STOPS}),
    ),
    (
        "an escalation that is thrown",
        level("s:start u:sub e:end w:edge-escalation/W~@u h f:end", "s u e, w h f", {"u": WARNS}),
    ),
    (
        "an event sub-process that interrupts",
        level("s:start a b e:end u:on", "s a b e", {"u": BY_MESSAGE}),
    ),
    (
        "an event sub-process that begins as often as one likes",
        level("s:start g:and a b j:and e:end u:on", "s g a j e, g b j", {"u": BESIDE}),
    ),
    (
        "an error that is caught inside",
        level(
            "s:start t:sub b e:end",
            "s t b e",
            {"t": level("is:start i ie:end-error/E1 u:on", "is i ie", {"u": BY_ERROR})},
        ),
    ),
    (
        "an error that is caught beside",
        level("s:start t:sub e:end u:on", "s t e", {"t": FAILS, "u": BY_ERROR}),
    ),
    ("a countersignature with a quorum", level("s:start v:*quorum e:end", "s v e")),
    (
        "instances of a sub-process that may be interrupted",
        level("s:start u:sub* t:edge-timer@u h e:end", "s u e, t h e", {"u": STOPS}),
    ),
    (
        "the first of two events",
        level("s:start g:race n:catch-message/m t:catch-timer a m:xor e:end", "s g n a m e, g t m"),
    ),
    (
        "a called process that is not known may fail",
        level("s:start c:call/far x:edge-error@c h e:end", "s c e, x h e"),
    ),
]


@pytest.mark.parametrize("drawn", [r[1] for r in SOUND], ids=[r[0] for r in SOUND])
def test_a_near_miss_is_sound(drawn: Body) -> None:
    found = proof(drawn)
    assert found.flaws == ()
    assert found.verdict == "sound"


def test_an_error_that_nothing_catches_ends_the_process_and_is_named() -> None:
    found = proof(level("s:start u:sub e:end", "s u e", {"u": FAILS}))
    assert (found.verdict, found.thrown) == ("sound", ("ie",))


def test_the_trace_leads_to_the_deadlock() -> None:
    drawn = level("s:start z x:xor a b j:and e:end", "s z x a j e, x b j")
    assert proof(drawn).flaws[0] == Flaw("deadlock", ("j",), ("s", "z", "x", "a"))


def test_the_trace_of_a_sub_process_begins_at_the_start_of_the_case() -> None:
    drawn = level("s:start a u:sub e:end", "s a u e", {"u": HANGS})
    assert proof(drawn).flaws[0].trace == ("s", "a", "u", "is", "ix", "i1")


def test_a_deadlock_of_a_called_process_is_named_by_the_call() -> None:
    drawn = level("s:start a c:call/other e:end", "s a c e")
    found = proof(drawn, other=HANGS)
    assert found.flaws[0] == Flaw("deadlock", ("c",), ("s", "a", "c"))


def test_a_proof_that_was_cut_off_is_unknown_and_says_so() -> None:
    words = " ".join(f"t{n}*" for n in range(20))
    ways = ", ".join(f"g t{n} j" for n in range(20))
    drawn = level(f"s:start g:and {words} j:and e:end", f"s g, {ways}, j e")
    found = prove(Process("p", "p", drawn), most_moves=2_000)
    assert (found.verdict, found.is_whole, found.flaws) == ("unknown", False, ())


def test_a_flaw_is_a_flaw_even_when_the_proof_was_cut_off() -> None:
    words = " ".join(f"t{n}" for n in range(20))
    ways = ", ".join(f"g t{n} j" for n in range(20))
    nodes = f"s:start x:xor k:and e:end g:and {words} j:and f:end"
    drawn = level(nodes, f"s x g, x k e, k e, {ways}, j f")
    found = prove(Process("p", "p", drawn), most_moves=2_000)
    assert (found.verdict, found.is_whole) == ("unsound", False)


def test_a_deep_marking_costs_more_than_a_flat_one() -> None:
    inner = level("is:start i ix:xor ie:end if:end-error/E1", "is i ix ie, ix if")
    for _ in range(6):
        inner = level("is:start u:sub* ie:end", "is u ie", {"u": inner})
    proof = prove(Process("p", "p", inner), most_moves=2_000)
    assert proof.verdict == "unknown"
    assert proof.markings < 1_000
