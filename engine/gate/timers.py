"""Timers written as text: do they say a time, and one within bounds?"""

from __future__ import annotations

from datetime import date, datetime

from engine.bpmn.findings import Findings
from engine.bpmn.model import EventKind, Node, TimerKind
from engine.errors import LuchengError
from engine.tenancy.durations import Duration, is_period, parse_cycle, parse_duration

MOST_ROUNDS = 100
LONGEST_DAYS = 3_653  # ten years


def check_timer(node: Node, findings: Findings) -> None:
    """Report a timer that is empty, unreadable or out of bounds; FEEL is checked elsewhere."""
    event = node.event
    if event.kind is not EventKind.TIMER:
        return
    if not event.expression:
        findings.add("timer-missing", node.id, node.name)
    elif not event.expression.startswith("="):
        code = _fault(event.timer or TimerKind.DURATION, event.expression)
        if code:
            findings.add(code, node.id, node.name, value=event.expression[:80])


def _fault(kind: TimerKind, text: str) -> str:
    try:
        if kind is TimerKind.DATE:
            return _date_fault(text)
        if kind is TimerKind.CYCLE:
            return _cycle_fault(text)
        return "" if _days(parse_duration(text)) <= LONGEST_DAYS else "timer-out-of-bounds"
    except (LuchengError, ValueError) as error:
        too_long = getattr(error, "code", "") == "duration_too_long"
        return "timer-out-of-bounds" if too_long else "timer-bad"


def _date_fault(text: str) -> str:
    date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    return ""


def _cycle_fault(text: str) -> str:
    cycle = parse_cycle(text)
    is_counted = cycle.rounds is None or 1 <= cycle.rounds <= MOST_ROUNDS
    is_fine = is_counted and is_period(cycle.period) and _days(cycle.period) <= LONGEST_DAYS
    return "" if is_fine else "timer-out-of-bounds"


def _days(duration: Duration) -> float:
    return duration.months * 30.4375 + duration.days + duration.seconds / 86_400
