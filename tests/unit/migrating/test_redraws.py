"""A case moved to a sound redraw is refused with a reason, or ends there: it is run to its end."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.gate.context import GateContext
from engine.migrating.model import BY_CHOICE, Plan, Verdict
from engine.migrating.plan import Planner, Standpoint, Version, drawing_of
from engine.semantics.soundness import prove
from engine.spiff.build import build_program
from engine.spiff.machine import BudgetExceeded, Machine
from tests.unit.migrating.redrawn import pair
from tests.unit.semantics.mutation import blocks, torn
from tests.unit.semantics.twin import Answers, NoExit, Procedure, Twin

MOST_ACTS, ENOUGH = 12, 400
ACCEPTED = [verdict.value for verdict in BY_CHOICE]


def begun(procedure: Procedure, seed: int) -> Twin | None:
    """A case of the procedure after some random acts; None when it is over or stands still."""
    try:
        twin = Twin(procedure, seed)
        while twin.moves < seed % MOST_ACTS and not twin.is_over():
            twin.act()
    except (NoExit, BudgetExceeded):
        return None
    twin.run._reload()
    is_at_rest = not twin.machine.completed and twin.machine.waiting()
    return twin if is_at_rest else None


def version(procedure: Procedure) -> Version:
    main, *called = procedure[0]
    return Version(drawing_of(main, {p.id: p for p in called}))


def planned(twin: Twin, old: Procedure, new: Procedure) -> Plan:
    planner = Planner(version(old), version(new), {}, GateContext())
    return planner.plan(Standpoint(twin.machine.standing(), twin.nodes))


def ends(machine: Machine, host: Answers, conditions: list[str]) -> bool:
    """Run a case to its end: people first, events where nothing else can happen."""
    host.truths.update(dict.fromkeys(conditions, False))
    for name in host.outcomes:
        host.outcomes[name] = ""
    for _ in range(ENOUGH):
        if machine.completed:
            return True
        places = [p for p in machine.waiting() if not p.armed]
        places.sort(key=lambda p: (p.kind == "event", p.attached_to is not None))
        if not places:
            return False
        place = places[0]
        if place.kind == "person":
            machine.complete(place.token.id)
        elif place.kind == "event":
            machine.fire(place.token.id)
        else:
            machine.retry(place.token.id)
        machine.advance()
    return machine.completed


def migrate(old: Procedure, new: Procedure, seed: int, counts: Counter[str]) -> None:
    twin = begun(old, seed)
    if twin is None:
        return
    before = twin.machine.dump()
    plan = planned(twin, old, new)
    counts[plan.verdict.value] += 1
    assert (plan.verdict is Verdict.AS_IS) == (not plan.reasons)
    if not plan.is_allowed(ACCEPTED):
        assert all(reason.zh and reason.en and reason.element for reason in plan.reasons)
        return
    assert plan.standing is not None
    main, *called = new[0]
    program = build_program(main, {p.id: p for p in (main, *called)})
    loops = {**twin.host.loops, **new[2]}
    host = Answers(loops)
    host.outcomes = dict.fromkeys((n.id for p in new[0] for n in p.body.walk()), "")
    host.truths.update(dict.fromkeys(new[1], False))
    there = Machine.place(program, plan.standing, host)
    moved = Machine.load(program, there.dump(), host)
    moved.settle()
    assert bool(moved.passed) <= plan.moves_on
    if ends(moved, host, new[1]):
        counts["ended"] += 1
    else:  # the answers lead round and round: only a redraw by rewiring may do so
        assert "whole" not in counts, f"seed {seed} does not end"
        assert moved.waiting(), f"seed {seed} is stranded"
    assert Machine.load(twin.run.program, before, twin.host).dump() == before


def check(seeds: range | list[int], counts: Counter[str]) -> None:
    counts["whole"] = 1
    for seed in seeds:
        old, new = pair(seed)
        migrate(old, new, seed, counts)


def check_torn(seed: int, counts: Counter[str]) -> None:
    """The same procedure rewired, where that is proved sound."""
    new = torn(seed)
    main, *called = new[0]
    if prove(main, {p.id: p for p in called}, most_moves=4_000).verdict == "sound":
        try:
            migrate(blocks(seed), new, seed, counts)
        except NoExit:
            counts["cut"] += 1


def test_cases_of_redrawn_procedures_end_or_are_refused_with_a_reason() -> None:
    counts: Counter[str] = Counter()
    check(range(90), counts)
    assert counts["ended"] > 30
    assert min(counts[v] for v in ("as_is", "needs_mapping", "skips", "refused")) > 0, counts


SEEDS = st.integers(0, 2**31)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(SEEDS)
def test_any_redraw_refuses_or_lets_the_case_end(seed: int) -> None:
    check([seed], Counter())


def test_cases_of_rewired_procedures_are_never_stranded() -> None:
    counts: Counter[str] = Counter()
    for seed in range(60):
        check_torn(seed, counts)
    assert counts["ended"] > 3, counts


@pytest.mark.full
@pytest.mark.timeout(3600)
@settings(max_examples=3_000, deadline=None, derandomize=True, database=None)
@given(SEEDS)
def test_many_redraws_refuse_or_let_the_case_end(seed: int) -> None:
    check([seed], Counter())
    check_torn(seed, Counter())
