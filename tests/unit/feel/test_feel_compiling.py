"""What an expression tells about itself, and what the host gives to it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

import pytest

import engine.feel
from engine.errors import NotFound
from engine.feel import Environment, FeelError, FeelSyntaxError, Months, Range, compile_expression

from .vectors import STRICT

# --- names and calls -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1 + 2", set()),
        ("amount > limit", {"amount", "limit"}),
        ("applicant.name", {"applicant"}),
        ("dept code", {"dept code"}),
        ("for i in items return i.qty * factor", {"items", "factor"}),
        ("for i in items, j in i.parts return j", {"items"}),
        ("for i in 1..n return partial", {"n"}),
        ("some x in xs satisfies x = y", {"xs", "y"}),
        ("{a: b, c: a}", {"b"}),
        ("{a: a}", {"a"}),
        ("items[price > limit].code", {"items"}),
        ("items[item.price > 1]", {"items"}),
        ("x + items[x > 1]", {"x", "items"}),
        ("count(tags) + a", {"tags", "a"}),
        ("is defined(phone)", {"phone"}),
        ("材料齐全 and 金额 > 0", {"材料齐全", "金额"}),
        ("if a then b else c", {"a", "b", "c"}),
        ("a in (b, > c, [d..e])", {"a", "b", "c", "d", "e"}),
        ("date and time(d, t)", {"d", "t"}),
        ("x instance of number", {"x"}),
    ],
)
def test_an_expression_knows_the_variables_it_needs(text: str, names: set[str]) -> None:
    assert compile_expression(text).names == names


def test_names_in_filters_may_be_entries_or_variables() -> None:
    expression = compile_expression("items[price > limit and item.code = code]")
    assert expression.names == {"items"}
    assert expression.entry_names == {"price", "limit", "code"}


def test_an_expression_knows_the_functions_it_calls() -> None:
    text = "sum(for i in items return round half up(i.price, 2)) > get or else(limit, 0)"
    assert compile_expression(text).calls == {"sum", "round half up", "get or else"}


def test_compiling_the_same_text_again_costs_nothing() -> None:
    assert compile_expression("amount > 1") is compile_expression("amount > 1")


def test_an_expression_can_be_evaluated_many_times() -> None:
    expression = compile_expression("for i in 1..n return i")
    assert expression.evaluate({"n": 2}, STRICT) == [1, 2]
    assert expression.evaluate({"n": 3}, STRICT) == [1, 2, 3]


# --- host functions ------------------------------------------------------------------------------


def host(now: datetime | None = None) -> Environment:
    """An environment as the engine makes it."""

    def parameter(key: str) -> object:
        if key != "limit":
            raise NotFound("没有这个参数", "no such parameter", key=key)
        return 5

    return Environment(
        functions={
            "parameter": parameter,
            "working days": lambda n: {"workingDays": int(n)},
            "days between": lambda a, b: (b - a).days,
            "unit children": lambda code: [{"code": f"{code}01", "name": "甲旗"}],
        },
        now=now,
    )


def value(text: str, env: Environment, scope: Mapping[str, object] | None = None) -> object:
    """The value of an expression that may call the host."""
    functions = frozenset(env.functions)
    return compile_expression(text, functions=functions).evaluate(scope or {}, env)


def test_a_host_function_is_called_by_its_name_of_several_words() -> None:
    assert value('working days(parameter("limit"))', host()) == {"workingDays": Decimal(5)}


def test_a_host_functions_name_may_contain_keywords() -> None:
    assert value('days between(@"2026-01-01", @"2026-01-03") + 1', host()) == 3


def test_what_a_host_function_returns_is_a_feel_value() -> None:
    assert value('unit children("15")[1].name', host()) == "甲旗"
    env = Environment(functions={"f": lambda: (1, {"x": 1.5})})
    assert value("f()", env) == [Decimal(1), {"x": Decimal("1.5")}]


def test_a_host_function_cannot_bring_objects_in() -> None:
    with pytest.raises(FeelError) as caught:
        value("f()", Environment(functions={"f": object}))
    assert caught.value.code == "feel_refused"


def test_the_errors_of_the_host_keep_their_own_words() -> None:
    with pytest.raises(NotFound):
        value('parameter("other")', host())


def test_a_wrong_number_of_arguments_for_the_host_is_an_error() -> None:
    for text in ("parameter()", 'parameter("a", "b")'):
        with pytest.raises(FeelError) as caught:
            value(text, host())
        assert caught.value.code == "feel_arguments"


def test_a_fault_inside_a_host_function_is_not_disguised() -> None:
    def broken(_: object) -> object:
        raise TypeError("a defect")

    with pytest.raises(TypeError, match="a defect"):
        value("f(1)", Environment(functions={"f": broken}))


def test_a_function_the_environment_lacks_is_refused() -> None:
    expression = compile_expression("parameter(1)", functions=frozenset({"parameter"}))
    with pytest.raises(FeelError) as caught:
        expression.evaluate({}, STRICT)
    assert caught.value.code == "feel_unknown_function"


def test_a_host_function_goes_before_a_builtin_of_the_same_name() -> None:
    assert value("today()", Environment(functions={"today": lambda: date(2020, 1, 1)})) == date(
        2020, 1, 1
    )


def test_arguments_of_the_host_are_given_by_position() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        value('parameter(key: "limit")', host())
    assert caught.value.code == "feel_arguments"


def test_host_functions_are_dear() -> None:
    calls = []
    env = Environment(functions={"ask": lambda: calls.append(1)})
    with pytest.raises(FeelError) as caught:
        value("for i in 1..10000 return ask()", env)
    assert caught.value.code == "feel_limit"
    assert len(calls) <= 500


# --- the present moment --------------------------------------------------------------------------


def test_the_present_moment_is_the_one_given() -> None:
    moment = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert value("now()", host(moment)) == moment
    assert value("today()", host(moment)) == date(2026, 3, 2)


@pytest.mark.parametrize("text", ["now()", "today()"])
@pytest.mark.parametrize("lenient", [False, True])
def test_without_a_moment_given_there_is_no_present(text: str, lenient: bool) -> None:
    with pytest.raises(FeelError) as caught:
        value(text, Environment(lenient=lenient))
    assert caught.value.code == "feel_clock"


# --- the door ------------------------------------------------------------------------------------


class Colour(StrEnum):
    RED = "red"


class Careless:
    secret = "S3CRET"


class Frozen(datetime):
    """A moment of some clock library."""


class Day(date):
    """A day of some calendar library."""


class Text(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


@pytest.mark.parametrize(
    "thing",
    [object(), Careless(), Careless, len, {1, 2}, b"bytes", 1j, range(3), {1: "x"}, iter([])],
    ids=lambda thing: type(thing).__name__,
)
def test_only_data_may_enter(thing: object) -> None:
    for scope in ({"x": thing}, {"x": [thing]}, {"x": {"y": thing}}):
        with pytest.raises(FeelError) as caught:
            compile_expression("x").evaluate(scope, STRICT)
        assert caught.value.code == "feel_refused"
        assert caught.value.facts["variable"] == "x"


@pytest.mark.parametrize(
    "number",
    [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity"), 10**50, Decimal("1E+1000")],
)
def test_numbers_that_are_none_or_do_not_fit_may_not_enter(number: object) -> None:
    with pytest.raises(FeelError) as caught:
        compile_expression("x").evaluate({"x": number}, STRICT)
    assert caught.value.code == "feel_refused"


def test_what_enters_is_plain_whatever_class_it_had() -> None:
    scope = {"colour": Colour.RED, "text": Text("a"), "map": MappingProxyType({"n": 1}), "t": (1,)}
    result = compile_expression("[colour, text, map, t]").evaluate(scope, STRICT)
    assert isinstance(result, list)
    assert [type(entry) for entry in result] == [str, str, dict, list]
    assert compile_expression('text = "b"').evaluate(scope, STRICT) is False


def test_dates_of_other_libraries_enter_as_plain_dates() -> None:
    scope = {"moment": Frozen(2026, 1, 1, 9, tzinfo=UTC), "day": Day(2026, 1, 1)}
    result = compile_expression("[moment, day]").evaluate(scope, STRICT)
    assert result == [datetime(2026, 1, 1, 9, tzinfo=UTC), date(2026, 1, 1)]
    assert isinstance(result, list)
    assert [type(entry) for entry in result] == [datetime, date]


def test_intervals_enter_with_their_ends() -> None:
    scope = {"window": Range(1, 5.5, True, False)}
    assert compile_expression("5 in window and window.end = 5.5").evaluate(scope, STRICT) is True


def test_variables_not_mentioned_are_not_looked_at() -> None:
    assert compile_expression("a + 1").evaluate({"a": 1, "b": object()}, STRICT) == 2


def test_a_scope_may_be_any_mapping() -> None:
    scope = ChainMap({"a": 1}, {"a": 2, "b": 3})
    assert compile_expression("a + b").evaluate(scope, STRICT) == 4


def test_numbers_from_floats_mean_what_they_show() -> None:
    assert compile_expression("x = 0.1 and x + 0.2 = 0.3").evaluate({"x": 0.1}, STRICT) is True


def test_months_compare_and_add() -> None:
    scope = {"m": Months(14)}
    assert compile_expression('m = @"P1Y2M"').evaluate(scope, STRICT) is True
    assert compile_expression('@"2026-01-31" + m').evaluate(scope, STRICT) == date(2027, 3, 31)


def test_the_package_exports_exactly_these_names() -> None:
    assert sorted(engine.feel.__all__) == [
        "Allowance",
        "COMMAND_STEPS",
        "Environment",
        "Expression",
        "FeelError",
        "FeelSyntaxError",
        "Months",
        "Range",
        "compile_expression",
        "evaluate_condition",
        "evaluate_text",
        "evaluate_unary",
        "from_json",
        "to_json",
    ]
