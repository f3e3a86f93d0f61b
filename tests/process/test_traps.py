"""Every trap of token machines, by name: what other interpreters pass over is executed or refused.

``ROWS`` lists them; each names its test, here or elsewhere. The tests here run through the command
layer, which stores and loads the case at every act, in the whole run on both databases.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from drawn import END, START, el, flows, sources, timer, user
from element_cases import (
    PAID,
    ROOTS,
    SHOWN,
    body,
    catch,
    either,
    line,
    many,
    throw,
)
from element_play import Player
from golden_cases import ERROR, WORK, events
from sqlalchemy import select
from town import FlatSources

from engine.bpmn.read import read_diagram
from engine.errors import Refused
from engine.gate.check import check_diagram
from engine.messaging.messages import publish_message
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import cases, records, timers

TESTS = Path(__file__).parents[1]

WRONG_WITHOUT_A_WORD = {
    "flow without id": "test_flows_without_ids_lead_where_they_lead",
    "not marked executable": "test_a_process_not_marked_executable_runs_once_published",
    "service task without a binding": "test_a_service_without_a_type_is_refused_and_one_with_runs",
    "message by unnamed or prefixed reference": "test_a_prefixed_message_is_waited_for",
    "event sub-process begins with the process": "test_an_event_sub_process_waits_for_its_event",
    "interrupting event sub-process": "test_an_event_sub_process_interrupts_below_the_top_too",
    "boundary event that fires once only": "test_a_boundary_event_that_stays_fires_every_time",
    "queued steps after an interruption": "test_what_is_queued_behind_an_interruption_is_not_done",
    "link events": "test_a_link_leads_on_and_the_case_ends",
    "signal end event": "test_a_signal_at_the_end_is_heard",
    "compensation": "test_compensation_is_refused_by_name",
    "conditions and several flows out of a step": "test_ways_out_of_a_step_are_taken_as_drawn",
    "several starts, and steps nothing leads to": "test_several_starts_are_refused_by_name",
    "one message, two waiters": "test_the_key_decides_which_of_two_waiters_wakes",
    "event gateway with equal messages": "test_an_event_gateway_with_equal_messages_is_refused",
    "complex gateway, ad-hoc, quantities": "test_what_has_no_agreed_execution_is_refused",
    "lanes": "unit/bpmn/test_bpmn_read.py::test_lanes_of_the_same_name_are_told_apart_by_id",
    "documentation": "test_a_sub_process_does_not_take_the_documentation_of_what_is_in_it",
    "reserved ids": "test_ids_of_internal_specs_are_refused_by_name",
    "deadlock": "process/test_failures.py::test_a_deadlocked_case_is_told_to_the_administrator",
    "empty ioSpecification": "test_an_empty_declaration_of_data_does_not_fail",
}
HANGS_OR_CRASHES = {
    "data reference that leads nowhere": "test_a_lost_data_reference_below_two_levels_is_read",
    "long chains": "test_a_chain_of_many_steps_runs_and_a_longer_one_is_refused",
    "circles without a wait": "test_a_circle_without_a_wait_is_refused",
    "calls in a circle": "test_a_process_that_calls_itself_is_refused",
    "a million instances": "test_a_million_instances_are_an_incident_and_others_go_on",
    "Python in expressions": "test_python_in_a_diagram_is_refused_and_never_run",
    "hanging uploads": "unit/gate/test_gate_hostile.py"
    "::test_a_child_that_dies_or_hangs_makes_the_file_unreadable",
    "decision tables in Python": "process/test_decisions.py"
    "::test_a_decision_routes_a_case_and_its_making_stands_in_the_history",
}
TIME = {
    "timers count working days of the tenant": "process/test_running.py"
    "::test_a_timer_fires_when_its_working_days_are_over",
    "the row is the truth": "test_the_row_of_a_timer_is_the_truth",
    "a timer fires once, whoever is late": "process/test_races.py"
    "::test_two_clocks_fire_every_timer_once",
    "two timers on one event gateway": "process/test_repeating_timers.py"
    "::test_each_timer_of_an_event_gateway_has_its_own_time",
    "a month after 31 January": "test_a_month_after_the_last_of_january_is_in_february",
    "the zone of the tenant": "unit/tenancy/test_cycles.py"
    "::test_days_keep_the_hour_when_the_clocks_change_and_hours_do_not",
    "rounds that were slept through": "process/test_repeating_timers.py"
    "::test_rounds_that_were_slept_through_happen_one_by_one_in_order",
}
BITES_APPROVALS = {
    "parallel join in a return loop": "test_a_parallel_join_waits_in_every_round",
    "inclusive join in a return loop": "test_an_inclusive_join_waits_in_every_round",
    "data lost at joins": "test_what_both_branches_have_said_is_there_after_the_join",
    "completion condition of several instances": "test_two_of_three_are_enough",
    "output list in the second round": "test_an_output_list_begins_anew_in_the_second_round",
    "votes before an interruption": "test_votes_cast_before_an_interruption_are_kept_as_records",
    "return into a branch that was joined": "unit/spiff/test_returns.py"
    "::test_there_is_no_return_into_one_branch_of_a_joined_block",
    "message without correlation": "process/test_running.py"
    "::test_a_message_reaches_the_one_case_it_is_meant_for",
    "message that comes early": "process/test_running.py::test_a_message_that_comes_early_is_kept",
    "forged payload": "test_a_payload_cannot_write_what_is_not_mapped",
    "a thousand rounds": "unit/spiff/test_returns.py"
    "::test_a_state_is_as_small_after_a_thousand_rounds",
    "predictions of parallel blocks": "test_blocks_in_a_row_make_no_tasks_before_they_are_reached",
    "state of another serializer": "unit/spiff/test_machine.py"
    "::test_a_state_that_is_not_ours_is_refused",
    "the library's script engine": "unit/spiff/test_pinned.py"
    "::test_the_engine_of_the_library_refuses_python",
    "updates lost at once": "process/test_races.py"
    "::test_two_items_of_one_case_are_completed_at_once_and_both_count",
}
ROWS = {**WRONG_WITHOUT_A_WORD, **HANGS_OR_CRASHES, **TIME, **BITES_APPROVALS}


@pytest.mark.parametrize("row", ROWS)
def test_every_trap_has_its_test(row: str) -> None:
    path, _, name = ROWS[row].rpartition("::")
    file = TESTS / path if path else Path(__file__)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.fixture
def database(mostly_sqlite: Database) -> Database:
    """On PostgreSQL as well in the whole run: how tokens are stored is tested on both elsewhere."""
    return mostly_sqlite


def codes(drawn: FlatSources) -> set[str]:
    """What the gate finds on a procedure, without a tenant."""
    return {finding.code for finding in check_diagram(drawn.replaced["p.bpmn"]).findings}


def refused(db: Database, drawn: FlatSources, *named: str) -> None:
    """The procedure cannot be loaded, and these codes say why."""
    with pytest.raises(Refused):
        Player(db, drawn)
    assert codes(drawn) >= set(named)


def variables(player: Player) -> dict[str, Any]:
    """The variables of the case itself."""
    found: dict[str, Any] = player.stage.variables()[str(player.stage.case)]
    return found


def changed(drawn: FlatSources, pattern: str, new: str) -> FlatSources:
    """The procedure with its file rewritten."""
    text = drawn.replaced["p.bpmn"].decode()
    assert re.search(pattern, text)
    written = re.sub(pattern, new, text).encode()
    return FlatSources(procedure="p", replaced={**drawn.replaced, "p.bpmn": written})


# --- accepted without a word, and wrong ----------------------------------------------------


def test_flows_without_ids_lead_where_they_lead(database: Database) -> None:
    drawn = changed(line(user("a")), r'<bpmn:sequenceFlow id="f\d" ', "<bpmn:sequenceFlow ")
    Player(database, drawn).run(("start -> a", "a -> z", "z ->"))


@pytest.mark.parametrize("flag", ["", 'isExecutable="false"'])
def test_a_process_not_marked_executable_runs_once_published(database: Database, flag: str) -> None:
    drawn = changed(line(), 'isExecutable="true"', flag)
    assert "process-not-executable" in codes(drawn)
    Player(database, drawn).run(("start -> z", "z ->"))


def test_a_service_without_a_type_is_refused_and_one_with_runs(database: Database) -> None:
    refused(database, line(el("serviceTask", "x")), "task-type-missing")
    player = Player(database, line(el("serviceTask", "x", extensions=WORK)))
    player.run(("start -> z",))
    assert variables(player) == {"answer": "x"}


def test_a_prefixed_message_is_waited_for(database: Database) -> None:
    refused(database, line(el("receiveTask", "x")), "trigger-missing")
    drawn = line(el("receiveTask", "x", attributes='messageRef="tns:msg"'))
    drawn = changed(drawn, "<bpmn:definitions ", '<bpmn:definitions xmlns:tns="urn:test" ')
    Player(database, drawn).run(("start -> x", "!paid k -> z", "z ->"))


@pytest.mark.parametrize("trigger", ["error err", "escalation esc"])
def test_an_event_sub_process_waits_for_its_event(database: Database, trigger: str) -> None:
    inner = body(user("h"), start=events("startEvent", "os", trigger), end=el("endEvent", "oe"))
    inner = inner.replace('id="i', 'id="o')
    on = el("subProcess", "on", inner, attributes='triggeredByEvent="true"')
    player = Player(database, line(el("subProcess", "x", either(trigger) + on)))
    player.run(("start -> os u", "u=小 -> z", "z ->"))
    player.run(("start -> os u", "u=大 -> h", "h -> z", "z ->"))


def test_an_event_sub_process_interrupts_below_the_top_too(database: Database) -> None:
    start = events("startEvent", "os", "message msg")
    inner = body(user("h"), start=start, end=el("endEvent", "oe")).replace('id="i', 'id="o')
    late = body(
        user("w"), start=el("startEvent", "ts", timer("P9D")), end=el("endEvent", "te")
    ).replace('id="i', 'id="t')
    by_event = 'triggeredByEvent="true"'
    inside = body(user("u"))
    inside += el("subProcess", "on", inner, attributes=by_event)
    inside += el("subProcess", "late", late, attributes=by_event)
    player = Player(database, line(el("subProcess", "x", inside)))
    player.run(("start -> os ts u", "!paid k -> h", "h -> z", "z ->"))
    with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
        assert tx.all(select(timers).where(timers.c.tenant_id == TENANT)) == []


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_a_boundary_event_that_stays_fires_every_time(database: Database, kind: str) -> None:
    send = {"message": "!paid k", "signal": "*放行"}[kind]
    drawn = SHOWN[f"boundaryEvent/{kind}/non-interrupting"].drawn
    player = Player(database, drawn)
    player.run(("start -> a b", f"{send} -> a b h", f"{send} -> a b h h", f"{send} -> a b h h h"))


def test_what_is_queued_behind_an_interruption_is_not_done(database: Database) -> None:
    inner = (
        el("startEvent", "si") + user("u") + el("exclusiveGateway", "ig", attributes='default="i3"')
        + el("parallelGateway", "both") + events("endEvent", "ei", "error err")
        + el("serviceTask", "work", extensions=WORK) + el("endEvent", "done") + el("endEvent", "ok")
        + flows("si -> u", "u -> ig", 'ig -> both if =note = "大"', "ig -> ok", "both -> ei",
                "both -> work", "work -> done").replace('id="f', 'id="i')
    )  # fmt: skip
    edge = events("boundaryEvent", "b", "error err", 'attachedToRef="sub"')
    drawn = sources(
        START, el("subProcess", "sub", inner), edge, user("z"), user("h"), END,
        flows("s -> sub", "sub -> z", "z -> e", "b -> h", "h -> e"), roots=ERROR,
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> b u", "u=大 -> h"))
    assert "work" not in [step[0] for step in player.stage.path()]
    assert "answer" not in variables(player)


def test_a_link_leads_on_and_the_case_ends(database: Database) -> None:
    shown = SHOWN["intermediateCatchEvent/link"]
    player = Player(database, shown.drawn)
    player.run(shown.lines)
    assert player.status() == "completed"


def test_a_signal_at_the_end_is_heard(database: Database) -> None:
    shown = SHOWN["endEvent/signal"]
    Player(database, shown.drawn).run(shown.lines)


@pytest.mark.parametrize(
    ("step", "key"),
    [
        (throw("compensate", "t").replace(' compensateRef=""', ""), "intermediateThrowEvent"),
        (
            el("boundaryEvent", "b", "<bpmn:compensateEventDefinition/>",
               attributes='attachedToRef="a"'),
            "boundaryEvent",
        ),
        (el("endEvent", "x", "<bpmn:compensateEventDefinition/>"), "endEvent"),
    ],
)  # fmt: skip
def test_compensation_is_refused_by_name(database: Database, step: str, key: str) -> None:
    drawn = sources(START, user("a"), step, END, flows("s -> a", "a -> e"))
    refused(database, drawn, f"unsupported:{key}/compensation")


@pytest.mark.parametrize(
    "row", ["implicitSplit", "sequenceFlow/condition-elsewhere", "sequenceFlow/default-elsewhere"]
)
def test_ways_out_of_a_step_are_taken_as_drawn(database: Database, row: str) -> None:
    Player(database, SHOWN[row].drawn).run(SHOWN[row].lines)


def test_several_starts_are_refused_by_name(database: Database) -> None:
    two = sources(
        START, el("startEvent", "s2"), user("a"), END, flows("s -> a", "s2 -> a", "a -> e")
    )
    refused(database, two, "unsupported:startEvent/several")
    alone = sources(START, user("a"), user("lost"), END, flows("s -> a", "a -> e"))
    refused(database, alone, "unreachable")


def test_the_key_decides_which_of_two_waiters_wakes(database: Database) -> None:
    def waiting(key: str, name: str) -> str:
        return PAID.replace('id="msg"', f'id="{name}"').replace("&quot;k&quot;", key)

    drawn = sources(
        START, user("a"), el("parallelGateway", "g"), catch("message m1", "c1"),
        catch("message m2", "c2"), el("parallelGateway", "j"), END,
        flows("s -> a", "a -> g", "g -> c1", "g -> c2", "c1 -> j", "c2 -> j", "j -> e"),
        roots=waiting("note", "m1") + waiting("&quot;二&quot;", "m2"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> a", "a=一 -> c1 c2", "!paid 二 -> c1", "!paid 二 -> c1", "!paid 一 ->"))
    same = changed(drawn, 'messageRef="m2"', 'messageRef="m1"')
    assert "message-ambiguous" in codes(same)


def test_an_event_gateway_with_equal_messages_is_refused(database: Database) -> None:
    drawn = sources(
        START, el("eventBasedGateway", "g"), catch("message msg", "c1"),
        catch("message msg", "c2"), END,
        flows("s -> g", "g -> c1", "g -> c2", "c1 -> e", "c2 -> e"), roots=ROOTS,
    )  # fmt: skip
    refused(database, drawn, "event-gateway-equal")


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (el("complexGateway", "x"), "unsupported:complexGateway"),
        (el("adHocSubProcess", "x", user("u")), "unsupported:adHocSubProcess"),
        (el("task", "x", attributes='startQuantity="2"'), "unsupported:tokenQuantity"),
        (
            el("task", "x", many().replace("isSequential", 'behavior="One" isSequential')),
            "unsupported:multiInstance/complex-behavior",
        ),
    ],
)
def test_what_has_no_agreed_execution_is_refused(database: Database, step: str, code: str) -> None:
    refused(database, line(step), code)


def test_a_sub_process_does_not_take_the_documentation_of_what_is_in_it(
    database: Database,
) -> None:
    inner = body(user("u", inner="<bpmn:documentation>里面的</bpmn:documentation>"))
    drawn = line(el("subProcess", "x", inner))
    process = read_diagram(drawn.replaced["p.bpmn"]).diagram.process("p")
    texts = {node.id: node.documentation for node in process.body.walk()}
    assert (texts["x"], texts["u"]) == ("", "里面的")
    Player(database, drawn).run(("start -> u", "u -> z", "z ->"))


@pytest.mark.parametrize("reserved", ["Start", "End", "Root"])
def test_ids_of_internal_specs_are_refused_by_name(database: Database, reserved: str) -> None:
    refused(database, line(user(reserved)), "id-reserved")


def test_an_empty_declaration_of_data_does_not_fail(database: Database) -> None:
    empty = (
        '<bpmn:ioSpecification id="io"><bpmn:dataInput id="di"/><bpmn:inputSet>'
        "<bpmn:dataInputRefs>di</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/>"
        "</bpmn:ioSpecification>"
    )
    Player(database, line(user("a", inner=empty))).run(("start -> a", "a -> z", "z ->"))


# --- what hangs or crashes others -----------------------------------------------------------


def test_a_lost_data_reference_below_two_levels_is_read(database: Database) -> None:
    lost = (
        '<bpmn:dataInputAssociation id="da"><bpmn:sourceRef>gone</bpmn:sourceRef>'
        "<bpmn:targetRef>nowhere</bpmn:targetRef></bpmn:dataInputAssociation>"
    )
    inner = body(user("u", inner=lost))
    middle = (
        el("startEvent", "ms") + el("subProcess", "deep", inner) + el("endEvent", "me")
        + flows("ms -> deep", "deep -> me").replace('id="f', 'id="m')
    )  # fmt: skip
    Player(database, line(el("subProcess", "x", middle))).run(("start -> u", "u -> z", "z ->"))


def test_a_chain_of_many_steps_runs_and_a_longer_one_is_refused(database: Database) -> None:
    def chain(count: int) -> FlatSources:
        return line(*(el("task", f"t{number}") for number in range(count)))

    Player(database, chain(280)).run(("start -> z", "z ->"))
    assert "too-many-nodes" in codes(chain(600))


def test_a_circle_without_a_wait_is_refused(database: Database) -> None:
    drawn = sources(
        START, el("exclusiveGateway", "m"), el("task", "t"),
        el("exclusiveGateway", "g", attributes='default="f3"'), END,
        flows("s -> m", "m -> t", "t -> g", "g -> e", "g -> m if =true"),
    )  # fmt: skip
    refused(database, drawn, "loop-without-wait")


def test_a_process_that_calls_itself_is_refused(database: Database) -> None:
    call = el("callActivity", "x", extensions='<zeebe:calledElement processId="p"/>')
    refused(database, line(call), "calls-itself")


def test_a_million_instances_are_an_incident_and_others_go_on(database: Database) -> None:
    million = many(number="=if note = &quot;百万&quot; then 1000000 else 1")
    player = Player(database, line(user("a"), user("b", inner=million)))
    player.run(("start -> a",))
    assert player.town.complete("applicant", "a", note="百万").incident is not None
    other = player.another()
    other.act("start")
    (item,) = [i for i in player.town.items("applicant") if i.status == "offered"]
    assert (item.element, item.case_id) == ("a", other.stage.case)


@pytest.mark.parametrize(
    "expression",
    ["=__import__('os').getpid()", "=open('/etc/passwd').read()", "=().__class__.__bases__"],
)
def test_python_in_a_diagram_is_refused_and_never_run(database: Database, expression: str) -> None:
    drawn = sources(
        START, user("a"), user("b"), user("c"), END,
        flows("s -> a", f"a -> b if {expression}", "a -> c", "b -> e", "c -> e"),
    )  # fmt: skip
    with pytest.raises(Refused):
        Player(database, drawn)
    named = {finding.code for finding in check_diagram(drawn.replaced["p.bpmn"]).findings}
    assert named & {"expression-syntax", "unknown-function"}


# --- time ----------------------------------------------------------------------------------


def test_the_row_of_a_timer_is_the_truth(database: Database) -> None:
    player = Player(database, line(catch("timer P1D")))
    player.run(("start -> c", "+23h -> c"))
    with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(timers).where(timers.c.tenant_id == TENANT))
    assert row.due_at.isoformat() == "2026-03-03T01:30:00+00:00"
    player.run(("+1h -> z", "z ->"))


def test_a_month_after_the_last_of_january_is_in_february(database: Database) -> None:
    player = Player(database, line(user("a"), catch("timer P1M")))
    player.run(("start -> a", f"+{334 * 24}h -> a"))
    assert player.town.clock.now().strftime("%m-%d") == "01-30"
    player.run(("+24h -> a", "a -> c"))
    with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(timers).where(timers.c.tenant_id == TENANT))
    assert row.due_at.isoformat() == "2027-02-28T01:30:00+00:00"


# --- what bites approvals -------------------------------------------------------------------


def rounds(kind: str, *conditions: str) -> FlatSources:
    """Two opinions, joined, and a decision that may lead back to the first step."""
    first, second = conditions or ("", "")
    return sources(
        START, user("a"), el(kind, "split"), user("x"), user("y"), el(kind, "join"), user("d"),
        el("exclusiveGateway", "again", attributes='default="f8"'), END,
        flows("s -> a", "a -> split", f"split -> x{first}", f"split -> y{second}", "x -> join",
              "y -> join", "join -> d", "d -> again", "again -> e", 'again -> a if =note = "退"'),
    )  # fmt: skip


@pytest.mark.parametrize("orders", [("xy", "xy"), ("xy", "yx"), ("yx", "xy"), ("yx", "yx")])
def test_a_parallel_join_waits_in_every_round(database: Database, orders: tuple[str, str]) -> None:
    player = Player(database, rounds("parallelGateway"))
    player.run(("start -> a",))
    for first, second in orders:
        player.run(("a -> x y", f"{first} -> {second}", f"{second} -> d", "d=退 -> a"))


@pytest.mark.parametrize("orders", [("xy", "yx"), ("yx", "xy")])
def test_an_inclusive_join_waits_in_every_round(
    database: Database, orders: tuple[str, str]
) -> None:
    player = Player(database, rounds("inclusiveGateway", " if =true", " if =true"))
    player.run(("start -> a",))
    for first, second in orders:
        player.run(("a -> x y", f"{first} -> {second}", f"{second} -> d", "d=退 -> a"))


def test_what_both_branches_have_said_is_there_after_the_join(database: Database) -> None:
    keep = '<zeebe:output source="={0}" target="{1}"/>'
    drawn = sources(
        START, el("parallelGateway", "g"), user("x", outputs=keep.format("note", "first")),
        user("y", outputs=keep.format("note", "second")), el("parallelGateway", "j"), user("z"),
        END, flows("s -> g", "g -> x", "g -> y", "x -> j", "y -> j", "j -> z", "z -> e"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> x y", "y=乙 -> x", "x=甲 -> z"))
    assert variables(player) == {"first": "甲", "second": "乙"}


def voting(*more: str, output: str = "") -> FlatSources:
    """Three votes of which two are enough, and a step behind that may ask for them again."""
    marker = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
        f'<zeebe:loopCharacteristics inputCollection="=[1, 2, 3]" {output}/>'
        "</bpmn:extensionElements><bpmn:completionCondition>=numberOfCompletedInstances &gt;= 2"
        "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    return sources(
        START, user("v", inner=marker), user("d"), *more,
        el("exclusiveGateway", "g", attributes='default="f3"'), END,
        flows("s -> v", "v -> d", "d -> g", "g -> e", 'g -> v if =note = "退"'), roots=ROOTS,
    )  # fmt: skip


def test_two_of_three_are_enough(database: Database) -> None:
    Player(database, voting()).run(("start -> v v v", "v -> v v", "v -> d", "d ->"))


def test_an_output_list_begins_anew_in_the_second_round(database: Database) -> None:
    drawn = voting(output='outputCollection="votes" outputElement="=note"')
    player = Player(database, drawn)
    player.run(("start -> v v v", "v=一 -> v v", "v=二 -> d"))
    assert variables(player)["votes"] == ["一", "二"]
    player.run(("d=退 -> v v v", "v=三 -> v v", "v=四 -> d"))
    assert variables(player)["votes"] == ["三", "四"]


def test_votes_cast_before_an_interruption_are_kept_as_records(database: Database) -> None:
    marker = many().replace("[1, 2]", "[1, 2, 3]")
    edge = el("boundaryEvent", "late", timer("P1D"), attributes='attachedToRef="v"')
    drawn = sources(
        START, user("v", inner=marker), edge, user("z"), END,
        flows("s -> v", "v -> e", "late -> z", "z -> e"),
    )  # fmt: skip
    player = Player(database, drawn)
    player.run(("start -> late v v v", "v=赞成 -> late v v", "+25h -> z", "z=结束 ->"))
    with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
        rows = tx.all(select(records).where(records.c.tenant_id == TENANT))
    assert sorted(row.content["note"] for row in rows) == ["结束", "赞成"]


def test_a_payload_cannot_write_what_is_not_mapped(database: Database) -> None:
    player = Player(database, line(el("receiveTask", "x", attributes='messageRef="msg"')))
    player.run(("start -> x",))
    town = player.town
    with town.db.tenant(town.tenant_id) as tx:
        publish_message(tx, "paid", "k", {"approved": True}, town.clock.now())
    player.run(("+1h -> z",))
    assert variables(player) == {}


def test_blocks_in_a_row_make_no_tasks_before_they_are_reached(database: Database) -> None:
    names, arrows = [], ["s -> a"]
    last = "a"
    for number in range(7):
        branches = [f"b{number}{letter}" for letter in "xyz"]
        names += [el("parallelGateway", f"g{number}"), el("parallelGateway", f"j{number}")]
        names += [user(branch) for branch in branches]
        arrows += [f"{last} -> g{number}"]
        arrows += [f"g{number} -> {branch}" for branch in branches]
        arrows += [f"{branch} -> j{number}" for branch in branches]
        last = f"j{number}"
    drawn = sources(START, user("a"), *names, END, flows(*arrows, f"{last} -> e"))
    player = Player(database, drawn)
    player.run(("start -> a",))
    with player.town.db.tenant(player.town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(cases).where(cases.c.tenant_id == TENANT))
    assert len(row.state) < 500
    player.run(("a -> b0x b0y b0z",))
