"""What a table makes of the rules that match: the hit policies and aggregators of DMN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.decisions.errors import DecisionFailed
from engine.decisions.model import Aggregator, HitPolicy, Rule, Table
from engine.feel import Environment, compile_expression
from engine.feel.compare import same
from engine.feel.run import Run
from engine.feel.values import Value

_AGGREGATES = {
    Aggregator.SUM: "sum(values)",
    Aggregator.MIN: "min(values)",
    Aggregator.MAX: "max(values)",
}
_LISTS = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})


@dataclass(frozen=True)
class Match:
    """A rule that matched, and the values of its outputs."""

    rule: Rule
    results: tuple[Value, ...]


def settle(
    table: Table,
    matches: Sequence[Match],
    defaults: tuple[Value, ...] | None,
    env: Environment,
) -> Value:
    """The result of a table; DecisionFailed when the rules contradict its policy."""
    run = Run({}, env, lenient=True)
    if table.aggregator is not None:
        return _aggregate(table, matches, defaults, env)
    if table.policy in _LISTS:
        ranked = table.policy is HitPolicy.OUTPUT_ORDER
        chosen = _ranked(table, matches, run, env) if ranked else matches
        return [_shaped(table, match.results) for match in chosen]
    if not matches:
        return None if defaults is None else _shaped(table, defaults)
    if table.policy is HitPolicy.UNIQUE and len(matches) > 1:
        raise _contradiction(matches, "命中策略为唯一，却有多条规则匹配", "several rules match")
    if table.policy is HitPolicy.ANY:
        _check_agreement(matches, run)
    if table.policy is HitPolicy.PRIORITY:
        matches = _ranked(table, matches, run, env)
    return _shaped(table, matches[0].results)


def _shaped(table: Table, results: Sequence[Value]) -> Value:
    """One output is its value, several are a context by name."""
    if len(results) == 1:
        return results[0]
    return dict(zip((column.name for column in table.outputs), results, strict=True))


def _aggregate(
    table: Table,
    matches: Sequence[Match],
    defaults: tuple[Value, ...] | None,
    env: Environment,
) -> Value:
    if not matches and defaults is not None:
        return defaults[0]
    if table.aggregator is Aggregator.COUNT:
        return Decimal(len(matches))
    if not matches:
        return None
    assert table.aggregator is not None
    values = [match.results[0] for match in matches]
    return compile_expression(_AGGREGATES[table.aggregator]).evaluate({"values": values}, env)


def _check_agreement(matches: Sequence[Match], run: Run) -> None:
    first = matches[0]
    for other in matches[1:]:
        pairs = zip(first.results, other.results, strict=True)
        if not all((a is None and b is None) or same(run, a, b) for a, b in pairs):
            raise _contradiction(
                (first, other),
                "命中策略为任意，匹配的规则却给出不同的结果",
                "rules that match differ",
            )


def _ranked(table: Table, matches: Sequence[Match], run: Run, env: Environment) -> Sequence[Match]:
    """The matches by the rank of their values, the most important first; ties as drawn."""
    orders = [
        [expression.evaluate({}, env) for expression in column.order] for column in table.outputs
    ]

    def rank(match: Match) -> list[int]:
        return [
            _place(value, order, run) for value, order in zip(match.results, orders, strict=True)
        ]

    return sorted(matches, key=rank)


def _place(value: Value, order: Sequence[Value], run: Run) -> int:
    places = (place for place, listed in enumerate(order) if same(run, value, listed))
    return next(places, len(order))


def _contradiction(matches: Sequence[Match], zh: str, en: str) -> DecisionFailed:
    numbers = [match.rule.number for match in matches]
    return DecisionFailed(
        f"{zh}：规则 {'、'.join(map(str, numbers))}",
        f"{en}: rules {', '.join(map(str, numbers))}",
        code="decision_rules",
        rules=numbers,
    )
