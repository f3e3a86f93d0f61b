"""Values of fitting kinds: from forms, earlier steps, mappings, loops and bindings."""

from __future__ import annotations

import pytest
from bpmn.diagrams import (
    END,
    START,
    USER,
    diagram,
    flow,
    line,
    loop,
    mapping,
    node,
    script,
    user,
)

from engine.gate.context import GateContext

from .judging import codes, judged, tenant

FORM = {
    "amount": "number",
    "title": "string",
    "on": "string",
    "agreed": "boolean",
    "rows": "list<context>",
}
KINDS = {"kinds-mixed", "kind-unfit"}
SCORE = {"score.sheet": {"total": "number", "passed": "boolean"}}


def known(**more: object) -> GateContext:
    results = {name: frozenset(kinds) for name, kinds in SCORE.items()}
    given: dict[str, object] = {
        "forms": {"review": FORM, "other": {"amount": "string"}},
        "results": results,
        "result_kinds": SCORE,
    }
    return tenant(**{**given, **more})  # type: ignore[arg-type]


def deciding(condition: str, *before: str) -> bytes:
    """A user task, other steps, and a choice by a condition."""
    text = condition.replace("&", "&amp;").replace("<", "&lt;")
    choice = node("exclusiveGateway", "x", attributes='default="f_x_end"')
    parts = (START, user(), *before, choice)
    return diagram(
        line(*parts),
        flow("x", "more", condition=text),
        user("more"),
        flow("more", "end"),
        END,
        flow("x", "end"),
    )


@pytest.mark.parametrize(
    "condition",
    [
        '=amount = "3"',
        "=title > 3",
        "=amount",
        "=amount + 1",
        '=on < date("2026-01-01")',
        '=on + duration("P5D") > today()',
        "=agreed and title",
        "=case.number = 3",
        "=count(title) > 1",
    ],
)
def test_a_condition_that_cannot_work_is_an_error_on_its_flow(condition: str) -> None:
    found = judged(deciding(condition), known())
    (code,) = found.keys() & KINDS
    assert found[code].element == "f_x_more"
    assert found[code].blocks


@pytest.mark.parametrize(
    "condition",
    [
        "=amount > 3",
        "=agreed",
        '=title = "a" and not(agreed)',
        '=date(on) < date("2026-01-01")',
        "=amount = null",
        "=count(rows) > 1",
        "=some r in rows satisfies r.x = 1",
        "=stranger = 3",
        '=parameter("n") > amount',
    ],
)
def test_a_condition_that_may_work_is_no_finding(condition: str) -> None:
    assert not codes(deciding(condition), known()) & KINDS


def test_the_result_of_an_earlier_script_has_a_kind() -> None:
    assert "kinds-mixed" in codes(
        deciding("=total = title", script("s", "=amount * 2", "total")), known()
    )
    assert (
        not codes(deciding("=total = amount", script("s", "=amount * 2", "total")), known()) & KINDS
    )


def test_what_is_computed_of_what_was_computed_has_a_kind() -> None:
    steps = (script("s", "=amount * 2", "first"), script("t", "=first + 1", "second"))
    assert "kinds-mixed" in codes(deciding('=second = "x"', *steps), known())


def test_a_variable_of_two_kinds_goes_with_both() -> None:
    steps = (script("s", "=amount", "either"), script("t", "=title", "either"))
    assert not codes(deciding('=either = "x" or either = 3', *steps), known()) & KINDS
    assert "kinds-mixed" in codes(deciding("=either = true", *steps), known())


def test_a_mapping_gives_its_variable_a_kind_and_hides_the_form_s_own() -> None:
    mapped = user("second", extensions=USER + mapping("output =title name"))
    assert "kinds-mixed" in codes(deciding("=name = 3", mapped), known())
    assert not codes(deciding('=name = "x"', mapped), known()) & KINDS


def test_a_mapping_of_text_and_number_is_found_on_its_element() -> None:
    mapped = user("second", extensions=USER + mapping("output =amount+title name"))
    found = judged(diagram(line(START, mapped, END)), known())["kinds-mixed"]
    assert (found.element, found.blocks) == ("second", True)
    assert "amount" in found.zh
    assert "title" in found.zh


def test_fields_of_another_step_s_form_that_are_not_mapped_do_not_count() -> None:
    other = USER.replace("review", "other") + mapping("output =amount words")
    step = user("second", extensions=other)
    assert not codes(deciding('=words = "x" and amount > 3', step), known()) & KINDS


def test_the_results_of_a_binding_have_the_kinds_it_tells() -> None:
    def scored(condition: str) -> bytes:
        task = '<zeebe:taskDefinition type="score.sheet"/>' + mapping("output =total points")
        return deciding(condition, node("serviceTask", "score", extensions=task))

    assert "kinds-mixed" in codes(scored("=points = title"), known())
    assert not codes(scored("=points > amount"), known()) & KINDS
    untold = known(result_kinds={})
    assert not codes(scored("=points = title"), untold) & KINDS


def test_a_collection_is_a_list_and_a_completion_condition_yes_or_no() -> None:
    wrong = user("many", loop(collection="=amount"))
    assert judged(diagram(line(START, user(), wrong, END)), known())["kind-unfit"].element == "many"
    done = "<bpmn:completionCondition>=numberOfCompletedInstances</bpmn:completionCondition>"
    counted = user("many", loop(done, collection="=rows"))
    assert "kind-unfit" in codes(diagram(line(START, user(), counted, END)), known())
    right = done.replace("Instances<", "Instances &gt;= 2<")
    enough = user("many", loop(right, collection="=rows"))
    assert not codes(diagram(line(START, user(), enough, END)), known()) & KINDS


@pytest.mark.parametrize(
    ("extension", "fits"),
    [
        ('<zeebe:taskSchedule dueDate="=agreed"/>', False),
        ('<zeebe:taskSchedule dueDate="=working days(5)"/>', True),
        ('<zeebe:taskSchedule dueDate="=on"/>', True),
        ('<zeebe:assignmentDefinition candidateGroups="=amount"/>', False),
        ('<zeebe:assignmentDefinition candidateGroups="=[title]"/>', True),
    ],
)
def test_deadlines_are_times_and_people_are_texts(extension: str, fits: bool) -> None:
    name = extension.partition(" ")[0]
    kept = "".join(f"<{part}" for part in USER.split("<") if part and name[1:] not in part)
    source = diagram(line(START, user(), user("second", extensions=kept + extension), END))
    assert ("kind-unfit" not in codes(source, known())) is fits


def test_whom_an_overdue_step_is_told_to_is_an_expression_like_others() -> None:
    def telling(value: str) -> bytes:
        own = f'<zeebe:property name="escalateTo" value="{value}"/>'
        return diagram(
            line(
                START,
                user(),
                user("second", extensions=f"{USER}<zeebe:properties>{own}</zeebe:properties>"),
                END,
            )
        )

    assert "expression-syntax" in codes(telling("=(("), known())
    assert "unknown-name" in codes(telling("=nobody"), known())
    assert "kind-unfit" in codes(telling("=amount"), known())
    assert not codes(telling("=title"), known()) & (KINDS | {"unknown-name"})


def test_what_a_message_brings_may_be_of_any_kind() -> None:
    roots = '<bpmn:message id="msg" name="m"/>'
    for brought, wrong in (("intermediateCatchEvent", False), ("userTask", True)):
        extensions = mapping("output =amount+title sum") + (USER if wrong else "")
        inner = "" if wrong else '<bpmn:messageEventDefinition messageRef="msg"/>'
        step = node(brought, "c", inner, extensions=extensions)
        found = codes(diagram(line(START, user(), step, END), roots=roots), known())
        assert ("kinds-mixed" in found) is wrong


def test_nothing_is_said_of_kinds_when_any_step_may_set_any_name() -> None:
    call = node("callActivity", "c", extensions='<zeebe:calledElement processId="far"/>')
    assert not codes(deciding('=amount = "3"', call), known()) & KINDS
    assert "kinds-mixed" in codes(deciding('=1 = "3"', call), known())
