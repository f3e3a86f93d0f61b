"""A variant below: rigid steps (刚性环节) of the level above are kept, or nothing is published."""

from __future__ import annotations

from typing import Any

import pytest
from levels import RIGID, WALKING, Levels

from engine.definitions.binding import Bindings
from engine.definitions.loading import load_tenant
from engine.definitions.publishing import collect, gate_context
from engine.errors import Refused
from engine.store.database import Database
from engine.tenancy.model import SHARED
from engine.timing.clock import FrozenClock
from engine.world import World


def findings(error: Refused) -> set[str]:
    found: Any = error.facts["findings"]
    return {finding["code"] for finding in found if finding["severity"] == "error"}


def load_below(db: Database, clock: FrozenClock, drawn: dict[str, str]) -> None:
    world = World(clock, Bindings())
    for slug in ("above", "below"):
        load_tenant(db, world, slug, Levels(drawn))


WEAKENED = {
    "dropped": (WALKING.replace('"Decide"', '"Choose"').replace("Decide<", "Choose<"), "missing"),
    "unmarked": (WALKING, "unmarked"),
    "reassigned": (RIGID.replace('Groups="leader"', 'Groups="department-a"'), "reassigned"),
    "shortened": (RIGID.replace("=working days(3)", "=working days(2)"), "shortened"),
}


@pytest.mark.parametrize("how", sorted(WEAKENED))
def test_a_variant_that_weakens_a_rigid_step_is_not_loaded(
    sqlite: Database, clock: FrozenClock, how: str
) -> None:
    text, code = WEAKENED[how]
    assert text != RIGID
    with pytest.raises(Refused) as refused:
        load_below(sqlite, clock, {"above": RIGID, "below": text})
    assert f"rigid-{code}" in findings(refused.value)


@pytest.mark.parametrize(
    "text",
    [None, RIGID, RIGID.replace("=working days(3)", "=working days(5)")],
    ids=["inherited", "the same", "longer"],
)
def test_a_variant_that_keeps_the_rigid_steps_is_loaded(
    sqlite: Database, clock: FrozenClock, text: str | None
) -> None:
    load_below(sqlite, clock, {"above": RIGID} | ({"below": text} if text else {}))


def test_a_level_may_weaken_its_own_rigid_steps(sqlite: Database, clock: FrozenClock) -> None:
    world = World(clock, Bindings())
    load_tenant(sqlite, world, "above", Levels({"above": RIGID}))
    load_tenant(sqlite, world, "above", Levels({"above": WALKING}))


def test_a_variant_of_a_shared_procedure_keeps_its_rigid_steps(
    sqlite: Database, clock: FrozenClock
) -> None:
    world = World(clock, Bindings())
    with pytest.raises(Refused) as refused:
        load_tenant(sqlite, world, "above", Levels({SHARED: RIGID, "above": WALKING}))
    assert "rigid-unmarked" in findings(refused.value)


def test_only_a_tenants_own_diagrams_are_compared_each_with_its_own(clock: FrozenClock) -> None:
    own = collect("walking", "below", Levels({"above": RIGID, "below": WALKING}))
    assert {ref: p.name for ref, p in own.above.items()} == {"walking": "三步试行"}
    assert collect("walking", "below", Levels({"above": RIGID})).above == {}


def test_the_gate_knows_what_bindings_give() -> None:
    bindings = Bindings()
    bindings.register("count", gives=("days",))(lambda _context, _given: {"days": 1})
    bindings.register("guess")(lambda _context, _given: {})
    sources = Levels({"above": WALKING})
    context = gate_context("above", sources, sources.tenant("above"), frozenset(), bindings)
    assert context.bindings == {"count", "guess"}
    assert context.results == {"count": frozenset({"days"})}
