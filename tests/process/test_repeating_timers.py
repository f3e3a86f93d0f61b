"""Repeating timers fire each round once, in the order they are due, however long nobody looks."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from drawn import END, START, el, flows, sources, timer, user
from element_play import Player
from sqlalchemy import select
from town import FlatSources

from engine.cases.invariants import find_broken
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import history, timers


def beside(node_id: str, expression: str, tag: str = "timeCycle") -> str:
    """A timer on the border of ``a`` that does not interrupt."""
    inner = f"<bpmn:timerEventDefinition><bpmn:{tag}>{expression}</bpmn:{tag}>"
    inner += "</bpmn:timerEventDefinition>"
    attributes = 'attachedToRef="a" cancelActivity="false"'
    return el("boundaryEvent", node_id, inner, attributes=attributes)


def urged(expression: str) -> FlatSources:
    """A step that is urged again and again."""
    return sources(
        START, user("a"), beside("late", expression), user("urge"), END, el("endEvent", "e2"),
        flows("s -> a", "a -> e", "late -> urge", "urge -> e2"),
    )  # fmt: skip


def fired(player: Player) -> list[tuple[str, str]]:
    """The timers that have fired, in order, with the time of the act."""
    town = player.town
    query = select(history).where(
        history.c.tenant_id == TENANT, history.c.case_id == player.stage.case
    )
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        rows = tx.all(query.order_by(history.c.seq))
    return [(r.element, r.at.strftime("%d %H:%M")) for r in rows if r.kind == "timer.fired"]


def test_a_counted_cycle_fires_so_often_and_no_more(database: Database) -> None:
    player = Player(database, urged("R3/PT1H"))
    player.run(
        (
            "start -> a late",
            "+1h -> a late urge",
            "urge -> a late",
            "+1h -> a late urge",
            "+1h -> a urge urge",
            "+9h -> a urge urge",
            "urge -> a urge",
            "urge -> a",
            "a ->",
        )
    )
    assert fired(player) == [("late", "02 02:30"), ("late", "02 03:30"), ("late", "02 04:30")]
    town = player.town
    assert find_broken(town.db, town.world, town.tenant_id) == (0, [])


@pytest.mark.parametrize("expression", ["R/P1D", '="R/" + "P1D"', '={every: "P1D"}'])
def test_a_cycle_without_number_ends_with_its_activity(database: Database, expression: str) -> None:
    player = Player(database, urged(expression.replace('"', "&quot;")))
    player.run(("start -> a late", "+24h -> a late urge", "+24h -> a late urge urge"))
    player.run(("a -> urge urge", "+99h -> urge urge", "urge -> urge", "urge ->"))
    assert fired(player) == [("late", "03 01:30"), ("late", "04 01:30")]


def test_rounds_that_were_slept_through_happen_one_by_one_in_order(database: Database) -> None:
    drawn = sources(
        START, user("a"), beside("often", "R/PT1H"), beside("once", "PT90M", "timeDuration"),
        END, el("endEvent", "e2"), el("endEvent", "e3"),
        flows("s -> a", "a -> e", "often -> e2", "once -> e3"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> a often once", "+3.25h -> a often"))
    assert [element for element, _ in fired(player)] == ["often", "once", "often", "often"]
    player.run(("+0.5h -> a often", "+0.3h -> a often"))
    assert [element for element, _ in fired(player)][4:] == ["often"]


def test_an_event_sub_process_that_does_not_interrupt_begins_at_every_round(
    database: Database,
) -> None:
    cycle = "<bpmn:timerEventDefinition><bpmn:timeCycle>R2/PT1H</bpmn:timeCycle>"
    begun = el("startEvent", "si", f"{cycle}</bpmn:timerEventDefinition>",
               attributes='isInterrupting="false"')  # fmt: skip
    inner = begun + user("look") + el("endEvent", "ei")
    inner += flows("si -> look", "look -> ei").replace('id="f', 'id="i')
    sub = el("subProcess", "sub", inner, attributes='triggeredByEvent="true"')
    drawn = sources(START, user("a"), END, sub, flows("s -> a", "a -> e"))
    player = Player(database, drawn)
    player.run(("start -> a si", "+1h -> a look si", "+1h -> a look look", "+5h -> a look look"))
    player.run(("look -> a look", "a -> look", "look ->"))


def test_rounds_of_working_days_leave_out_the_days_off(database: Database) -> None:
    player = Player(database, urged("=working days(2)"))
    player.run(("start -> a late",))
    due = []
    for _ in range(4):
        with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
            (row,) = tx.all(select(timers).where(timers.c.tenant_id == TENANT))
        due.append(row.due_at.strftime("%m-%d"))
        player.tick(row.due_at - player.town.clock.now() + timedelta(seconds=1))
    # 2026-03-02 is a Monday; the State Council moved nothing in these weeks.
    assert due == ["03-04", "03-06", "03-10", "03-12"]


def test_each_timer_of_an_event_gateway_has_its_own_time(database: Database) -> None:
    late = el("intermediateCatchEvent", "later", timer("P2D"))
    drawn = sources(
        START, user("a"), el("eventBasedGateway", "g"), late,
        el("intermediateCatchEvent", "sooner", timer("P1D")), user("b"), user("c"), END,
        flows("s -> a", "a -> g", "g -> later", "g -> sooner", "later -> b", "sooner -> c",
              "b -> e", "c -> e"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> a", "a -> later sooner"))
    with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
        rows = tx.all(select(timers).where(timers.c.tenant_id == TENANT))
    assert {r.element: r.due_at.day for r in rows} == {"later": 4, "sooner": 3}
    player.run(("+25h -> c", "c ->"))


def test_a_cycle_that_is_none_keeps_the_work_and_says_so(database: Database) -> None:
    drawn = sources(
        START, user("before"), user("a"), beside("late", "=note"), END, el("endEvent", "e2"),
        flows("s -> before", "before -> a", "a -> e", "late -> e2"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> before",))
    done = player.town.complete("applicant", "before", note="每天")
    assert done.incident is not None


def test_a_timer_that_fails_does_not_hold_up_the_others(database: Database) -> None:
    drawn = sources(
        START, user("a"), beside("fails", "PT1H", "timeDuration"), el("task", "t"),
        beside("works", "PT2H", "timeDuration"), END, el("endEvent", "e2"), el("endEvent", "e3"),
        flows("s -> a", "a -> e", "fails -> t", "t -> e2 if =false", "works -> e3"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> a fails works", "+3h -> a fails"))
    assert [element for element, _ in fired(player)] == ["works"]
