"""Single elements: what is left open, or cannot be what is written."""

from __future__ import annotations

import pytest
from bpmn.diagrams import (
    END,
    ROOTS,
    START,
    USER,
    boundary,
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

from .judging import codes, judged


def one(step: str, roots: str = ROOTS) -> bytes:
    return diagram(line(START, step, END), roots=roots)


@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "businessRuleTask"])
def test_a_task_without_a_type_would_wait_for_ever(tag: str) -> None:
    found = judged(one(node(tag, "x")))["task-type-missing"]
    assert (found.severity, found.element) == (Severity.ERROR, "x")


@pytest.mark.parametrize(
    "step",
    [
        node("receiveTask", "x"),
        event("intermediateCatchEvent", "x", "<bpmn:messageEventDefinition/>"),
        event("intermediateCatchEvent", "x", "<bpmn:signalEventDefinition/>"),
        event("intermediateThrowEvent", "x", "<bpmn:messageEventDefinition/>"),
        event("intermediateThrowEvent", "x", "<bpmn:escalationEventDefinition/>"),
    ],
)
def test_an_event_without_its_message_or_code_is_an_error(step: str) -> None:
    assert judged(one(step))["trigger-missing"].element == "x"


def test_an_error_end_without_a_code_is_an_error() -> None:
    ended = event("endEvent", "x", "<bpmn:errorEventDefinition/>")
    assert "trigger-missing" in codes(diagram(line(START, user(), ended)))


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_a_boundary_event_may_catch_every_error_or_escalation(kind: str) -> None:
    caught = boundary("b", "step", f"<bpmn:{kind}EventDefinition/>")
    source = diagram(line(START, user(), END), caught, flow("b", "end"))
    assert codes(source) == set()


def test_a_message_may_be_sent_by_a_task_type() -> None:
    sent = node(
        "endEvent",
        "x",
        "<bpmn:messageEventDefinition/>",
        extensions='<zeebe:taskDefinition type="mail.send"/>',
    )
    assert codes(diagram(line(START, user(), sent))) == set()


def test_a_script_needs_an_expression_and_a_variable() -> None:
    assert "script-missing" in codes(one(node("scriptTask", "x")))
    assert "result-variable-missing" in codes(one(script("x", "=1", result="")))


def test_a_script_in_another_language_is_refused() -> None:
    foreign = node("scriptTask", "x", "<bpmn:script>print(1)</bpmn:script>")
    assert {"unknown-element", "script-missing"} <= codes(one(foreign))


def test_a_call_needs_a_process() -> None:
    assert judged(one(node("callActivity", "x")))["call-missing"].element == "x"


def test_a_process_that_calls_itself_is_an_error() -> None:
    call = node("callActivity", "x", extensions='<zeebe:calledElement processId="p"/>')
    assert judged(one(call))["calls-itself"].element == "x"


def test_a_multi_instance_marker_needs_a_collection() -> None:
    bare = user(inner="<bpmn:multiInstanceLoopCharacteristics/>")
    assert judged(one(bare))["loop-collection-missing"].element == "step"


@pytest.mark.parametrize("given", ['outputCollection="all"', 'outputElement="=one"'])
def test_half_an_output_of_a_multi_instance_marker_is_an_error(given: str) -> None:
    marker = loop().replace("inputElement", f"{given} inputElement")
    assert "loop-output-incomplete" in codes(one(user(inner=marker)))


@pytest.mark.parametrize("name", ["1a", "a b", "a-b", "a.b", "="])
def test_a_variable_must_have_a_name_that_expressions_can_use(name: str) -> None:
    assert "bad-variable-name" in codes(one(script("x", "=1", result=name)))


def test_a_mapping_must_have_a_name_to_map_to() -> None:
    mapped = user(extensions=USER + mapping("output =1 "))
    assert "bad-variable-name" in codes(one(mapped))


def test_a_chinese_variable_is_a_name() -> None:
    assert codes(one(script("x", "=1", result="得分"))) == set()


@pytest.mark.parametrize(
    "extension",
    [
        '<zeebe:calledElement processId="=which"/>',
    ],
)
def test_a_called_process_cannot_be_computed(extension: str) -> None:
    assert "static-only" in codes(one(node("callActivity", "x", extensions=extension)))


def test_a_task_type_cannot_be_computed() -> None:
    computed = node("serviceTask", "x", extensions='<zeebe:taskDefinition type="=which"/>')
    assert "static-only" in codes(one(computed))


def test_a_message_name_cannot_be_computed() -> None:
    roots = '<bpmn:message id="m9" name="=which"/>'
    step = event("intermediateCatchEvent", "x", '<bpmn:messageEventDefinition messageRef="m9"/>')
    assert "static-only" in codes(one(step, roots))


def test_a_step_to_return_to_must_exist() -> None:
    def returning(to: str) -> bytes:
        inner = (
            f'<zeebe:properties><zeebe:property name="returnTo" value="{to}"/></zeebe:properties>'
        )
        return diagram(line(START, user("a"), user("b", extensions=USER + inner), END))

    assert codes(returning("a")) == set()
    assert judged(returning("a, gone"))["element-unknown"].element == "b"


def with_property(name: str, value: str) -> bytes:
    own = f'<zeebe:property name="{name}" value="{value}"/>'
    return one(user(extensions=f"{USER}<zeebe:properties>{own}</zeebe:properties>"))


@pytest.mark.parametrize("name", ["returnto", "legalbasis", "Rigid", "clockStops"])
def test_a_property_that_is_almost_known_is_a_warning(name: str) -> None:
    found = judged(with_property(name, "step"))["property-misspelt"]
    assert (found.severity, found.element) == (Severity.WARNING, "step")


def test_a_property_of_the_authors_own_is_fine() -> None:
    assert codes(with_property("archiveShelf", "7")) == set()


def test_a_flag_is_true_or_false() -> None:
    assert codes(with_property("rigid", "false")) == set()
    assert "property-not-boolean" in codes(with_property("rigid", "yes"))


def signing(**properties: str) -> bytes:
    own = "".join(
        f'<zeebe:property name="{name}" value="{value}"/>' for name, value in properties.items()
    )
    return one(user(extensions=f"{USER}<zeebe:properties>{own}</zeebe:properties>"))


def test_a_step_asks_for_a_signature_in_one_word() -> None:
    good = signing(signature="required", signs="step", signerCapacity="初评人")
    assert codes(good) == set()
    assert judged(signing(signature="yes"))["signature-unknown"].element == "step"
    own = '<zeebe:properties><zeebe:property name="signature" value="required"/></zeebe:properties>'
    service = f'<zeebe:taskDefinition type="x"/>{own}'
    assert "signature-unknown" in codes(one(node("serviceTask", "x", extensions=service)))


def test_a_signed_step_joins_no_batch() -> None:
    assert "signature-in-batch" in codes(signing(signature="required", batch="notice"))
    assert "signature-in-batch" not in codes(signing(batch="notice"))


@pytest.mark.parametrize("name", ["signers", "signs", "signerCapacity"])
def test_who_signs_what_means_nothing_without_a_signature(name: str) -> None:
    value = {"signers": "=[]", "signs": "step", "signerCapacity": "x"}[name]
    assert judged(signing(**{name: value}))["signature-missing"].element == "step"


def test_who_signs_is_an_expression_and_what_is_signed_exists() -> None:
    literal = signing(signature="required", signers="leader")
    assert "expression-not-feel" in codes(literal)
    assert "element-unknown" in codes(signing(signature="required", signs="gone"))


def timed(text: str, form: str = "timeDuration") -> bytes:
    inner = (
        f"<bpmn:timerEventDefinition><bpmn:{form}>{text}</bpmn:{form}></bpmn:timerEventDefinition>"
    )
    return one(event("intermediateCatchEvent", "x", inner))


def test_a_timer_must_say_a_time() -> None:
    drawn = event("intermediateCatchEvent", "x", "<bpmn:timerEventDefinition/>")
    assert judged(one(drawn))["timer-missing"].element == "x"
    assert "timer-missing" in codes(timed(""))


@pytest.mark.parametrize("text", ["P5D", "PT30S", "P1M", "P10Y", "PT0S", "=working days(5)"])
def test_durations_within_bounds_are_fine(text: str) -> None:
    assert codes(timed(text)) == set()


@pytest.mark.parametrize("text", ["five days", "5", "P", "-P1D", "P1.5D", "2027-03-01"])
def test_a_duration_that_cannot_be_read_is_an_error(text: str) -> None:
    assert judged(timed(text))["timer-bad"].element == "x"


@pytest.mark.parametrize("text", ["P11Y", "P9999Y", "P4000D", "PT999999999S"])
def test_a_duration_out_of_bounds_is_an_error(text: str) -> None:
    assert judged(timed(text))["timer-out-of-bounds"].element == "x"


@pytest.mark.parametrize("text", ["2027-03-01", "2027-03-01T09:00:00", "2027-03-01T09:00:00+08:00"])
def test_dates_are_fine(text: str) -> None:
    assert codes(timed(text, "timeDate")) == set()


@pytest.mark.parametrize("text", ["1 March", "2027-02-30", "P5D"])
def test_a_date_that_cannot_be_read_is_an_error(text: str) -> None:
    assert "timer-bad" in codes(timed(text, "timeDate"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("R/PT0S", "timer-out-of-bounds"),
        ("R0/PT1H", "timer-out-of-bounds"),
        ("R3/PT59S", "timer-out-of-bounds"),
        ("R101/PT1H", "timer-out-of-bounds"),
        ("R3/P11Y", "timer-out-of-bounds"),
        ("0 0 * * *", "timer-bad"),
    ],
)
def test_a_cycle_out_of_bounds_is_an_error_of_its_own(text: str, code: str) -> None:
    assert code in codes(timed(text, "timeCycle"))


def test_a_cycle_where_a_token_passes_once_is_refused_by_name() -> None:
    assert codes(timed("R3/PT60S", "timeCycle")) == {"unsupported:timer/cycle-once"}


@pytest.mark.parametrize("text", ["R3/PT60S", "R/P1D", "R100/P1M", "=again"])
def test_a_cycle_beside_an_activity_is_fine_as_long_as_it_does_not_interrupt(text: str) -> None:
    cycle = f"<bpmn:timerEventDefinition><bpmn:timeCycle>{text}</bpmn:timeCycle>"
    cycle += "</bpmn:timerEventDefinition>"

    def drawn(*, interrupting: bool) -> bytes:
        edge = boundary("late", "step", cycle, interrupting=interrupting)
        return diagram(line(START, user(), END), line(edge, user("urge"), END.replace("end", "e2")
                       .replace("e2Event", "endEvent")))  # fmt: skip

    assert codes(drawn(interrupting=False)) == set()
    assert codes(drawn(interrupting=True)) == {"unsupported:timer/cycle-once"}


def many(number: str, collection: str = "") -> bytes:
    extension = "<bpmn:extensionElements><zeebe:loopCharacteristics "
    extension += f'inputCollection="{collection}"/></bpmn:extensionElements>'
    inner = f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>"
    marker = f"{extension if collection else ''}{inner}"
    return one(
        user(
            "x",
            f"<bpmn:multiInstanceLoopCharacteristics>{marker}"
            "</bpmn:multiInstanceLoopCharacteristics>",
        )
    )


@pytest.mark.parametrize("number", ["0", "3", "200", "=count(departments)"])
def test_a_number_of_instances_may_be_written_or_computed(number: str) -> None:
    assert codes(many(number)) == set()


@pytest.mark.parametrize("number", ["201", "1000000", "-1", "1.5", "three", "３", "$" + "{n}"])
def test_a_number_of_instances_out_of_bounds_is_an_error(number: str) -> None:
    assert judged(many(number))["loop-cardinality-bad"].element == "x"


def test_a_number_and_a_collection_contradict_each_other() -> None:
    assert judged(many("3", "=departments"))["loop-counted-twice"].element == "x"


def repeated(attributes: str, condition: str = "", tag: str = "userTask") -> bytes:
    inner = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    marker = f"<bpmn:standardLoopCharacteristics {attributes}>{inner}"
    drawn = marker + "</bpmn:standardLoopCharacteristics>"
    return one(user("x", drawn) if tag == "userTask" else node(tag, "x", drawn))


@pytest.mark.parametrize(
    ("attributes", "condition", "code"),
    [
        ("", "", "loop-endless"),
        ('loopMaximum="0"', "=again", "loop-maximum-bad"),
        ('loopMaximum="many"', "=again", "loop-maximum-bad"),
        ("", "again", "expression-not-feel"),
        ("", "=again and", "expression-syntax"),
    ],
)
def test_a_loop_that_cannot_be_run_is_an_error(attributes: str, condition: str, code: str) -> None:
    assert judged(repeated(attributes, condition))[code].element == "x"


@pytest.mark.parametrize("attributes", ["", 'testBefore="true"', 'loopMaximum="3"'])
def test_a_loop_with_a_condition_is_fine(attributes: str) -> None:
    assert codes(repeated(attributes, "=loopCounter != 3")) == set()


def test_a_loop_in_which_nobody_acts_needs_a_maximum() -> None:
    assert judged(repeated("", "=again", "task"))["loop-without-wait"].element == "x"
    assert codes(repeated('loopMaximum="9"', "=again", "task")) == set()


def test_a_loop_and_several_instances_on_one_step_are_an_error() -> None:
    both = loop() + "<bpmn:standardLoopCharacteristics loopMaximum='2'/>"
    assert judged(one(user("x", both)))["element-twice"].element == "x"


def voting(looped: bool = True, **properties: str) -> bytes:
    own = "".join(
        f'<zeebe:property name="{name}" value="{value}"/>' for name, value in properties.items()
    )
    told = f"{USER}<zeebe:properties>{own}</zeebe:properties>"
    return one(user(extensions=told, inner=loop(collection="=[1]") if looped else ""))


@pytest.mark.parametrize(
    ("code", "looped", "properties"),
    [
        ("vote-alone", False, {"vote": "all", "voteYes": "=true"}),
        ("vote-incomplete", True, {"vote": "all"}),
        ("vote-incomplete", True, {"vote": "ratio", "voteYes": "=true"}),
        ("vote-missing", True, {"voteYes": "=true"}),
        ("operation-unknown", True, {"vote": "most", "voteYes": "=true"}),
        ("operation-unknown", True, {"forbids": "transfer,sell"}),
        ("operation-unknown", True, {"resubmit": "later"}),
        ("element-unknown", True, {"separateFrom": "gone"}),
    ],
)
def test_a_vote_and_what_a_step_allows_are_said_in_words_that_hold(
    code: str, looped: bool, properties: dict[str, str]
) -> None:
    assert code in codes(voting(looped, **properties))


def test_a_vote_that_says_everything_is_fine() -> None:
    told = {"vote": "ratio", "voteYes": "=true", "voteNeeded": "0.5", "forbids": "transfer"}
    assert codes(voting(True, **told)) == set()
