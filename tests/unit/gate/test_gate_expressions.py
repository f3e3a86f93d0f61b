"""Expressions: they are FEEL, they compile, and they name and call what exists."""

from __future__ import annotations

import pytest
from bpmn.diagrams import (
    END,
    ROOTS,
    START,
    USER,
    diagram,
    event,
    flow,
    line,
    loop,
    mapping,
    node,
    script,
    user,
)

from engine.bpmn.findings import Severity

from .judging import codes, judged, tenant


def deciding(condition: str, *, before: str = "") -> bytes:
    steps = (before,) if before else ()
    return diagram(
        line(START, *steps, node("exclusiveGateway", "g", attributes='default="f_g_end"')),
        user("a", name="甲"),
        END,
        flow("g", "a", condition=condition),
        flow("g", "end"),
        flow("a", "end"),
    )


@pytest.mark.parametrize("condition", ["yes", "通过", "true"])
def test_a_condition_in_plain_words_is_an_error(condition: str) -> None:
    found = judged(deciding(condition))["expression-not-feel"]
    assert (found.severity, found.element) == (Severity.ERROR, "f_g_a")


@pytest.mark.parametrize("condition", ["${x == 'y'}", "#{x}"])
def test_an_expression_of_another_engine_is_an_error(condition: str) -> None:
    assert judged(deciding(condition))["expression-foreign"].element == "f_g_a"


@pytest.mark.parametrize("condition", ["=", "= 1 +", "=(", '="a', "=x = = y"])
def test_an_expression_that_does_not_compile_is_an_error(condition: str) -> None:
    found = judged(deciding(condition))["expression-syntax"]
    assert (found.severity, found.element) == (Severity.ERROR, "f_g_a")


def test_a_function_nobody_knows_is_an_error() -> None:
    found = judged(deciding("=launch(1)"))["unknown-function"]
    assert "launch" in found.zh


@pytest.mark.parametrize(
    "condition",
    ["=count(items) > 1", "=parameter(&quot;x&quot;) = 1", "=today() > date(2025, 1, 1)"],
)
def test_functions_of_feel_and_of_the_engine_are_known(condition: str) -> None:
    assert codes(deciding(condition.replace(">", "&gt;"))) == set()


@pytest.mark.parametrize(
    "step",
    [
        user("x", extensions=USER.replace("P5D", "=1 +")),
        user("x", extensions=USER.replace('"clerk"', '"=[1"')),
        user("x", extensions=USER + mapping("output =( a")),
        user("x", extensions=USER + '<zeebe:priorityDefinition priority="=)"/>'),
        node(
            "serviceTask",
            "x",
            extensions='<zeebe:taskDefinition type="t"/>' + mapping("input =( a"),
        ),
        script("x", "=1 +"),
        user("x", loop(collection="=[")),
        user("x", loop("<bpmn:completionCondition>=&gt;</bpmn:completionCondition>")),
        event(
            "intermediateCatchEvent",
            "x",
            "<bpmn:timerEventDefinition><bpmn:timeDuration>=(</bpmn:timeDuration>"
            "</bpmn:timerEventDefinition>",
        ),
    ],
)
def test_every_place_of_an_expression_is_compiled(step: str) -> None:
    found = judged(diagram(line(START, step, END)))
    assert found["expression-syntax"].element == "x"


def test_a_correlation_key_is_compiled() -> None:
    roots = ROOTS.replace("=case.number", "=(")
    step = event("intermediateCatchEvent", "x", "message")
    assert "expression-syntax" in codes(diagram(line(START, step, END), roots=roots))


@pytest.mark.parametrize("text", ["departments", "3"])
def test_a_collection_must_be_an_expression(text: str) -> None:
    source = diagram(line(START, user(inner=loop(collection=text)), END))
    assert "expression-not-feel" in codes(source)


def test_literals_are_allowed_where_they_make_sense() -> None:
    source = diagram(line(START, user(extensions=USER + mapping("output ready state")), END))
    assert codes(source) == set()


def test_a_name_from_nowhere_is_a_warning_with_the_name() -> None:
    found = judged(deciding("=decision = 1", before=user()), tenant())["unknown-name"]
    assert (found.severity, found.element) == (Severity.WARNING, "f_g_a")
    assert "decision" in found.zh


def test_names_are_not_judged_without_a_tenant() -> None:
    assert codes(deciding("=decision = 1", before=user())) == set()


@pytest.mark.parametrize(
    ("before", "name"),
    [
        (user(), "opinion"),
        (user(extensions=USER + mapping("output =opinion verdict")), "verdict"),
        (script("x", "=1", result="total"), "total"),
        (user(inner=loop()), "department"),
        (user(), "case"),
        (user(), "mine"),
    ],
)
def test_names_from_forms_mappings_scripts_loops_and_the_case_are_known(
    before: str, name: str
) -> None:
    context = tenant(variables=frozenset({"mine", "departments"}))
    assert "unknown-name" not in codes(deciding(f"={name} = 1", before=before), context)


@pytest.mark.parametrize(
    "step",
    [
        node(
            "serviceTask",
            "x",
            extensions='<zeebe:taskDefinition type="t"/>' + mapping("output =found known"),
        ),
        node(
            "callActivity",
            "x",
            extensions='<zeebe:calledElement processId="q"/>' + mapping("output =found known"),
        ),
        node(
            "receiveTask",
            "x",
            attributes='messageRef="msg"',
            extensions=mapping("output =found known"),
        ),
    ],
)
def test_what_comes_back_from_outside_may_have_any_name(step: str) -> None:
    source = diagram(line(START, step, END), roots=ROOTS)
    called = diagram(line(START, user(), END)).replace(b'id="p"', b'id="q"')
    assert codes(source, tenant(processes={"q": called})) == set()


def test_an_input_of_a_service_is_no_variable_of_the_process() -> None:
    step = node(
        "serviceTask",
        "x",
        extensions='<zeebe:taskDefinition type="t"/>' + mapping("input 1 lent", "output =r back"),
    )
    assert "unknown-name" in codes(deciding("=lent = 1", before=step), tenant())
    assert codes(deciding("=back = 1", before=step), tenant()) == set()


def test_names_that_callers_give_are_declared_on_the_process() -> None:
    declared = (
        "<bpmn:extensionElements><zeebe:properties>"
        '<zeebe:property name="inputs" value="title, decision"/>'
        "</zeebe:properties></bpmn:extensionElements>"
    )
    source = deciding("=decision = 1", before=user())
    source = source.replace(b'isExecutable="true">', b'isExecutable="true">' + declared.encode())
    assert codes(source, tenant()) == set()


def test_counts_are_known_in_a_completion_condition_only() -> None:
    done = "<bpmn:completionCondition>=numberOfCompletedInstances = 2</bpmn:completionCondition>"
    context = tenant(variables=frozenset({"departments"}))
    source = diagram(line(START, user(inner=loop(done)), END))
    assert codes(source, context) == set()
    assert "unknown-name" in codes(deciding("=numberOfCompletedInstances = 2"), context)


def test_names_are_not_judged_when_a_binding_may_give_any() -> None:
    step = node("serviceTask", "x", extensions='<zeebe:taskDefinition type="register.read"/>')
    source = deciding("=level = 1", before=step)
    assert codes(source, tenant()) == set()
    known = tenant(results={"register.read": frozenset({"status"})})
    assert "unknown-name" in codes(source, known)
    assert codes(source, tenant(results={"register.read": frozenset({"level"})})) == set()


def test_a_parameter_the_tenant_does_not_have_is_an_error() -> None:
    source = deciding("=parameter(&quot;pass.line&quot;) = 60")
    assert codes(source, tenant(parameters=frozenset({"pass.line"}))) == set()
    found = judged(source, tenant(parameters=frozenset()))["unknown-parameter"]
    assert (found.severity, found.element) == (Severity.ERROR, "f_g_a")


def test_the_subject_of_a_case_is_compiled() -> None:
    own = '<zeebe:property name="subject" value="=mine +"/>'
    extension = (
        "<bpmn:extensionElements><zeebe:properties>"
        f"{own}</zeebe:properties></bpmn:extensionElements>"
    )
    found = judged(diagram(extension, line(START, user(), END)))["expression-syntax"]
    assert found.element == "p"
