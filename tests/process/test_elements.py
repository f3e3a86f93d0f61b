"""Every row of the support table that is executed is executed: through the commands, step by step.

A row without a play, or without a test elsewhere, fails here. Every act of a play is a command that
loads the case and stores it, in the whole run on both databases.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from element_cases import ELSEWHERE, SHOWN
from element_play import Player

from engine.bpmn.features import features_of, flow_features
from engine.bpmn.model import Body
from engine.bpmn.read import read_diagram
from engine.bpmn.support import FEATURES, Verdict
from engine.store.database import Database

TESTS = Path(__file__).parents[1]
EXECUTED = [key for key, row in FEATURES.items() if row.verdict is Verdict.EXECUTED]


@pytest.fixture
def database(mostly_sqlite: Database) -> Database:
    """On PostgreSQL as well in the whole run: how tokens are stored is tested on both elsewhere."""
    return mostly_sqlite


def used(body: Body, *, top: bool = True, by_event: bool = False) -> Iterator[str]:
    """The rows that a level and those below it use."""
    for node in body.nodes.values():
        yield from features_of(node, top=top, by_event=by_event)
        if node.body is not None:
            yield from used(node.body, top=False, by_event=node.by_event)
    for flow in body.flows.values():
        yield from flow_features(flow, body)


def test_every_row_that_is_executed_has_its_test() -> None:
    assert sorted([*SHOWN, *ELSEWHERE]) == sorted(EXECUTED)


@pytest.mark.parametrize("key", SHOWN)
def test_a_play_uses_its_row_and_does_something(key: str) -> None:
    shown = SHOWN[key]
    diagram = read_diagram(shown.drawn.replaced["p.bpmn"]).diagram
    assert key in set(used(diagram.process("p").body))
    assert len(shown.lines) > 1


@pytest.mark.parametrize("key", ELSEWHERE)
def test_a_test_that_stands_elsewhere_is_there(key: str) -> None:
    path, _, name = ELSEWHERE[key].partition("::")
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("key", SHOWN)
def test_what_the_table_says_is_executed_is_executed(database: Database, key: str) -> None:
    player = Player(database, SHOWN[key].drawn)
    player.run(SHOWN[key].lines)
    assert player.town.breaks(player.stage.case) == []
