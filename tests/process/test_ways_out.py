"""Several flows out of a step, with conditions or without, through the commands."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from drawn import END, START, el, flows, sources, timer, user
from element_play import Player
from sqlalchemy import select
from town import FlatSources

from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import incidents
from engine.work_items.items import complete_item

JOIN = el("parallelGateway", "j")
BIG, SMALL = '=note = "大"', '=note = "小"'


def chosen(default: str = "") -> FlatSources:
    """A step that three others may follow, two of them on a condition."""
    attributes = f'default="{default}"' if default else ""
    asking = user("a").replace("<bpmn:userTask ", f"<bpmn:userTask {attributes} ")
    return sources(
        START,
        asking,
        user("b"),
        user("c"),
        user("d"),
        el("inclusiveGateway", "j"),
        END,
        flows(
            "s -> a",
            f"a -> b if {BIG}",
            'a -> c if =note != "小"',
            "a -> d" if default else f"a -> d if {SMALL}",
            "b -> j",
            "c -> j",
            "d -> j",
            "j -> e",
        ),
    )


def test_every_flow_out_of_a_task_gets_a_token(database: Database) -> None:
    drawn = sources(
        START, user("a"), user("b"), user("c"), JOIN, END,
        flows("s -> a", "a -> b", "a -> c", "b -> j", "c -> j", "j -> e"),
    )  # fmt: skip
    Player(database, drawn).run(("start -> a", "a -> b c", "c -> b", "b ->"))


def test_every_flow_out_of_a_start_event_gets_a_token(database: Database) -> None:
    drawn = sources(
        START, user("b"), user("c"), JOIN, END,
        flows("s -> b", "s -> c", "b -> j", "c -> j", "j -> e"),
    )  # fmt: skip
    Player(database, drawn).run(("start -> b c", "b -> c", "c ->"))


def test_every_flow_out_of_a_boundary_event_gets_a_token(database: Database) -> None:
    late = el("boundaryEvent", "late", timer("P1D"), attributes='attachedToRef="a"')
    drawn = sources(
        START, user("a"), late, user("b"), user("c"), JOIN, END,
        flows("s -> a", "a -> e", "late -> b", "late -> c", "b -> j", "c -> j", "j -> e"),
    )  # fmt: skip
    Player(database, drawn).run(("start -> a late", "+25h -> b c", "b -> c", "c ->"))


def test_every_flow_out_of_a_sub_process_gets_a_token(database: Database) -> None:
    inner = el("startEvent", "si") + user("u") + el("endEvent", "ei")
    inner += flows("si -> u", "u -> ei").replace('id="f', 'id="i')
    drawn = sources(
        START, el("subProcess", "sub", inner), user("b"), user("c"), JOIN, END,
        flows("s -> sub", "sub -> b", "sub -> c", "b -> j", "c -> j", "j -> e"),
    )  # fmt: skip
    Player(database, drawn).run(("start -> u", "u -> b c", "b -> c", "c ->"))


def test_several_flows_into_a_step_need_no_gateway(database: Database) -> None:
    asking = user("a").replace("<bpmn:userTask ", '<bpmn:userTask default="f2" ')
    drawn = sources(
        START, asking, user("b"), user("c"), user("d"), END,
        flows("s -> a", f"a -> b if {BIG}", "a -> c", "b -> d", "c -> d", "d -> e"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> a", "a=大 -> b", "b -> d", "d ->"))
    player.run(("start -> a", "a=小 -> c", "c -> d", "d ->"))


@pytest.mark.parametrize(("note", "after"), [("大", "b c"), ("中", "c"), ("小", "d")])
def test_all_conditions_that_hold_are_taken(database: Database, note: str, after: str) -> None:
    Player(database, chosen()).run(("start -> a", f"a={note} -> {after}"))


@pytest.mark.parametrize(("note", "after"), [("大", "b c"), ("小", "d")])
def test_the_default_is_taken_when_no_condition_holds(
    database: Database, note: str, after: str
) -> None:
    Player(database, chosen(default="f3")).run(("start -> a", f"a={note} -> {after}"))


def test_no_true_condition_and_no_default_is_an_incident_that_says_so(database: Database) -> None:
    drawn = sources(START, user("a"), user("b"), END, flows("s -> a", f"a -> b if {BIG}", "b -> e"))
    player = Player(database, drawn)
    player.run(("start -> a",))
    town = player.town
    (item,) = town.items("applicant")
    who = town["applicant"]
    done = complete_item(town.db, town.world, who, item.id, item.revision, {"note": "小"})
    assert done.incident is not None
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(incidents).where(incidents.c.tenant_id == TENANT))
    assert (row.element, row.code) == ("a", "no_exit")
    assert row.message == "“a”的出口条件都不成立，也没有默认出口"
