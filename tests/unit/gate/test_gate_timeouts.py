"""Time-outs that can be reached, and steps that somebody can do."""

from __future__ import annotations

import pytest
from bpmn.diagrams import END, START, USER, boundary, diagram, flow, line, node, script, user

from engine.bpmn.findings import Severity

from .judging import codes, judged, tenant


def timer(value: str) -> str:
    return (
        "<bpmn:timerEventDefinition><bpmn:timeDuration>"
        f"{value}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )


def held(host: str, *timers: tuple[str, bool]) -> bytes:
    """A step with timers on its border; True interrupts."""
    borders = "".join(
        boundary(f"t{n}", "step", timer(value), interrupting=stops)
        + user(f"late{n}")
        + flow(f"t{n}", f"late{n}")
        + node("endEvent", f"end{n}")
        + flow(f"late{n}", f"end{n}")
        for n, (value, stops) in enumerate(timers)
    )
    return diagram(line(START, host, END), borders)


def test_a_timer_on_a_step_that_is_done_at_once_is_never_reached() -> None:
    found = judged(held(script("step", "=1"), ("P5D", True)))["timer-never-waits"]
    assert (found.element, found.severity) == ("t0", Severity.WARNING)
    assert "timer-never-waits" not in codes(held(user(), ("P5D", True)))


def test_a_timer_on_a_sub_process_is_reached_when_something_in_it_waits() -> None:
    for inner, is_reached in ((user("inner"), True), (script("inner", "=1"), False)):
        start, end = node("startEvent", "s1"), node("endEvent", "e1")
        sub = node("subProcess", "step", line(start, inner, end))
        assert ("timer-never-waits" not in codes(held(sub, ("P5D", True)))) is is_reached


@pytest.mark.parametrize(
    ("timers", "late"),
    [
        ((("P5D", True), ("P7D", True)), ["t1"]),
        ((("P7D", True), ("P5D", True)), ["t0"]),
        ((("P5D", True), ("P7D", False)), ["t1"]),
        ((("=working days(3)", True), ("=working days(4)", False)), ["t1"]),
        ((("P5D", False), ("P7D", True)), []),
        ((("P7D", True), ("P5D", False)), []),
        ((("P5D", True), ("=working days(4)", True)), []),
        ((('=parameter("a")', True), ('=parameter("b")', True)), []),
    ],
)
def test_a_timer_behind_one_that_interrupts_is_never_reached(
    timers: tuple[tuple[str, bool], ...], late: list[str]
) -> None:
    found = judged(held(user(), *timers)).get("timer-comes-too-late")
    assert ([] if found is None else [found.element]) == late


def test_of_two_timers_behind_an_event_gateway_the_later_is_never_reached() -> None:
    source = diagram(
        START,
        node("eventBasedGateway", "g"),
        flow("start", "g"),
        node("intermediateCatchEvent", "soon", timer("P1D")),
        node("intermediateCatchEvent", "later", timer("P2D")),
        *(flow("g", name) + flow(name, "end") for name in ("soon", "later")),
        END,
    )
    assert judged(source)["timer-comes-too-late"].element == "later"


@pytest.mark.parametrize(
    ("groups", "missing"),
    [
        ("clerk", []),
        ("leader", ["leader"]),
        ("clerk, leader", []),
        ("clerk@150600", []),
        ("leader@150600", ["leader@150600"]),
        ("=&quot;clerk@&quot; + city", []),
        ("=&quot;leader@&quot; + city", ["leader"]),
        ("=case.principal", []),
    ],
)
def test_a_role_that_nobody_holds_is_a_warning(groups: str, missing: list[str]) -> None:
    source = diagram(line(START, user(extensions=USER.replace("clerk", groups)), END))
    held_now = frozenset({"clerk", "clerk@150600", "person:1"})
    context = tenant(roles=frozenset({"clerk", "leader"}), staffed=held_now)
    found = judged(source, context).get("role-unstaffed")
    assert (found is not None) is bool(missing)
    if found is not None:
        assert (found.severity, found.element) == (Severity.WARNING, "step")
        assert all(f"“{name}”" in found.zh for name in missing)


def test_who_is_there_is_not_asked_where_nobody_is_known() -> None:
    source = diagram(line(START, user(), END))
    assert "role-unstaffed" not in codes(source, tenant(roles=frozenset({"clerk"})))
