"""Making a decision: those it requires first, each with a trail that tells what was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.decisions.checks import check_value, passes
from engine.decisions.errors import DecisionFailed
from engine.decisions.hit_policy import Match, settle
from engine.decisions.model import Decision, Decisions, HitPolicy, OutputColumn, Rule, Table
from engine.errors import LuchengError
from engine.feel import Environment, Expression, from_json
from engine.feel.values import Value


@dataclass(frozen=True)
class Made:
    """One decision that was made: what it looked at, the rules that matched, what came out."""

    decision: str
    name: str
    inputs: Mapping[str, Value]
    rules: tuple[int, ...]
    result: Value


@dataclass(frozen=True)
class Outcome:
    """The result of a decision, and the trail of it and of all it required."""

    result: Value
    trail: tuple[Made, ...]


def evaluate_decision(
    file: Decisions, decision_id: str, scope: Mapping[str, Any], env: Environment
) -> Outcome:
    """The result of a decision for these variables; DecisionFailed names decision and rules."""
    if decision_id not in file.decisions:
        raise DecisionFailed(
            f"文件中没有决策“{decision_id}”",
            f"the file holds no decision {decision_id}",
            code="decision_unknown",
        )
    known: dict[str, Any] = dict(scope)
    trail: list[Made] = []
    for decision in file.required_by(decision_id):
        try:
            trail.append(_make(decision, known, env))
        except LuchengError as error:
            raise _about(decision, error) from error
        known.update(dict.fromkeys(decision.known_as, trail[-1].result))
    return Outcome(trail[-1].result, tuple(trail))


def _make(decision: Decision, scope: Mapping[str, Any], env: Environment) -> Made:
    for name, wanted in decision.inputs.items():
        if name in scope:  # one that is missing is told by the expression that needs it
            what = (f"输入“{name}”", f"input '{name}'")
            check_value(what, from_json(scope[name]), (wanted, None), scope, env)
    logic = decision.logic
    if isinstance(logic, Table):
        made = _look_up(decision, logic, scope, env)
    elif logic is not None:
        made = Made(decision.id, decision.name, {}, (), logic.evaluate(scope, env))
    else:
        raise DecisionFailed("没有可执行的内容", "it has nothing that is executed")
    check_value(("结果", "the result"), made.result, (decision.type, None), scope, env)
    return made


def _look_up(decision: Decision, table: Table, scope: Mapping[str, Any], env: Environment) -> Made:
    values = []
    for column in table.inputs:
        value = column.expression.evaluate(scope, env)
        what = (f"输入“{column.label}”", f"input '{column.label}'")
        check_value(what, value, (column.type, column.allowed), scope, env)
        values.append(value)
    matches = []
    for rule in table.rules:
        if _matches(rule, values, scope, env):
            matches.append(Match(rule, _results(rule, table.outputs, scope, env)))
            if table.policy is HitPolicy.FIRST:
                break
    result = settle(table, matches, _defaults(table, scope, env), env)
    shown = dict(zip((c.label for c in table.inputs), values, strict=True))
    rules = tuple(match.rule.number for match in matches)
    return Made(decision.id, decision.name, shown, rules, result)


def _matches(rule: Rule, values: list[Value], scope: Mapping[str, Any], env: Environment) -> bool:
    try:
        return all(
            passes(tests, value, scope, env)
            for tests, value in zip(rule.tests, values, strict=True)
        )
    except LuchengError as error:
        raise _in_rule(rule, error) from error


def _results(
    rule: Rule, outputs: tuple[OutputColumn, ...], scope: Mapping[str, Any], env: Environment
) -> tuple[Value, ...]:
    try:
        return tuple(
            _result(expression, column, scope, env)
            for expression, column in zip(rule.results, outputs, strict=True)
        )
    except LuchengError as error:
        raise _in_rule(rule, error) from error


def _defaults(table: Table, scope: Mapping[str, Any], env: Environment) -> tuple[Value, ...] | None:
    if all(column.default is None for column in table.outputs):
        return None
    return tuple(_result(c.default, c, scope, env) for c in table.outputs)


def _result(
    expression: Expression | None,
    column: OutputColumn,
    scope: Mapping[str, Any],
    env: Environment,
) -> Value:
    value = None if expression is None else expression.evaluate(scope, env)
    what = (f"输出“{column.label}”", f"output '{column.label}'")
    check_value(what, value, (column.type, column.allowed), scope, env)
    return value


def _in_rule(rule: Rule, error: LuchengError) -> DecisionFailed:
    return DecisionFailed(
        f"规则 {rule.number}：{error.zh}",
        f"rule {rule.number}: {error.en}",
        code=error.code,
        **{**error.facts, "rules": [rule.number]},
    )


def _about(decision: Decision, error: LuchengError) -> DecisionFailed:
    return DecisionFailed(
        f"决策“{decision.name}”：{error.zh}",
        f"decision '{decision.name}': {error.en}",
        code=error.code,
        **{**error.facts, "decision": decision.id},
    )
