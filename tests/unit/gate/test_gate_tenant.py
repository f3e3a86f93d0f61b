"""The tenant: forms, people, deadlines, bindings, called processes and rigid steps."""

from __future__ import annotations

import pytest
from bpmn.diagrams import (
    END,
    START,
    USER,
    diagram,
    event,
    file,
    line,
    node,
    process,
    read,
    service,
    user,
)

from engine.bpmn.findings import Severity

from .judging import codes, judged, tenant

GOOD = diagram(line(START, user(), END))


def with_user(extensions: str) -> bytes:
    return diagram(line(START, user(extensions=extensions), END))


def test_a_good_diagram_passes_a_full_check() -> None:
    context = tenant(roles=frozenset({"clerk"}), bindings=frozenset({"register.add"}))
    assert codes(diagram(line(START, user(), service(), END)), context) == set()


@pytest.mark.parametrize(
    ("extension", "code", "severity"),
    [
        ("formDefinition", "form-missing", Severity.ERROR),
        ("assignmentDefinition", "assignment-missing", Severity.ERROR),
        ("taskSchedule", "deadline-missing", Severity.WARNING),
    ],
)
def test_a_user_task_has_form_people_and_deadline(
    extension: str, code: str, severity: Severity
) -> None:
    parts = [f"<zeebe:{part}" for part in USER.split("<zeebe:") if part]
    source = with_user("".join(part for part in parts if extension not in part))
    assert judged(source, tenant())[code].severity is severity
    assert codes(source) == set()


def test_a_form_must_exist() -> None:
    found = judged(GOOD, tenant(forms={}))["form-unknown"]
    assert (found.severity, found.element) == (Severity.ERROR, "step")


@pytest.mark.parametrize("name", ["readOnlyFields", "hiddenFields"])
def test_the_fields_a_step_hides_or_locks_must_be_in_its_form(name: str) -> None:
    def listing(fields: str) -> bytes:
        own = f'<zeebe:property name="{name}" value="{fields}"/>'
        return with_user(f"{USER}<zeebe:properties>{own}</zeebe:properties>")

    assert codes(listing("opinion"), tenant()) == set()
    assert judged(listing("opinion, ghost"), tenant())["field-unknown"].element == "step"


@pytest.mark.parametrize("groups", ["clerk, ghost", "ghost@150600"])
def test_a_role_must_exist(groups: str) -> None:
    source = with_user(USER.replace("clerk", groups))
    context = tenant(roles=frozenset({"clerk"}))
    assert "ghost" in judged(source, context)["role-unknown"].zh


@pytest.mark.parametrize(
    "groups", ["clerk", "clerk@150600", "enterprise:1, body:2, person:3", "=roles(level)"]
)
def test_principals_that_are_no_roles_or_are_computed_are_not_looked_up(groups: str) -> None:
    source = with_user(USER.replace("clerk", groups))
    assert "role-unknown" not in codes(source, tenant(roles=frozenset({"clerk"})))


def test_the_role_of_an_escalation_must_exist() -> None:
    own = '<zeebe:properties><zeebe:property name="escalateTo" value="ghost"/></zeebe:properties>'
    assert "role-unknown" in codes(with_user(USER + own), tenant(roles=frozenset({"clerk"})))


def test_a_task_type_must_have_a_function() -> None:
    source = diagram(line(START, service(), END))
    found = judged(source, tenant(bindings=frozenset()))["binding-unknown"]
    assert (found.severity, found.element) == (Severity.ERROR, "serve")


def calling(own: str, *others: str) -> bytes:
    calls = (
        node(
            "callActivity", f"to_{other}", extensions=f'<zeebe:calledElement processId="{other}"/>'
        )
        for other in others
    )
    return file(process(line(START, *calls, END), attributes=f'id="{own}" isExecutable="true"'))


def test_a_called_process_must_exist() -> None:
    found = judged(calling("a", "b"), tenant())["call-unknown"]
    assert (found.severity, found.element) == (Severity.ERROR, "to_b")


def test_what_a_called_process_needs_must_be_given() -> None:
    declared = (
        "<bpmn:extensionElements><zeebe:properties>"
        '<zeebe:property name="inputs" value="title, body"/></zeebe:properties>'
        "</bpmn:extensionElements>"
    )
    called = file(process(declared, line(START, user(), END), attributes='id="b" name="公示"'))
    call = (
        '<zeebe:calledElement processId="b" propagateAllParentVariables="false"/>'
        '<zeebe:ioMapping><zeebe:input source="公告" target="title"/></zeebe:ioMapping>'
    )
    source = diagram(line(START, node("callActivity", "x", extensions=call), END))
    found = judged(source, tenant(processes={"b": called}))["call-input-missing"]
    assert (found.severity, found.element) == (Severity.WARNING, "x")
    assert "body" in found.zh


def test_calls_must_not_go_round() -> None:
    context = tenant(processes={"b": calling("b", "c"), "c": calling("c", "a")})
    found = judged(calling("a", "b"), context)["call-cycle"]
    assert "a → b → c → a" in found.zh


def test_a_circle_further_down_is_found_too() -> None:
    context = tenant(processes={"b": calling("b", "c"), "c": calling("c", "b")})
    assert "call-cycle" in codes(calling("a", "b"), context)


def test_one_process_may_be_called_twice() -> None:
    context = tenant(processes={"b": calling("b", "d"), "c": calling("c", "d"), "d": GOOD_D})
    assert codes(calling("a", "b", "c")) == set()
    assert "call-cycle" not in codes(calling("a", "b", "c"), context)


GOOD_D = file(process(line(START, user(), END), attributes='id="d" isExecutable="true"'))


def test_eight_processes_may_call_one_another_and_nine_may_not() -> None:
    def chain(length: int) -> set[str]:
        below = {f"p{n}": calling(f"p{n}", f"p{n + 1}") for n in range(2, length)}
        last = f"p{length}"
        end = file(process(line(START, user(), END), attributes=f'id="{last}" isExecutable="true"'))
        return codes(calling("p1", "p2"), tenant(processes={**below, last: end}))

    assert "call-too-deep" not in chain(8)
    assert "call-too-deep" in chain(9)


def test_a_loop_around_a_call_that_never_waits_is_an_error() -> None:
    def called(step: str) -> set[str]:
        body = process(line(START, step, END), attributes='id="q" isExecutable="true"')
        source = diagram(
            START,
            node("exclusiveGateway", "j"),
            node("callActivity", "x", extensions='<zeebe:calledElement processId="q"/>'),
            node("exclusiveGateway", "g", attributes='default="back"'),
            END,
            *(
                f'<bpmn:sequenceFlow id="{i}" sourceRef="{s}" targetRef="{t}"/>'
                for i, s, t in (("f1", "start", "j"), ("f2", "j", "x"), ("f3", "x", "g"))
            ),
            '<bpmn:sequenceFlow id="back" sourceRef="g" targetRef="j"/>',
            '<bpmn:sequenceFlow id="out" sourceRef="g" targetRef="end">'
            "<bpmn:conditionExpression>=true</bpmn:conditionExpression></bpmn:sequenceFlow>",
        )
        return codes(source, tenant(processes={"q": file(body)}))

    assert "loop-without-wait" in called(service())
    assert "loop-without-wait" not in called(user())


RIGID = (
    '<zeebe:properties><zeebe:property name="rigid" value="true"/>'
    '<zeebe:property name="legalBasis" value="第十条"/></zeebe:properties>'
)


def variant_of(parent: str, child: str) -> set[str]:
    above = read(diagram(line(START, parent, END)))
    return codes(diagram(line(START, child, END)), tenant(rigid_parent=above))


def rigid(extensions: str = USER, node_id: str = "step") -> str:
    return user(node_id, extensions=extensions + RIGID)


def test_a_variant_that_keeps_the_rigid_step_passes() -> None:
    assert variant_of(rigid(), rigid()) == set()


def test_a_variant_may_change_what_is_not_rigid() -> None:
    assert variant_of(user(), user("other")) == set()


def test_a_rigid_step_must_not_be_removed() -> None:
    assert "rigid-missing" in variant_of(rigid(), rigid(node_id="other"))


def test_a_rigid_step_must_not_change_its_type() -> None:
    other = node("manualTask", "step", extensions=RIGID)
    assert "rigid-missing" in variant_of(rigid(), other)


def test_the_removal_of_a_rigid_step_names_the_legal_basis() -> None:
    above = read(diagram(line(START, rigid(), END)))
    found = judged(GOOD.replace(b'"step"', b'"x"'), tenant(rigid_parent=above))["rigid-missing"]
    assert "第十条" in found.remedy_zh


def test_a_rigid_step_must_not_be_reassigned() -> None:
    assert "rigid-reassigned" in variant_of(rigid(), rigid(USER.replace("clerk", "friend")))


def test_a_rigid_step_must_stay_marked() -> None:
    assert variant_of(rigid(), user()) == {"rigid-unmarked"}


@pytest.mark.parametrize(
    ("above", "below", "kept"),
    [
        ("P5D", "P5D", True),
        ("P5D", "P10D", True),
        ("P5D", "P4D", False),
        ("P5D", "", False),
        ("P5D", "PT200H", False),
        ("=working days(5)", "= working days( 5 )", True),
        ("=working days(5)", "=working days(7)", True),
        ("=working days(5)", "=working days(3)", False),
        ("=working days(5)", "=working days(x)", False),
        ("=parameter(&quot;a&quot;)", "=parameter(&quot;b&quot;)", False),
        ("", "P1D", True),
    ],
)
def test_a_rigid_deadline_must_not_be_shortened(above: str, below: str, kept: bool) -> None:
    found = variant_of(rigid(USER.replace("P5D", above)), rigid(USER.replace("P5D", below)))
    assert ("rigid-shortened" not in found) is kept


def test_a_rigid_period_of_a_timer_must_not_be_shortened() -> None:
    def period(text: str) -> str:
        timer = f"<bpmn:timeDuration>{text}</bpmn:timeDuration>"
        inner = f"<bpmn:timerEventDefinition>{timer}</bpmn:timerEventDefinition>"
        drawn = event("intermediateCatchEvent", "wait", inner)
        extension = f"<bpmn:extensionElements>{RIGID}</bpmn:extensionElements>"
        return drawn.replace(
            "<bpmn:timerEventDefinition>", extension + "<bpmn:timerEventDefinition>"
        )

    assert variant_of(period("P5D"), period("P6D")) == set()
    assert variant_of(period("P5D"), period("P4D")) == {"rigid-shortened"}
