"""A scenario is played for real where nothing outside can happen, a state after every step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from decisions.tables import column, decision, file, output, rule, table
from drawn import timer

from engine.dry_run.run import try_scenario
from engine.dry_run.trial import Surroundings, Trial

from .trying import END, START, drawn, el, flows, line, names, played, service, user

GONE = '<bpmn:errorEventDefinition errorRef="E"/>'
ERROR = '<bpmn:error id="E" errorCode="gone"/>'
PAID = (
    '<bpmn:message id="m" name="paid"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>'
)
BY_MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
TAKE = '<zeebe:ioMapping><zeebe:output source="=amount" target="amount"/></zeebe:ioMapping>'


def catch(inner: str, extensions: str = "") -> str:
    return el("intermediateCatchEvent", "wait", inner, extensions)


def test_a_state_stands_after_every_step() -> None:
    answer = played(
        line(user("a"), user("b", "nobody-has-this-role", due="=nonsense")),
        {"expect": {"active": ["a"]}},
        {"complete": "a", "variables": {"note": "x", "count": 2}},
        {"complete": "b"},
        variables={"given": [1]},
    )
    assert answer["ok"]
    first, second, third = answer["steps"]
    assert first == {
        "active": [{"id": "a", "name": "a"}],
        "completed": False,
        "variables": {"given": [1]},
        "incidents": [],
        "waiting": [],
    }
    assert names(second) == ["b"]
    assert second["variables"] == {"given": [1], "note": "x", "count": 2}
    assert (third["active"], third["completed"]) == ([], True)


def test_a_service_waits_until_the_scenario_answers_for_it() -> None:
    outputs = '<zeebe:output source="=total * 2" target="twice"/>'
    answer = played(
        line(service(outputs=outputs), user("b")),
        {"expect": {"active": ["svc"], "completed": False}},
        {"complete": "svc", "variables": {"total": 4}},
        {"expect": {"active": ["b"], "variables": {"twice": 8}}},
    )
    assert answer["ok"]
    assert [state["incidents"] for state in answer["steps"]] == [[], [], []]
    assert answer["steps"][-1]["variables"] == {"twice": 8}


def test_the_clock_does_not_answer_for_a_service() -> None:
    answer = played(line(service()), {"advance": "P30D"}, {"expect": {"active": ["svc"]}})
    assert answer["ok"]
    assert answer["steps"][0]["incidents"] == []


def test_a_service_may_throw_an_error_that_is_caught() -> None:
    edge = el("boundaryEvent", "edge", GONE, attributes='attachedToRef="svc"')
    arrows = flows("s -> svc", "svc -> a", "a -> e", "edge -> b", "b -> e")
    source = drawn(START, service(), edge, user("a"), user("b"), END, arrows, roots=ERROR)
    answer = played(source, {"error": "gone", "at": "svc"}, {"expect": {"active": ["b"]}})
    assert answer["ok"]


def test_an_error_nobody_catches_is_an_incident() -> None:
    answer = played(line(service()), {"error": "gone", "at": "svc"})
    (incident,) = answer["steps"][0]["incidents"]
    assert (incident["element"], incident["code"]) == ("svc", "uncaught_error")


def test_scripts_decisions_and_gateways_run_for_real() -> None:
    grade = file(
        decision(
            "grade",
            table(
                column("twice", "number"), output("g"), rule("> 5", "=>", '"big"'),
                rule("<= 5", "=>", '"small"'),
            ),
        )
    )  # fmt: skip
    script = '<zeebe:script expression="=note * 2" resultVariable="twice"/>'
    called = '<zeebe:calledDecision decisionId="grade" resultVariable="grade"/>'
    source = drawn(
        START, user("a"), el("scriptTask", "calc", extensions=script),
        el("businessRuleTask", "judge", extensions=called),
        el("exclusiveGateway", "g", attributes='default="f4"'), user("big"), user("small"), END,
        flows("s -> a", "a -> calc", "calc -> judge", "judge -> g", "g -> small",
              "g -> big if =grade = &quot;big&quot;", "big -> e", "small -> e"),
    )  # fmt: skip
    steps = ({"complete": "a", "variables": {"note": 3}}, {"expect": {"active": ["big"]}})
    answer = played(source, *steps, decisions={"grade": grade})
    assert answer["ok"], answer
    assert answer["steps"][0]["variables"] == {"note": 3, "twice": 6, "grade": "big"}


@pytest.mark.parametrize("correlation", [{"correlation": "o-1"}, {}])
def test_a_message_reaches_the_place_that_waits_for_its_key(correlation: dict[str, str]) -> None:
    source = line(user("a"), catch(BY_MESSAGE, TAKE), user("b"), roots=PAID)
    answer = played(
        source,
        {"complete": "a", "variables": {"order": "o-1"}},
        {"expect": {"active": []}},
        {"expect": {"active": ["wait"]}},
        {"message": "paid", "correlation": "o-2", "variables": {"amount": 1}},
        {"expect": {"active": [], "completed": False}},
        {"message": "paid", **correlation, "variables": {"amount": 7, "secret": 1}},
        {"expect": {"active": ["b"], "variables": {"amount": 7}}},
    )
    assert answer["ok"], answer
    assert names(answer["steps"][0], "waiting") == ["wait"]
    assert "secret" not in answer["steps"][-1]["variables"]


def test_a_message_that_comes_early_is_kept() -> None:
    source = line(user("a"), catch(BY_MESSAGE), user("b"), roots=PAID)
    answer = played(
        source,
        {"message": "paid", "correlation": "o-1"},
        {"complete": "a", "variables": {"order": "o-1"}},
        {"expect": {"active": ["b"]}},
    )
    assert answer["ok"], answer


def test_a_signal_reaches_whoever_waits_for_it() -> None:
    roots = '<bpmn:signal id="g" name="go"/>'
    waits = catch('<bpmn:signalEventDefinition signalRef="g"/>')
    answer = played(
        line(waits, user("b"), roots=roots),
        {"signal": "other"},
        {"expect": {"active": ["wait"]}},
        {"signal": "go"},
        {"expect": {"active": ["b"]}},
    )
    assert answer["ok"], answer


def test_the_clock_fires_timers_in_their_order() -> None:
    edges = "".join(
        el(
            "boundaryEvent",
            f"after{days}",
            timer(f"P{days}D"),
            attributes='attachedToRef="a" cancelActivity="false"',
        )
        for days in (3, 1, 2)
    )
    script = '<zeebe:script expression="=append(told, string(now()))" resultVariable="told"/>'
    source = drawn(
        START, user("a"), edges, el("scriptTask", "note", extensions=script), user("c"), END,
        flows("s -> a", "a -> e", "after1 -> note", "after2 -> note", "after3 -> note",
              "note -> c", "c -> e"),
    )  # fmt: skip
    answer = played(source, {"advance": "PT23H59M"}, {"advance": "P2D"}, variables={"told": []})
    days = [text[:10] for text in answer["steps"][1]["variables"]["told"]]
    assert answer["steps"][0]["variables"] == {"told": []}
    assert days == ["2026-03-03", "2026-03-04"]


def test_working_days_are_those_of_the_tenant_and_the_scenario_sets_parameters() -> None:
    edge = el(
        "boundaryEvent", "late", timer('=working days(parameter("limit"))'),
        attributes='attachedToRef="a"',
    )  # fmt: skip
    source = drawn(START, user("a"), edge, user("b"), END,
                   flows("s -> a", "a -> e", "late -> b", "b -> e"))  # fmt: skip
    around = Surroundings(
        calendar={"days": {"2026-03-03": False}, "complete_years": [2026]}, parameters={"limit": 9}
    )
    answer = played(
        source,
        {"advance": "P2D"},
        {"expect": {"active": ["a"]}},
        {"advance": "P1D"},
        {"expect": {"active": ["b"]}},
        surroundings=around,
        parameters={"limit": 1},
    )
    assert answer["ok"], answer


def test_variables_may_be_set_from_outside() -> None:
    answer = played(
        line(user("a"), el("scriptTask", "calc", extensions=(
            '<zeebe:script expression="=outside + 1" resultVariable="inside"/>'))),
        {"set": {"outside": 1}},
        {"complete": "a"},
        {"expect": {"completed": True, "variables": {"outside": 1.0, "inside": 2}}},
    )  # fmt: skip
    assert answer["ok"], answer


def test_a_step_that_fails_is_an_incident_and_goes_on_once_mended() -> None:
    gateway = el("exclusiveGateway", "g")
    source = drawn(
        START, user("a"), gateway, user("b"), END,
        flows("s -> a", "a -> g", "g -> b if =way = 1", "g -> e if =way = 2", "b -> e"),
    )  # fmt: skip
    answer = played(
        source,
        {"complete": "a", "variables": {"way": 3}},
        {"complete": "a", "variables": {"way": 1}},
        {"expect": {"active": ["b"]}},
    )
    assert answer["ok"], answer
    (incident,) = answer["steps"][0]["incidents"]
    assert (incident["element"], incident["code"]) == ("a", "no_exit")
    assert names(answer["steps"][0]) == ["a"]
    assert answer["steps"][2]["incidents"] == []


def test_called_procedures_run_too_and_instances_are_counted() -> None:
    inner = drawn(START, user("inside"), END, flows("s -> inside", "inside -> e"))
    inner = inner.replace(b'process id="p"', b'process id="inner"')
    called = (
        '<zeebe:calledElement processId="inner"/>',
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=items"/></bpmn:extensionElements>'
        "</bpmn:multiInstanceLoopCharacteristics>",
    )
    source = line(el("callActivity", "call", called[1], called[0]), user("z"))
    answer = played(
        source,
        {"expect": {"active": ["inside", "inside"]}},
        {"complete": "inside"},
        {"expect": {"active": ["inside"]}},
        {"complete": "inside"},
        {"expect": {"active": ["z"]}},
        variables={"items": [1, 2]},
        processes={"inner": inner},
    )
    assert answer["ok"], answer


def test_a_diagram_that_deadlocks_may_be_tried_and_shows_it() -> None:
    source = drawn(
        START, el("exclusiveGateway", "g", attributes='default="f1"'), user("a"), user("b"),
        el("parallelGateway", "join"), END,
        flows("s -> g", "g -> a", "g -> b if =false", "a -> join", "b -> join", "join -> e"),
    )  # fmt: skip
    answer = played(source, {"complete": "a"})
    state = answer["steps"][0]
    assert (state["active"], state["completed"]) == ([], False)
    assert [i["code"] for i in state["incidents"]] == ["deadlock"]


def by_events(*kinds: str) -> bytes:
    """A procedure that only events start, each leading to a task of its own."""
    roots = PAID.replace("=order", "=amount") + '<bpmn:signal id="g" name="go"/>'
    drawings = {"paid": BY_MESSAGE, "go": '<bpmn:signalEventDefinition signalRef="g"/>'}
    starts = "".join(el("startEvent", f"s-{k}", drawings[k], TAKE * (k == "paid")) for k in kinds)
    tasks = "".join(user(f"after {k}".replace(" ", "-")) for k in kinds)
    arrows = [arrow for k in kinds for arrow in (f"s-{k} -> after-{k}", f"after-{k} -> e")]
    return drawn(starts, tasks, END, flows(*arrows), roots=roots)


def test_a_first_message_starts_what_only_messages_start_and_its_payload_is_mapped() -> None:
    answer = played(
        by_events("paid"),
        {"message": "paid", "variables": {"amount": 3, "secret": 1}},
        {"expect": {"active": ["after-paid"], "variables": {"amount": 3, "given": 1}}},
        variables={"given": 1},
    )
    assert answer["ok"], answer
    assert answer["steps"][0]["variables"] == {"amount": 3, "given": 1}


def test_the_event_that_is_named_first_starts_the_procedure() -> None:
    answer = played(by_events("paid", "go"), {"signal": "go"}, {"expect": {"active": ["after-go"]}})
    assert answer["ok"], answer


def test_nothing_can_be_done_before_a_procedure_has_begun() -> None:
    answer = played(by_events("paid", "go"), {"message": "other"}, {"complete": "after-paid"})
    assert not answer["ok"]
    assert [state["active"] for state in answer["steps"]] == [[], []]
    assert all(state["failed"] for state in answer["steps"])


def test_sub_processes_started_by_events_run_too() -> None:
    signal = '<bpmn:signalEventDefinition signalRef="g"/>'
    inside = (
        el("startEvent", "es", signal, attributes='isInterrupting="false"'), user("beside"),
        el("endEvent", "ee"),
        "<bpmn:sequenceFlow id='x1' sourceRef='es' targetRef='beside'/>",
        "<bpmn:sequenceFlow id='x2' sourceRef='beside' targetRef='ee'/>",
    )  # fmt: skip
    sub = el("subProcess", "sub", "".join(inside), attributes='triggeredByEvent="true"')
    source = drawn(START, user("a"), sub, END, flows("s -> a", "a -> e"),
                   roots='<bpmn:signal id="g" name="go"/>')  # fmt: skip
    answer = played(source, {"signal": "go"}, {"expect": {"active": ["a", "beside"]}})
    assert answer["ok"], answer


WRONG: dict[str, tuple[bytes, list[dict[str, Any]]]] = {
    "a task that is not active": (line(user("a")), [{"complete": "b"}]),
    "another task is active": (line(user("a")), [{"expect": {"active": ["b"]}}]),
    "one task too few is named": (line(user("a")), [{"expect": {"active": []}}]),
    "one task too many is named": (line(user("a")), [{"expect": {"active": ["a", "a"]}}]),
    "not completed": (line(user("a")), [{"expect": {"completed": True}}]),
    "another value": (line(user("a")), [{"set": {"x": 1}}, {"expect": {"variables": {"x": 2}}}]),
    "another kind": (line(user("a")), [{"set": {"x": 1}}, {"expect": {"variables": {"x": True}}}]),
    "no such variable": (line(user("a")), [{"expect": {"variables": {"x": None}}}]),
    "an error at a task of a person": (line(user("a")), [{"error": "x", "at": "a"}]),
    "a step after the end": (line(user("a")), [{"complete": "a"}, {"complete": "a"}]),
    "variables after the end": (line(user("a")), [{"complete": "a"}, {"set": {"x": 1}}]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_as_expected_is_told_on_its_step(name: str) -> None:
    source, steps = WRONG[name]
    answer = played(source, *steps)
    assert not answer["ok"]
    assert len(answer["steps"]) == len(steps)
    assert all(f["message"] and f["message_en"] for f in answer["steps"][-1]["failed"])
    assert "failed" not in answer["steps"][0] or len(steps) == 1


REFUSED = {
    "unreadable": (b"<a/>", "not-bpmn"),
    "not executed": (line(el("complexGateway", "g")), "unsupported:complexGateway"),
    "a call to nowhere": (
        line(el("callActivity", "c", extensions='<zeebe:calledElement processId="nowhere"/>')),
        "call-unknown",
    ),
    "calls in a circle": (
        line(el("callActivity", "c", extensions='<zeebe:calledElement processId="q"/>')).replace(
            b"</bpmn:definitions>",
            b'<bpmn:process id="q" isExecutable="true"><bpmn:startEvent id="qs"/>'
            b"<bpmn:callActivity "
            b'id="qc" calledElement="p"/><bpmn:endEvent id="qe"/><bpmn:sequenceFlow id="q1" '
            b'sourceRef="qs" targetRef="qc"/><bpmn:sequenceFlow id="q2" sourceRef="qc" '
            b'targetRef="qe"/></bpmn:process></bpmn:definitions>',
        ),
        "call-cycle",
    ),
    "a decision that is not there": (
        line(
            el(
                "businessRuleTask",
                "d",
                extensions='<zeebe:calledDecision decisionId="x" resultVariable="y"/>',
            )
        ),
        "decision-unknown",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_executed_is_refused_with_its_findings(name: str) -> None:
    source, code = REFUSED[name]
    answer = played(source, {"advance": "P1D"})
    assert list(answer) == ["findings"]
    assert code in {f["code"] for f in answer["findings"]}
    assert all(f["element"] and f["message"] for f in answer["findings"])


def test_a_service_nobody_has_given_a_type_may_be_tried() -> None:
    answer = played(line(el("serviceTask", "svc")), {"complete": "svc"})
    assert answer["ok"]
    assert answer["steps"][0]["completed"]


def test_a_process_may_be_named() -> None:
    assert played(line(user("a")), process="p")["ok"]
    (finding,) = played(line(user("a")), process="q")["findings"]
    assert finding["code"] == "process-unknown"


SCENARIOS: dict[str, Any] = {
    "no object": [],
    "an unknown key": {"stepz": []},
    "no list": {"steps": {}},
    "a step of two kinds": {"steps": [{"complete": "a", "signal": "b"}]},
    "a step of none": {"steps": [{}]},
    "a step that is no object": {"steps": ["complete"]},
    "an unknown key of a step": {"steps": [{"signal": "b", "variables": {}}]},
    "no duration": {"steps": [{"advance": "soon"}]},
    "no names": {"steps": [{"expect": {"active": "a"}}]},
    "no truth": {"steps": [{"expect": {"completed": "yes"}}]},
    "unknown expectation": {"steps": [{"expect": {"done": True}}]},
    "no variables": {"variables": [1]},
    "no moment": {"now": "today"},
    "a moment without zone": {"now": "2026-03-02T09:00:00"},
    "a key that is no text": {"steps": [{"message": "m", "correlation": True}]},
    "too many steps": {"steps": [{"advance": "P1D"}] * 301},
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_that_cannot_be_read_is_told_with_its_place(name: str) -> None:

    trial = Trial(line(user("a")), SCENARIOS[name], datetime(2026, 1, 1, tzinfo=UTC))
    (finding,) = try_scenario(trial)["findings"]
    assert finding["code"] == "scenario_unreadable"
    assert finding["element"]


def test_what_is_given_in_a_sub_process_is_there_after_it() -> None:
    inside = el("startEvent", "si") + user("u") + el("endEvent", "ei")
    body = inside + flows("si -> u", "u -> ei").replace('id="f', 'id="i')
    kept = (
        "<zeebe:ioMapping>" + '<zeebe:output source="=agreed" target="result"/></zeebe:ioMapping>'
    )
    for extensions, seen in (("", {"agreed": True}), (kept, {"result": True})):
        answer = played(
            line(el("subProcess", "sub", body, extensions), user("z")),
            {"complete": "u", "variables": {"agreed": True}},
            {"expect": {"active": ["z"]}},
        )
        assert answer["ok"], answer
        assert answer["steps"][-1]["variables"] == seen


def test_a_completion_condition_sees_what_the_instance_that_ended_gave() -> None:
    many = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
        "<bpmn:completionCondition>=agree = false</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    answer = played(
        line(user("a", inner=many), user("z")),
        {"complete": "a", "variables": {"agree": True}},
        {"expect": {"active": ["a", "a"]}},
        {"complete": "a", "variables": {"agree": False}},
        {"expect": {"active": ["z"], "variables": {}}},
    )
    assert answer["ok"], answer
    assert answer["steps"][-1]["variables"] == {}


TWO = '<bpmn:message id="m" name="paid"/><bpmn:message id="n" name="told"/>'


def begun(*elements: str) -> bytes:
    """Two ways to begin, then the step ``a``."""
    return drawn(*elements, user("a"), END, roots=TWO)


RECEIVED = begun(
    el("receiveTask", "r", attributes='messageRef="m" instantiate="true"'),
    el("receiveTask", "q", attributes='messageRef="n" instantiate="true"'),
    flows("r -> a", "q -> a", "a -> e"),
)
BY_GATEWAY = begun(
    el("eventBasedGateway", "g", attributes='instantiate="true"'),
    el("intermediateCatchEvent", "c", '<bpmn:messageEventDefinition messageRef="m"/>'),
    el("receiveTask", "r", attributes='messageRef="n"'),
    flows("g -> c", "g -> r", "c -> a", "r -> a", "a -> e"),
)


@pytest.mark.parametrize("source", [RECEIVED, BY_GATEWAY])
@pytest.mark.parametrize("name", ["paid", "told"])
def test_what_is_marked_to_begin_a_process_begins_it(source: bytes, name: str) -> None:
    steps = {"message": name}, {"expect": {"active": ["a"], "completed": False}}
    answer = played(source, {"expect": {"active": []}}, *steps, {"complete": "a"})
    assert answer["ok"], answer
    assert answer["steps"][-1]["completed"]


def test_of_several_instances_of_a_sub_process_the_first_is_meant_first() -> None:
    inside = el("startEvent", "si") + user("u") + el("endEvent", "ei")
    inside += flows("si -> u", "u -> ei").replace('id="f', 'id="i')
    many = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="n" '
        'outputCollection="all" outputElement="=n * r"/></bpmn:extensionElements>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    answer = played(
        line(el("subProcess", "sub", inside + many), user("z")),
        {"complete": "u", "variables": {"r": 3}},
        {"complete": "u", "variables": {"r": 10}},
        {"expect": {"active": ["z"], "variables": {"all": [3, 20]}}},
    )
    assert answer["ok"], answer


def test_a_receive_task_may_be_completed_as_if_its_message_had_come() -> None:
    taken = '<zeebe:ioMapping><zeebe:output source="=sum" target="paid"/></zeebe:ioMapping>'
    task = el("receiveTask", "r", extensions=taken, attributes='messageRef="m"')
    answer = played(
        line(task, user("z"), roots=TWO),
        {"expect": {"active": ["r"]}},
        {"complete": "r", "variables": {"sum": 5, "other": 1}},
        {"expect": {"active": ["z"], "variables": {"paid": 5}}},
    )
    assert answer["ok"], answer
    assert answer["steps"][-1]["variables"] == {"paid": 5}
