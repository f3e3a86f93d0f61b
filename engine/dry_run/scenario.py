"""A scenario (试运行方案): what is done to a procedure step by step, and what should be seen."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.errors import Invalid
from engine.tenancy.durations import Duration, parse_duration

MOST_STEPS = 300
MOST_BYTES = 500_000


class ScenarioUnreadable(Invalid):
    """The file is no scenario; ``place`` says where."""

    code = "scenario_unreadable"

    def __init__(self, place: str, zh: str, en: str) -> None:
        super().__init__(f"{place}：{zh}", f"{place}: {en}", place=place)
        self.place = place


class Act(StrEnum):
    """What a step does; the value is its key in the file."""

    COMPLETE = "complete"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    SET = "set"
    ADVANCE = "advance"
    EXPECT = "expect"


# The keys each step may have beside its own, and what its own holds.
_MORE: Mapping[Act, frozenset[str]] = {
    Act.COMPLETE: frozenset({"variables"}),
    Act.MESSAGE: frozenset({"correlation", "variables"}),
    Act.SIGNAL: frozenset(),
    Act.ERROR: frozenset({"at", "variables"}),
    Act.SET: frozenset(),
    Act.ADVANCE: frozenset(),
    Act.EXPECT: frozenset(),
}
_EXPECTED = frozenset({"active", "completed", "variables"})
_KEYS = frozenset(
    {"name", "process", "variables", "steps", "now", "tenant", "parameters", "description"}
)


_NO_TIME = Duration()


@dataclass(frozen=True)
class Expected:
    """What should be seen; None where nothing is said."""

    active: tuple[str, ...] | None = None
    completed: bool | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step; ``name`` is the task, message, signal or error it is about."""

    act: Act
    name: str = ""
    at: str = ""
    correlation: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    by: Duration = _NO_TIME
    expected: Expected = Expected()


@dataclass(frozen=True)
class Scenario:
    """A whole scenario; ``now`` is when it begins, None at the moment it is run."""

    steps: tuple[Step, ...]
    name: str = ""
    process: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    tenant: str = ""
    now: datetime | None = None


def scenarios_in(body: bytes) -> tuple[Any, ...]:
    """The scenarios of a file as plain JSON: the file is one, or lists them."""
    if len(body) > MOST_BYTES:
        raise ScenarioUnreadable("1:1", "文件过大", f"it has more than {MOST_BYTES} bytes")
    try:
        written = json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        column = getattr(error, "colno", 1)
        raise ScenarioUnreadable(
            f"{line}:{column}", "不是有效的 JSON", "it is not valid JSON"
        ) from error
    if isinstance(written, dict) and "scenarios" in written:
        listed = written["scenarios"]
        if set(written) != {"scenarios"} or not isinstance(listed, list) or not listed:
            raise ScenarioUnreadable("scenarios", "应为方案的列表", "must be a list of scenarios")
        return tuple(listed)
    return (written,)


def _no_number(text: str) -> Any:
    raise ValueError(text)


def read_scenario(written: Any) -> Scenario:
    """The scenario that JSON spells; ScenarioUnreadable names the place of a fault."""
    _check_keys("scenario", written, _KEYS)
    steps = written.get("steps", [])
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise ScenarioUnreadable(
            "steps", f"应为不超过 {MOST_STEPS} 步的列表", f"must be a list of up to {MOST_STEPS}"
        )
    process = written.get("process")
    if process is not None:
        process = _text("process", process)
    return Scenario(
        steps=tuple(_step(f"steps[{place}]", step) for place, step in enumerate(steps)),
        name=_text("name", written.get("name", "")),
        process=process or None,
        variables=_values("variables", written.get("variables") or {}),
        parameters=_values("parameters", written.get("parameters") or {}),
        tenant=_text("tenant", written.get("tenant", "")),
        now=_moment(written.get("now")),
    )


def _step(place: str, written: Any) -> Step:
    if not isinstance(written, dict):
        raise ScenarioUnreadable(place, "应为一个对象", "must be an object")
    acts = [act for act in Act if act.value in written]
    if len(acts) != 1:
        known = "、".join(act.value for act in Act)
        raise ScenarioUnreadable(
            place, f"每一步须且只须写 {known} 之一", f"must have exactly one of {', '.join(Act)}"
        )
    act = acts[0]
    _check_keys(place, written, _MORE[act] | {act.value, "description"})
    own, at = written[act.value], f"{place}.{act.value}"
    variables = _values(f"{place}.variables", written.get("variables") or {})
    if act is Act.SET:
        return Step(act, variables=_values(at, own))
    if act is Act.ADVANCE:
        return Step(act, by=_duration(at, own))
    if act is Act.EXPECT:
        return Step(act, expected=_expected(at, own))
    correlation = written.get("correlation")
    return Step(
        act,
        name=_text(at, own),
        at=_text(f"{place}.at", written.get("at", "")),
        correlation=None if correlation is None else _key(f"{place}.correlation", correlation),
        variables=variables,
    )


def _expected(place: str, written: Any) -> Expected:
    _check_keys(place, written, _EXPECTED)
    active, completed = written.get("active"), written.get("completed")
    if active is not None and not (
        isinstance(active, list) and all(isinstance(name, str) for name in active)
    ):
        raise ScenarioUnreadable(f"{place}.active", "应为环节名称的列表", "must be a list of names")
    if completed is not None and not isinstance(completed, bool):
        raise ScenarioUnreadable(
            f"{place}.completed", "应为 true 或 false", "must be true or false"
        )
    return Expected(
        None if active is None else tuple(active),
        completed,
        _values(f"{place}.variables", written.get("variables") or {}),
    )


def _check_keys(place: str, written: Any, known: frozenset[str]) -> None:
    if not isinstance(written, dict):
        raise ScenarioUnreadable(place, "应为一个对象", "must be an object")
    for key in written:
        if key not in known:
            raise ScenarioUnreadable(f"{place}.{key}", "没有这个键", "there is no such key")


def _values(place: str, written: Any) -> Mapping[str, Any]:
    if not isinstance(written, dict):
        raise ScenarioUnreadable(place, "应为变量的对象", "must be an object of variables")
    return written


def _text(place: str, written: Any) -> str:
    if not isinstance(written, str) or len(written) > 200:
        raise ScenarioUnreadable(
            place, "应为不超过 200 字的文字", "must be text of up to 200 signs"
        )
    return written


def _key(place: str, written: Any) -> str:
    """A correlation key as the engine compares it."""
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        raise ScenarioUnreadable(place, "应为文字或数字", "must be text or a number")
    if isinstance(written, float) and not math.isfinite(written):
        raise ScenarioUnreadable(place, "不是有限数", "must be finite")
    return str(written)


def _duration(place: str, written: Any) -> Duration:
    try:
        return parse_duration(_text(place, written))
    except Invalid as error:
        raise ScenarioUnreadable(place, error.zh, error.en) from error


def _moment(written: Any) -> datetime | None:
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(_text("now", written))
    except ValueError as error:
        raise ScenarioUnreadable("now", "不是时刻", "is no moment") from error
    if moment.tzinfo is None:
        raise ScenarioUnreadable("now", "须写明时区", "must have its zone")
    return moment
