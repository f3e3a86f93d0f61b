"""Conditional events: they happen when their condition becomes true, on both databases."""

from __future__ import annotations

from drawn import END, START, el, flows, sources, user
from eventful_hall import Hall, on, when
from town import FlatSources

from engine.store.database import Database
from engine.store.tables import incidents
from engine.timing.clock import FrozenClock

GO = '=note = "go"'
BESIDE = (START, el("parallelGateway", "g"), el("endEvent", "f"), END)


def caught() -> FlatSources:
    """A step, and beside it an event that waits for what the step says."""
    waits = el("intermediateCatchEvent", "c", when(GO))
    lines = flows("s -> g", "g -> a", "a -> f", "g -> c", "c -> b", "b -> e")
    return sources(*BESIDE, user("a"), waits, user("b", "leader"), lines)


def test_a_catch_event_waits_until_its_condition_is_true(
    database: Database, clock: FrozenClock
) -> None:
    hall = Hall(database, clock, caught())
    assert hall.steps() == ["a"]
    hall.town.complete("applicant", "a", note="go")
    assert (hall.steps(), hall.rows(incidents)) == (["b"], [])
    assert hall.town.breaks(hall.case) == []


def test_a_condition_that_does_not_become_true_is_waited_for(
    database: Database, clock: FrozenClock
) -> None:
    hall = Hall(database, clock, caught())
    hall.town.complete("applicant", "a", note="no")
    assert (hall.steps(), hall.status, hall.rows(incidents)) == ([], "open", [])


def bordered(keeps: bool) -> FlatSources:
    """A step with a condition at its border, and beside it one that is done again and again."""
    edge = el(
        "boundaryEvent",
        "edge",
        when(GO),
        attributes=f'attachedToRef="held" cancelActivity="{str(not keeps).lower()}"',
    )
    again = el("exclusiveGateway", "m") + el("exclusiveGateway", "d", attributes='default="f3"')
    lines = flows(
        "s -> g", "g -> m", "m -> a", "d -> m", "a -> d", 'd -> f if =note = "end"',
        "g -> held", "held -> e", "edge -> late", "late -> l",
    )  # fmt: skip
    parts = (user("a"), again, user("held", "department-a"), edge, user("late", "leader"))
    return sources(*BESIDE, *parts, el("endEvent", "l"), lines)


def test_a_border_interrupts_its_step(database: Database, clock: FrozenClock) -> None:
    hall = Hall(database, clock, bordered(keeps=False))
    hall.town.complete("applicant", "a", note="x")
    assert hall.steps() == ["a", "held"]
    hall.town.complete("applicant", "a", note="go")
    assert hall.steps() == ["a", "late"]


def test_a_border_that_does_not_interrupt_happens_each_time_it_becomes_true(
    database: Database, clock: FrozenClock
) -> None:
    hall = Hall(database, clock, bordered(keeps=True))
    for note, count in (("go", 1), ("go", 1), ("x", 1), ("go", 2), ("x", 2)):
        hall.town.complete("applicant", "a", note=note)
        assert hall.steps() == ["a", "held", *["late"] * count]


def test_an_event_sub_process_interrupts_what_would_have_ended_the_case(
    database: Database, clock: FrozenClock
) -> None:
    lines = flows("s -> a", "a -> e")
    hall = Hall(database, clock, sources(START, user("a"), END, on("stop", f"when {GO}"), lines))
    hall.town.complete("applicant", "a", note="go")
    assert (hall.status, hall.steps()) == ("open", ["stopT"])
    hall.town.complete("leader", "stopT", note="x")
    assert (hall.status, hall.town.case(hall.case).outcome) == ("completed", "stopE")


def test_an_event_sub_process_beside_the_flow_begins_each_time(
    database: Database, clock: FrozenClock
) -> None:
    again = el("exclusiveGateway", "m") + el("exclusiveGateway", "d", attributes='default="f2"')
    lines = flows("s -> m", "m -> a", "d -> m", "a -> d", 'd -> e if =note = "end"')
    sub = on("told", f"when {GO}", keeps=True)
    hall = Hall(database, clock, sources(START, user("a"), again, END, sub, lines))
    for note, count in (("go", 1), ("go", 1), ("x", 1), ("go", 2)):
        hall.town.complete("applicant", "a", note=note)
        assert hall.steps() == ["a", *["toldT"] * count]


def test_a_condition_that_is_true_already_happens_at_once(
    database: Database, clock: FrozenClock
) -> None:
    waits = el("intermediateCatchEvent", "c", when(GO))
    lines = flows("s -> a", "a -> c", "c -> b", "b -> e")
    hall = Hall(database, clock, sources(START, user("a"), waits, user("b", "leader"), END, lines))
    hall.town.complete("applicant", "a", note="go")
    assert hall.steps() == ["b"]


def test_a_condition_ends_the_wait_of_an_event_gateway(
    database: Database, clock: FrozenClock
) -> None:
    first = el("intermediateCatchEvent", "c", when(GO))
    other = el("intermediateCatchEvent", "t", when('=note = "other"'))
    lines = flows(
        "s -> g", "g -> a", "a -> f", "g -> race", "race -> c", "race -> t", "c -> b", "b -> e",
        "t -> z", "z -> y",
    )  # fmt: skip
    parts = (user("a"), el("eventBasedGateway", "race"), first, other, user("b", "leader"))
    drawn = sources(*BESIDE, *parts, user("z", "leader"), el("endEvent", "y"), lines)
    hall = Hall(database, clock, drawn)
    hall.town.complete("applicant", "a", note="other")
    assert hall.steps() == ["z"]
