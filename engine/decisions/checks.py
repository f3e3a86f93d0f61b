"""Whether a value is of a type and among the allowed ones; what is not stops the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from engine.decisions.errors import DecisionFailed
from engine.decisions.model import DataType
from engine.feel import Environment
from engine.feel.expression import UnaryTests
from engine.feel.values import CHINESE, Value, kind_of

Scope = Mapping[str, object]


def passes(tests: UnaryTests | None, value: Value, scope: Scope, env: Environment) -> bool:
    """Whether a value passes a cell; where it is missing only what asks for null does."""
    if tests is None:
        return True
    return tests.holds(value, scope, replace(env, lenient=True) if value is None else env)


def check_value(
    what: tuple[str, str],
    value: Value,
    kind: tuple[DataType, UnaryTests | None],
    scope: Scope,
    env: Environment,
) -> None:
    """DecisionFailed when a value is of another type than named, or not allowed; null may be."""
    wanted, allowed = kind
    if value is None:
        return
    check_type(what, value, wanted, scope, env)
    if not passes(allowed, value, scope, env):
        raise _not_allowed(what, value, allowed)


def check_type(
    what: tuple[str, str], value: Value, wanted: DataType, scope: Scope, env: Environment
) -> None:
    """DecisionFailed when a value is not of a type."""
    if wanted.is_list:
        if not isinstance(value, list):
            raise _wrong_type(what, value, wanted.name, "list")
        entry = replace(wanted, is_list=False)
        for part in value:
            check_type(what, part, entry, scope, env)
        return
    if value is None:
        return
    if not _is_of_kind(value, wanted):
        raise _wrong_type(what, value, wanted.name, wanted.kind)
    for tests in wanted.allowed:
        if not passes(tests, value, scope, env):
            raise _not_allowed(what, value, tests)
    if isinstance(value, dict):
        for name, part in wanted.parts:
            inside = (f"{what[0]}.{name}", f"{what[1]}.{name}")
            check_type(inside, value.get(name), part, scope, env)


def _is_of_kind(value: Value, wanted: DataType) -> bool:
    if wanted.is_whole and isinstance(value, Decimal):
        return value == value.to_integral_value()
    return not wanted.kind or kind_of(value) == wanted.kind


def _wrong_type(what: tuple[str, str], value: Value, name: str, kind: str) -> DecisionFailed:
    given = kind_of(value)
    return DecisionFailed(
        f"{what[0]}是{CHINESE[given]}，应当是 {name}（{CHINESE[kind]}）",
        f"{what[1]} is a {given} where {name} ({kind}) is declared",
        code="decision_type",
    )


def _not_allowed(what: tuple[str, str], value: Value, tests: UnaryTests | None) -> DecisionFailed:
    listed = "" if tests is None else tests.text[:200]
    shown = str(value)[:80]
    return DecisionFailed(
        f"{what[0]}的值“{shown}”不在允许值 {listed} 之内",
        f"the value '{shown}' of {what[1]} is not among the allowed ones: {listed}",
        code="decision_value",
    )
