"""Link events join a throw to the catch of its name, through the commands on both databases."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from drawn import END, START, el, flows, sources, user
from element_play import Player

from engine.store.database import Database


def link(tag: str, node_id: str, name: str) -> str:
    return el(tag, node_id, f'<bpmn:linkEventDefinition name="{name}"/>')


def test_a_case_goes_on_at_the_catch_of_the_link_and_may_come_back(database: Database) -> None:
    asking = user("b").replace("<bpmn:userTask ", '<bpmn:userTask default="f3" ')
    drawn = sources(
        START, link("intermediateCatchEvent", "again", "回"), user("a"),
        link("intermediateThrowEvent", "on", "续"), link("intermediateCatchEvent", "on2", "续"),
        asking, link("intermediateThrowEvent", "back", "回"), END,
        flows("s -> a", "a -> on", "on2 -> b", "b -> e", 'b -> back if =note = "退"',
              "again -> a"),
    )  # fmt: skip
    Player(database, drawn).run(("start -> a", "a -> b", "b=退 -> a", "a -> b", "b=可 ->"))
