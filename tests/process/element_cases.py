"""For every row of the support table that is executed: a procedure that uses it, and its play."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from drawn import END, START, el, flows, sources, timer, user
from element_play import Play, play
from golden_cases import ERROR, SIGNAL, WORK, events
from town import FlatSources

ESCALATION = '<bpmn:escalation id="esc" name="提请" escalationCode="UP"/>'
PAID = (
    '<bpmn:message id="msg" name="paid"><bpmn:extensionElements><zeebe:subscription '
    'correlationKey="=&quot;k&quot;"/></bpmn:extensionElements></bpmn:message>'
)
ROOTS = ERROR + ESCALATION + SIGNAL + PAID
BIG = '=note = "大"'


def line(*steps: str, called: str = "") -> FlatSources:
    """Steps one after another, the last one ``z``."""
    ids = ["s", *(step.split('id="')[1].split('"')[0] for step in steps), "z", "e"]
    arrows = [f"{a} -> {b}" for a, b in itertools.pairwise(ids)]
    return sources(START, *steps, user("z"), END, flows(*arrows), roots=ROOTS, called=called)


def served(step: str) -> FlatSources:
    """A step without people whose result decides the way: to ``z``, else to ``lost``."""
    return sources(
        START, step, el("exclusiveGateway", "g", attributes='default="f2"'),
        user("z"), user("lost"), END,
        flows("s -> x", 'g -> z if =answer = "x"', "g -> lost", "x -> g", "z -> e", "lost -> e"),
    )  # fmt: skip


def body(*steps: str, start: str = "", end: str = "") -> str:
    """The inside of a sub-process: steps between its own start and end."""
    begin, finish = start or el("startEvent", "si"), end or el("endEvent", "ei")
    ids = [part.split('id="')[1].split('"')[0] for part in (begin, *steps, finish)]
    arrows = flows(*(f"{a} -> {b}" for a, b in itertools.pairwise(ids)))
    return begin + "".join(steps) + finish + arrows.replace('id="f', 'id="i')


def beside(definition: str, *, stops: bool, main: tuple[str, ...] = ()) -> FlatSources:
    """An event sub-process with the step ``h`` beside the steps ``a``, ``main`` and ``z``."""
    attributes = f'isInterrupting="{str(stops).lower()}"'
    start = _event("startEvent", "si", definition, attributes)
    inner = body(user("h"), start=start)
    sub = el("subProcess", "sub", inner, attributes='triggeredByEvent="true"')
    ids = ["s", "a", *(step.split('id="')[1].split('"')[0] for step in main), "z", "e"]
    arrows = flows(*(f"{a} -> {b}" for a, b in itertools.pairwise(ids)))
    return sources(START, user("a"), *main, user("z"), END, sub, arrows, roots=ROOTS)


def either(definition: str) -> str:
    """The inside of a sub-process that ends by throwing when ``u`` is noted 大, else plainly."""
    return (
        el("startEvent", "si") + user("u") + el("exclusiveGateway", "ig", attributes='default="i3"')
        + _event("endEvent", "ei", definition) + el("endEvent", "ok")
        + flows("si -> u", "u -> ig", f"ig -> ei if {BIG}", "ig -> ok").replace('id="f', 'id="i')
    )  # fmt: skip


def edged(definition: str, *, stops: bool, held: str = "") -> FlatSources:
    """An event on the border of ``a`` (or of what is ``held`` there) that leads to ``h``."""
    attributes = f'attachedToRef="a" cancelActivity="{str(stops).lower()}"'
    edge = _event("boundaryEvent", "b", definition, attributes)
    return sources(
        START, held or user("a"), edge, user("z"), user("h"), END, el("endEvent", "e2"),
        flows("s -> a", "a -> z", "z -> e", "b -> h", "h -> e2"), roots=ROOTS,
    )  # fmt: skip


def _event(tag: str, node_id: str, definition: str, attributes: str = "") -> str:
    if definition.startswith("timer"):
        return el(tag, node_id, timer(definition.split()[1]), attributes=attributes)
    if definition == "cancel":
        return el(tag, node_id, "<bpmn:cancelEventDefinition/>", attributes=attributes)
    if definition.startswith("cycle"):
        cycle = timed("timeCycle", definition.split()[1])
        return el(tag, node_id, cycle, attributes=attributes)
    return events(tag, node_id, definition, attributes)


def throw(definition: str, node_id: str = "t") -> str:
    """An intermediate event that throws; a message goes to whoever waits with the key ``k``."""
    return events("intermediateThrowEvent", node_id, definition)


def catch(definition: str, node_id: str = "c") -> str:
    return _event("intermediateCatchEvent", node_id, definition)


def thrown(end: str, waiting: str) -> FlatSources:
    """One branch ends by throwing what the other waits for."""
    return sources(
        START, el("parallelGateway", "g"), user("a"), end, waiting, user("z"), END,
        flows("s -> g", "g -> a", "a -> x", "g -> c", "c -> z", "z -> e"), roots=ROOTS,
    )  # fmt: skip


def split(kind: str, *conditions: str) -> FlatSources:
    """Two ways to ``b`` and ``c`` and back together."""
    first, second = conditions or ("", "")
    default = 'default="f2"' if kind in {"exclusiveGateway", "inclusiveGateway"} else ""
    return sources(
        START, user("a"), el(kind, "g", attributes=default), user("b"), user("c"), el(kind, "j"),
        user("z"), END,
        flows("s -> a", f"g -> b{first}", f"g -> c{second}", "a -> g", "b -> j", "c -> j",
              "j -> z", "z -> e"),
    )  # fmt: skip


def direct(*arrows: str, default: str = "") -> FlatSources:
    """Ways out of ``a`` without a gateway, to ``b`` and ``c``, and back together."""
    asking = user("a").replace("<bpmn:userTask ", f"<bpmn:userTask {default} ")
    return sources(
        START, asking, user("b"), user("c"), el("inclusiveGateway", "j"), user("z"), END,
        flows("s -> a", *arrows, "b -> j", "c -> j", "j -> z", "z -> e"),
    )  # fmt: skip


def many(sequential: bool = False, number: str = "") -> str:
    collection = "" if number else 'inputCollection="=[1, 2]"'
    count = f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>" if number else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:extensionElements><zeebe:loopCharacteristics {collection}/>"
        f"</bpmn:extensionElements>{count}</bpmn:multiInstanceLoopCharacteristics>"
    )


def timed(tag: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{text}</bpmn:{tag}></bpmn:timerEventDefinition>"


SCRIPT = '<zeebe:script expression="=&quot;x&quot;" resultVariable="answer"/>'
UNTIL = (
    '<bpmn:standardLoopCharacteristics><bpmn:loopCondition>=note != "可"</bpmn:loopCondition>'
    "</bpmn:standardLoopCharacteristics>"
)
RACE = sources(
    START, el("eventBasedGateway", "g"), catch("timer P9D", "late"), catch("message msg"),
    user("y"), user("z"), END,
    flows("s -> g", "g -> late", "g -> c", "late -> y", "c -> z", "y -> e", "z -> e"), roots=ROOTS,
)  # fmt: skip
ENDS_ALL = sources(
    START, el("parallelGateway", "g"), user("a"), user("b"),
    el("endEvent", "x", "<bpmn:terminateEventDefinition/>"), END,
    flows("s -> g", "g -> a", "g -> b", "a -> x", "b -> e"),
)  # fmt: skip
LINKED = sources(
    START, user("a"), el("intermediateThrowEvent", "t", '<bpmn:linkEventDefinition name="续"/>'),
    el("intermediateCatchEvent", "c", '<bpmn:linkEventDefinition name="续"/>'), user("z"), END,
    flows("s -> a", "a -> t", "c -> z", "z -> e"),
)  # fmt: skip
HELD = el("subProcess", "a", body(user("u"), throw("escalation esc"), user("w")))
FAILS = el("subProcess", "a", either("error err"))
CANCELLED = edged("cancel", stops=True, held=el("transaction", "a", either("cancel")))
SENDS = events("endEvent", "x", "message msg")
THROUGH = ("start -> z", "z ->")
ONE_BEFORE = ("start -> a", "a -> z", "z ->")

SHOWN: dict[str, Play] = {
    "task": play(line(el("task", "x")), *THROUGH),
    "manualTask": play(line(el("manualTask", "x")), *THROUGH),
    "userTask": play(line(), *THROUGH),
    "serviceTask": play(served(el("serviceTask", "x", extensions=WORK)), *THROUGH),
    "sendTask": play(served(el("sendTask", "x", extensions=WORK)), *THROUGH),
    "businessRuleTask": play(served(el("businessRuleTask", "x", extensions=WORK)), *THROUGH),
    "scriptTask": play(served(el("scriptTask", "x", extensions=SCRIPT)), *THROUGH),
    "receiveTask": play(
        line(el("receiveTask", "x", attributes='messageRef="msg"')),
        "start -> x", "!paid other -> x", "!paid k -> z", "z ->",
    ),
    "callActivity": play(
        line(
            el("callActivity", "x", extensions='<zeebe:calledElement processId="inner"/>'),
            called=START + user("u") + END + flows("s -> u", "u -> e"),
        ),
        "start -> u", "u -> z", "z ->",
    ),
    "subProcess": play(
        line(el("subProcess", "x", body(user("u")))), "start -> u", "u -> z", "z ->"
    ),
    "transaction": play(CANCELLED, "start -> b u", "u=小 -> z", "z ->"),
    "endEvent/cancel": play(CANCELLED, "start -> b u", "u=大 -> h", "h ->"),
    "boundaryEvent/cancel": play(CANCELLED, "start -> b u", "u=大 -> h", "h ->"),
    "eventSubProcess": play(
        beside("message msg", stops=True), "start -> a si", "!paid k -> h", "h ->"
    ),
    "exclusiveGateway": play(
        split("exclusiveGateway", f" if {BIG}", ""), "start -> a", "a=大 -> b", "b -> z", "z ->"
    ),
    "parallelGateway": play(
        split("parallelGateway"), "start -> a", "a -> b c", "c -> b", "b -> z", "z ->"
    ),
    "inclusiveGateway": play(
        split("inclusiveGateway", f" if {BIG}", ""), "start -> a", "a=小 -> c", "c -> z", "z ->"
    ),
    "eventBasedGateway": play(RACE, "start -> c late", "!paid k -> z", "z ->"),
    "startEvent/none": play(line(), *THROUGH),
    "eventSubProcess/message": play(
        beside("message msg", stops=True), "start -> a si", "!paid k -> h", "h ->"
    ),
    "eventSubProcess/message/non-interrupting": play(
        beside("message msg", stops=False),
        "start -> a si", "!paid k -> a h si", "!paid k -> a h h si", "h -> a h si", "a -> h si z",
        "h -> si z", "z ->",
    ),
    "eventSubProcess/timer": play(
        beside("timer PT2H", stops=True), "start -> a si", "+1h -> a si", "+1h -> h", "h ->"
    ),
    "eventSubProcess/timer/non-interrupting": play(
        beside("timer PT2H", stops=False), "start -> a si", "+2h -> a h", "+9h -> a h", "a -> h z",
        "h -> z", "z ->",
    ),
    "eventSubProcess/signal": play(
        beside("signal sig", stops=True), "start -> a si", "*放行 -> h", "h ->"
    ),
    "eventSubProcess/signal/non-interrupting": play(
        beside("signal sig", stops=False),
        "start -> a si", "*放行 -> a h si", "*放行 -> a h h si", "a -> h h si z", "z -> h h si",
        "h -> h si", "h ->",
    ),
    "eventSubProcess/error": play(
        line(
            el(
                "subProcess", "x",
                body(user("u"), end=events("endEvent", "ei", "error err"))
                + el(
                    "subProcess", "on",
                    body(
                        user("h"), start=events("startEvent", "os", "error err"),
                        end=el("endEvent", "oe"),
                    ).replace('id="i', 'id="o'),
                    attributes='triggeredByEvent="true"',
                ),
            )
        ),
        "start -> os u", "u -> h", "h -> z", "z ->",
    ),
    "eventSubProcess/escalation": play(
        line(
            el(
                "subProcess", "x",
                either("escalation esc")
                + el(
                    "subProcess", "on",
                    body(
                        user("h"), start=events("startEvent", "os", "escalation esc"),
                        end=el("endEvent", "oe"),
                    ).replace('id="i', 'id="o'),
                    attributes='triggeredByEvent="true"',
                ),
            )
        ),
        "start -> os u", "u=大 -> h", "h -> z", "z ->",
    ),
    "eventSubProcess/escalation/non-interrupting": play(
        beside("escalation esc", stops=False, main=(throw("escalation esc"),)),
        "start -> a si", "a -> h si z", "h -> si z", "z ->",
    ),
    "endEvent/none": play(line(), *THROUGH),
    "endEvent/terminate": play(ENDS_ALL, "start -> a b", "a ->"),
    "endEvent/error": play(
        edged("error err", stops=True, held=FAILS), "start -> b u", "u=大 -> h", "h ->"
    ),
    "endEvent/escalation": play(
        edged(
            "escalation esc", stops=False,
            held=el("subProcess", "a", body(user("u"), end=events("endEvent", "ei",
                                                                 "escalation esc"))),
        ),
        "start -> b u", "u -> h z", "h -> z", "z ->",
    ),
    "endEvent/message": play(
        thrown(SENDS, catch("message msg")), "start -> a c", "a -> c", "+1h -> z", "z ->"
    ),
    "endEvent/signal": play(
        thrown(events("endEvent", "x", "signal sig"), catch("signal sig")),
        "start -> a c", "a -> z", "z ->",
    ),
    "intermediateCatchEvent/timer": play(
        line(catch("timer PT2H")), "start -> c", "+1h -> c", "+1h -> z", "z ->"
    ),
    "intermediateCatchEvent/message": play(
        line(catch("message msg")), "start -> c", "!paid k -> z", "z ->"
    ),
    "intermediateCatchEvent/signal": play(
        line(catch("signal sig")), "start -> c", "*别的 -> c", "*放行 -> z", "z ->"
    ),
    "intermediateCatchEvent/link": play(LINKED, *ONE_BEFORE),
    "intermediateThrowEvent/none": play(line(el("intermediateThrowEvent", "x")), *THROUGH),
    "intermediateThrowEvent/signal": play(
        thrown(throw("signal sig", "x"), catch("signal sig")), "start -> a c", "a -> z", "z ->"
    ),
    "intermediateThrowEvent/escalation": play(
        edged("escalation esc", stops=False, held=HELD), "start -> b u", "u -> b h w", "h -> b w",
        "w -> z", "z ->",
    ),
    "intermediateThrowEvent/message": play(
        thrown(throw("message msg", "x"), catch("message msg")),
        "start -> a c", "a -> c", "+1h -> z", "z ->",
    ),
    "intermediateThrowEvent/link": play(LINKED, *ONE_BEFORE),
    "boundaryEvent/timer": play(
        edged("timer PT2H", stops=True), "start -> a b", "+2h -> h", "h ->"
    ),
    "boundaryEvent/timer/non-interrupting": play(
        edged("timer PT2H", stops=False), "start -> a b", "+2h -> a h", "+9h -> a h", "h -> a",
        "a -> z", "z ->",
    ),
    "boundaryEvent/message": play(
        edged("message msg", stops=True), "start -> a b", "!paid k -> h", "h ->"
    ),
    "boundaryEvent/message/non-interrupting": play(
        edged("message msg", stops=False),
        "start -> a b", "!paid k -> a b h", "!paid k -> a b h h", "a -> h h z", "z -> h h",
        "h -> h", "h ->",
    ),
    "boundaryEvent/signal": play(
        edged("signal sig", stops=True), "start -> a b", "*放行 -> h", "h ->"
    ),
    "boundaryEvent/signal/non-interrupting": play(
        edged("signal sig", stops=False),
        "start -> a b", "*放行 -> a b h", "*放行 -> a b h h", "a -> h h z",
    ),
    "boundaryEvent/error": play(
        edged("error err", stops=True, held=FAILS), "start -> b u", "u=大 -> h", "h ->"
    ),
    "boundaryEvent/escalation": play(
        edged("escalation esc", stops=True, held=el("subProcess", "a", either("escalation esc"))),
        "start -> b u", "u=大 -> h", "h ->",
    ),
    "boundaryEvent/escalation/non-interrupting": play(
        edged("escalation esc", stops=False, held=HELD), "start -> b u", "u -> b h w", "w -> h z"
    ),
    "timer/date": play(
        line(el("intermediateCatchEvent", "c", timed("timeDate", "2026-03-03T08:00:00"))),
        "start -> c", "+22h -> c", "+1h -> z", "z ->",
    ),
    "timer/duration": play(line(catch("timer P1D")), "start -> c", "+23h -> c", "+1h -> z", "z ->"),
    "timer/cycle": play(
        edged("cycle R2/PT1H", stops=False), "start -> a b", "+1h -> a b h", "+1h -> a h h",
        "+9h -> a h h", "a -> h h z",
    ),
    "multiInstance/parallel": play(
        line(user("a", inner=many())), "start -> a a", "a -> a", "a -> z", "z ->"
    ),
    "multiInstance/sequential": play(
        line(user("a", inner=many(sequential=True))), "start -> a", "a -> a", "a -> z", "z ->"
    ),
    "multiInstance/cardinality": play(
        line(user("a", inner=many(number="3"))), "start -> a a a", "a -> a a", "a -> a", "a -> z"
    ),
    "standardLoop": play(
        line(user("a", inner=UNTIL)), "start -> a", "a=改 -> a", "a=可 -> z", "z ->"
    ),
    "sequenceFlow": play(line(), *THROUGH),
    "sequenceFlow/condition": play(
        split("exclusiveGateway", f" if {BIG}", ""), "start -> a", "a=大 -> b", "b -> z", "z ->"
    ),
    "sequenceFlow/default": play(
        split("exclusiveGateway", f" if {BIG}", ""), "start -> a", "a=小 -> c", "c -> z", "z ->"
    ),
    "sequenceFlow/condition-elsewhere": play(
        direct(f"a -> b if {BIG}", "a -> c"), "start -> a", "a=小 -> c", "c -> z", "z ->"
    ),
    "sequenceFlow/default-elsewhere": play(
        direct(f"a -> b if {BIG}", "a -> c", default='default="f2"'),
        "start -> a", "a=大 -> b", "b -> z", "z ->",
    ),
    "implicitSplit": play(
        direct("a -> b", "a -> c"), "start -> a", "a -> b c", "b -> c", "c -> z", "z ->"
    ),
}  # fmt: skip

CONDITIONS = "process/test_conditions.py::"
ELSEWHERE: dict[str, str] = {
    "intermediateCatchEvent/conditional": CONDITIONS
    + "test_a_catch_event_waits_until_its_condition_is_true",
    "boundaryEvent/conditional": CONDITIONS + "test_a_border_interrupts_its_step",
    "boundaryEvent/conditional/non-interrupting": CONDITIONS
    + "test_a_border_that_does_not_interrupt_happens_each_time_it_becomes_true",
    "eventSubProcess/conditional": CONDITIONS
    + "test_an_event_sub_process_interrupts_what_would_have_ended_the_case",
    "eventSubProcess/conditional/non-interrupting": CONDITIONS
    + "test_an_event_sub_process_beside_the_flow_begins_each_time",
    "businessRuleTask/decision": "process/test_decisions.py"
    "::test_a_decision_routes_a_case_and_its_making_stands_in_the_history",
    "startEvent/message": "process/test_starts.py::test_a_message_begins_a_case_once",
    "receiveTask/instantiate": "unit/dry_run/test_dry_run.py"
    "::test_what_is_marked_to_begin_a_process_begins_it",
    "eventBasedGateway/instantiate": "unit/dry_run/test_dry_run.py"
    "::test_what_is_marked_to_begin_a_process_begins_it",
    "startEvent/timer": "process/test_starts.py::test_a_duration_runs_from_the_publication",
    "startEvent/signal": "process/test_starts.py::test_a_signal_begins_a_case_each_time",
    "laneSet": "unit/bpmn/test_bpmn_read.py::test_lanes_of_the_same_name_are_told_apart_by_id",
}
"""Rows whose test needs more than one case of one procedure: where it stands."""
