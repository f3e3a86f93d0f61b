"""Loops and several instances of every activity, through the commands on both databases."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from drawn import END, START, el, flows, sources, user
from element_play import Player
from golden_cases import MESSAGE, WORK, mapping
from sqlalchemy import select
from town import FlatSources

from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import incidents, work_items
from engine.work_items.items import complete_item


def many(marker: str = "", sequential: str = "false", number: str = "3", **zeebe: str) -> str:
    """A multi-instance marker by number, or by the collection among ``zeebe``."""
    named = " ".join(f'{name}="{value}"' for name, value in zeebe.items())
    extension = f"<bpmn:extensionElements><zeebe:loopCharacteristics {named}/>"
    count = f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>" if number else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
        f"{extension}</bpmn:extensionElements>{count}{marker}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def until(condition: str, attributes: str = "") -> str:
    """A standard loop."""
    return (
        f"<bpmn:standardLoopCharacteristics {attributes}><bpmn:loopCondition>{condition}"
        "</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )


def enough(condition: str) -> str:
    return f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>"


def line(*steps: str, roots: str = "") -> FlatSources:
    """Steps one after another, and the last one by the applicant."""
    ids = ["s", *(step.split('id="')[1].split('"')[0] for step in steps), "last", "e"]
    arrows = [f"{a} -> {b}" for a, b in itertools.pairwise(ids)]
    return sources(START, *steps, user("last"), END, flows(*arrows), roots=roots)


def variables(player: Player) -> dict[str, Any]:
    """The variables of the case itself."""
    found: dict[str, Any] = player.stage.variables()[str(player.stage.case)]
    return found


GATHERED = {"outputCollection": "gathered", "outputElement": "=loopCounter"}


@pytest.mark.parametrize(
    ("tag", "extension"),
    [
        ("task", ""),
        ("manualTask", ""),
        ("serviceTask", WORK),
        ("sendTask", WORK),
        ("businessRuleTask", WORK),
        ("scriptTask", '<zeebe:script expression="=loopCounter" resultVariable="x"/>'),
    ],
)
@pytest.mark.parametrize("sequential", ["true", "false"])
def test_every_kind_of_automatic_step_runs_so_often(
    database: Database, tag: str, extension: str, sequential: str
) -> None:
    step = el(tag, "x", many(sequential=sequential, **GATHERED), extension)
    player = Player(database, line(step))
    player.run(("start -> last",))
    assert variables(player) == {"gathered": [1, 2, 3]}
    player.run(("last ->",))


def test_several_receive_tasks_wait_for_a_message_of_their_own(database: Database) -> None:
    marker = many(
        number="", inputCollection="=[&quot;甲&quot;, &quot;乙&quot;]", inputElement="note"
    )
    receive = el("receiveTask", "paid", marker, attributes='messageRef="msg"')
    player = Player(database, line(receive, roots=MESSAGE))
    player.run(("start -> paid paid", "!paid 乙 -> paid", "!paid 乙 -> paid", "!paid 甲 -> last"))


def test_a_computed_number_of_people_and_a_quorum(database: Database) -> None:
    marker = many(enough("=numberOfCompletedInstances &gt;= 2"), number="=2 + 1")
    player = Player(database, line(user("vote", inner=marker)))
    player.run(("start -> vote vote vote",))
    for after in ("vote vote", "last"):
        town = player.town
        item = next(i for i in town.items("applicant") if i.element == "vote")
        who = town["applicant"]
        complete_item(town.db, town.world, who, item.id, item.revision, {"note": "x"})
        assert player.waits() == after.split()
    player.run(("last ->",))


def test_no_instances_at_all_is_fine(database: Database) -> None:
    Player(database, line(user("vote", inner=many(number="0")))).run(("start -> last", "last ->"))


@pytest.mark.parametrize("number", ["=1000000", "=0 - 1", "=1.5", "=&quot;many&quot;", "=null"])
def test_a_number_that_is_none_keeps_the_work_and_says_so(database: Database, number: str) -> None:
    player = Player(database, line(user("before"), user("vote", inner=many(number=number))))
    player.run(("start -> before",))
    done = player.town.complete("applicant", "before", note="x")
    assert done.incident is not None
    with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(incidents).where(incidents.c.tenant_id == TENANT))
    assert row.code == "loop_cardinality"


def test_a_loop_asks_again_with_what_the_last_run_has_given(database: Database) -> None:
    step = user("fill", inner=until('=note != "可"'))
    player = Player(database, line(step))
    player.run(("start -> fill", "fill=不可 -> fill", "fill=再改 -> fill", "fill=可 -> last"))
    assert variables(player) == {"note": "可"}
    player.run(("last ->",))
    rows = player.town.all_items(player.stage.case)
    assert [row.element for row in rows] == ["fill", "fill", "fill", "last"]
    assert player.town.breaks(player.stage.case) == []


def test_a_loop_counts_its_runs_and_ends_after_its_maximum(database: Database) -> None:
    counted = user("fill", inner=until("=loopCounter &lt; 2"))
    bounded = user("check", inner=until("=true", 'loopMaximum="2"'))
    player = Player(database, line(counted, bounded))
    player.run(("start -> fill", "fill -> fill", "fill -> check", "check -> check"))
    player.run(("check -> last", "last ->"))


def test_a_loop_that_tests_before_is_passed_by(database: Database) -> None:
    step = user("fill", inner=until("=note = null", 'testBefore="true"'))
    player = Player(database, line(user("first"), step))
    player.run(("start -> first", "first -> last", "last ->"))


def test_a_sub_process_runs_again_and_a_timer_ends_all_its_runs(database: Database) -> None:
    inner = until('=note != "可"') + el("startEvent", "si") + user("fill") + user("check")
    inner += el("endEvent", "ei")
    inner += flows("si -> fill", "fill -> check", "check -> ei").replace('id="f', 'id="i')
    late = "<bpmn:timerEventDefinition><bpmn:timeDuration>P2D</bpmn:timeDuration>"
    edge = el("boundaryEvent", "late", f"{late}</bpmn:timerEventDefinition>",
              attributes='attachedToRef="sub"')  # fmt: skip
    sub = el("subProcess", "sub", inner, mapping("output note -> note"))
    drawn = sources(
        START, sub, edge, user("last"), user("other"), END,
        flows("s -> sub", "sub -> last", "last -> e", "late -> other", "other -> e"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> fill late", "fill -> check late", "check=不可 -> fill late"))
    player.run(("fill -> check late", "check=可 -> last", "last ->"))
    player.run(("start -> fill late", "+25h -> fill late", "fill -> check late"))
    player.run(("check=不可 -> fill late", "+25h -> other", "other ->"))


def test_a_loop_without_end_is_an_incident_and_the_work_is_kept(database: Database) -> None:
    endless = el("scriptTask", "again", until("=true", 'loopMaximum="99999"'),
                 '<zeebe:script expression="=1" resultVariable="x"/>')  # fmt: skip
    player = Player(database, line(user("first"), endless))
    player.run(("start -> first",))
    done = player.town.complete("applicant", "first", note="x")
    assert done.incident is not None
    with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(incidents).where(incidents.c.tenant_id == TENANT))
        (item,) = tx.all(select(work_items).where(work_items.c.tenant_id == TENANT))
    assert (row.code, item.status) == ("step_budget", "stuck")
