"""A procedure that calls decisions: through publication, the command layer, history and repair."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, user
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.canonical import digest
from engine.cases.incidents import retry_incident
from engine.cases.lifecycle import start_case
from engine.definitions.bundles import Bundles
from engine.definitions.loading import load_tenant
from engine.errors import NotFound, Refused
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import bundles, history, incidents, scopes
from engine.timing.clock import FrozenClock

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="分级" namespace="u">
  <decision id="length" name="字数"><literalExpression id="l">
    <text>string length(note)</text></literalExpression></decision>
  <decision id="route" name="确定办理人">
    <informationRequirement id="r"><requiredDecision href="#length"/></informationRequirement>
    <decisionTable id="t">
      <input id="i" label="字数"><inputExpression id="e" typeRef="number"><text>length</text>
      </inputExpression></input>
      <output id="o" name="to" typeRef="string"/>
      <rule id="r1"><inputEntry id="a"><text>&lt; 3</text></inputEntry>
        <outputEntry id="b"><text>"leader"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="c"><text>&gt;= 3</text></inputEntry>
        <outputEntry id="d"><text>"department-a"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>""".encode()


def calling(decision: str = "route", mapping: str = "") -> str:
    """A business rule task; the attribute of BPMN that calls a decision stands in an extension."""
    called = f'<zeebe:calledDecision decisionId="{decision}" resultVariable="to"/>'
    mapped = f"<zeebe:ioMapping>{mapping}</zeebe:ioMapping>" if mapping else ""
    return el("businessRuleTask", "judge", extensions=called + mapped)


def procedure(table: bytes = TABLE, task: str = "") -> FlatSources:
    """The applicant writes a note, the table says who reads it."""
    keep = '<zeebe:output source="=note" target="note"/>'
    drawn = sources(
        START,
        user("write", outputs=keep),
        task or calling(),
        user("read", "=to"),
        END,
        flows("s -> write", "write -> judge", "judge -> read", "read -> e"),
    )
    return replace(drawn, replaced={**drawn.replaced, "route.dmn": table})


def begin(town: Town, note: str) -> UUID:
    case = UUID(start_case(town.db, town.world, town["applicant"], "p", {})["id"])
    town.complete("applicant", "write", note=note)
    return case


def facts(town: Town, case: UUID) -> list[dict[str, object]]:
    """How decisions of the case were made, as its history tells."""
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        query = select(history.c.content).where(
            history.c.tenant_id == TENANT, history.c.case_id == case
        )
        return [made for row in tx.all(query) for made in (row.content or {}).get("decisions", ())]


def test_a_decision_routes_a_case_and_its_making_stands_in_the_history(
    database: Database, clock: FrozenClock
) -> None:
    town = build_town(database, clock, procedure())
    short, long = begin(town, "短"), begin(town, "很长的说明")
    assert [str(i.case_id) for i in town.items("leader")] == [str(short)]
    assert [str(i.case_id) for i in town.items("officer")] == [str(long)]
    common = {"element": "judge", "file": digest(TABLE)}
    assert facts(town, short) == [
        {**common, "decision": "length", "name": "字数", "inputs": {}, "rules": [], "result": 1},
        {
            **common,
            "decision": "route",
            "name": "确定办理人",
            "inputs": {"字数": 1},
            "rules": [1],
            "result": "leader",
        },
    ]
    town.complete("leader", "read", note="x")
    assert town.case(short).status == "completed"
    assert town.breaks(short) == []


def test_the_table_is_part_of_the_bundle_and_running_cases_keep_theirs(
    database: Database, clock: FrozenClock
) -> None:
    first = procedure()
    town = build_town(database, clock, first)
    case = UUID(start_case(town.db, town.world, town["applicant"], "p", {})["id"])
    changed = procedure(TABLE.replace(b'"leader"', b'"department-b"'))
    load_tenant(database, town.world, "walk", changed)
    object.__setattr__(town.world, "bundles", Bundles())  # another node, nothing read yet
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        rows = tx.all(select(bundles).where(bundles.c.tenant_id == TENANT))
    parts = [{e["ref"]: e["digest"] for e in r.manifest if e["kind"] == "decision"} for r in rows]
    assert parts == [
        {"route": digest(first.replaced["route.dmn"])},
        {"route": digest(changed.replaced["route.dmn"])},
    ]
    town.complete("applicant", "write", note="短")
    assert [str(i.case_id) for i in town.items("leader")] == [str(case)]
    begin(town, "短")
    assert len(town.items("other")) == 1


def test_mappings_of_the_task_give_inputs_and_take_results(
    database: Database, clock: FrozenClock
) -> None:
    lines = (
        '<zeebe:input source="=note + note" target="note"/>'
        '<zeebe:output source="=to" target="to"/><zeebe:output source="=note" target="seen"/>'
    )
    town = build_town(database, clock, procedure(task=calling(mapping=lines)))
    begin(town, "二字")
    assert town.steps("officer") == ["read"]
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(scopes).where(scopes.c.tenant_id == TENANT))
    assert row.variables == {"note": "二字", "to": "department-a", "seen": "二字"}


def test_rules_that_contradict_their_policy_are_an_incident_that_names_table_and_rules(
    database: Database, clock: FrozenClock
) -> None:
    loose = TABLE.replace(b"&gt;= 3", b"&gt;= 1")
    town = build_town(database, clock, procedure(loose))
    case = begin(town, "短")
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(incidents).where(incidents.c.tenant_id == TENANT))
    assert (row.element, row.code) == ("judge", "decision_rules")
    assert "确定办理人" in row.message
    assert "规则 1、2" in row.message
    assert facts(town, case) == []
    with town.db.tenant(town.tenant_id) as tx:
        assert not retry_incident(tx, town.world, town["leader"], row.id)
    assert town.breaks(case) == []


def test_a_decision_that_does_not_exist_or_is_refused_keeps_the_procedure_from_publication(
    sqlite: Database, clock: FrozenClock
) -> None:
    with pytest.raises(NotFound, match="missing"):
        build_town(sqlite, clock, procedure(task=calling("missing")))
    bad = TABLE.replace(b"<literalExpression", b"<context/><literalExpression")
    with pytest.raises(Refused) as caught:
        build_town(sqlite, clock, procedure(bad))
    found = {f["code"] for f in caught.value.facts["findings"]}  # type: ignore[attr-defined]
    assert {"unsupported:context", "decision-refused"} <= found
