"""What can be told of the kinds of an expression before it is evaluated."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.feel import FeelError, compile_expression
from engine.feel.kinds import Kinds, kinds_of
from engine.feel.library import BUILTIN_NAMES
from engine.feel.result_kinds import RESULTS
from engine.feel.values import admit, kind_of

from .vectors import SCOPE, STRICT, read_vectors

KNOWN: Mapping[str, Kinds] = {
    name: frozenset(kinds.split("|"))
    for name, kinds in {
        "amount": "number",
        "title": "string",
        "on": "string",
        "agreed": "boolean",
        "rows": "list",
        "since": "date",
        "either": "number|string",
        "mine": "context",
        "mine.code": "string",
    }.items()
}


NEVER_EVALUATED = {"false and 1", 'true or "x"'}
"""Vectors whose mistake stands in a part that is not reached."""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("amount + 1", "number"),
        ("title + on", "string"),
        ('since + duration("P5D")', "date"),
        ("since - since", "days and time duration"),
        ("amount > 3 and agreed", "boolean"),
        ("if agreed then 1 else 2", "number"),
        ("if agreed then 1 else title", "number or string"),
        ("[1, 2]", "list"),
        ("{a: 1}", "context"),
        ("count(rows)", "number"),
        ("for r in rows return r.x", "list"),
        ("some r in rows satisfies r.x = 1", "boolean"),
        ("mine.code", "string"),
        ("stranger + 1", None),
        ("rows[1]", None),
        ('parameter("x")', None),
        ("unit name(title)", "string"),
    ],
)
def test_the_kind_of_a_value(text: str, kind: str | None) -> None:
    functions: Mapping[str, Kinds] = {"parameter": None, "unit name": frozenset({"string"})}
    kinds, mistakes = kinds_of(text, KNOWN, functions)
    assert mistakes == ()
    assert (None if kinds is None else " or ".join(sorted(kinds))) == kind


@pytest.mark.parametrize(
    "text",
    [
        'amount = "3"',
        "title > 3",
        'amount + "元"',
        'since + "P5D"',
        'on + duration("P5D") > since',
        "on < since",
        "agreed and amount",
        "not(title)",
        "if amount then 1 else 2",
        "amount.unit",
        "upper case(amount)",
        "count(title)",
        "amount between 1 and title",
        'amount in (1, "2")',
        "title in < 3",
        "some r in rows satisfies 3",
        "{a: 1, b: a + title}",
        "[amount..title]",
        "either and agreed",
    ],
)
def test_a_mistake_is_told_in_both_languages(text: str) -> None:
    _, mistakes = kinds_of(text, KNOWN, {})
    assert len(mistakes) == 1
    assert mistakes[0].zh
    assert mistakes[0].en


@pytest.mark.parametrize(
    "text",
    [
        "amount = null",
        "stranger = 3",
        'either = 3 or either = "x"',
        "since + duration(title) > since",
        "rows[amount > 1]",
        "rows[item.amount > 1]",
        'for amount in ["a"] return amount + "x"',
        "{amount: title, b: amount + title}",
        "mine.name = 3",
        "concatenate(rows, [1])",
    ],
)
def test_what_may_be_right_is_not_called_wrong(text: str) -> None:
    assert kinds_of(text, KNOWN, {})[1] == ()


def test_the_kinds_of_results_are_those_of_functions_that_exist() -> None:
    assert RESULTS.keys() <= BUILTIN_NAMES


def test_no_vector_that_has_a_value_is_called_wrong_or_of_another_kind() -> None:
    known: dict[str, Kinds] = {name: frozenset({kind_of(admit(v))}) for name, v in SCOPE.items()}
    told, wrong = 0, set()
    for vector in read_vectors():
        try:
            value = compile_expression(vector.expression).evaluate(SCOPE, STRICT)
        except FeelError:
            continue
        kinds, mistakes = kinds_of(vector.expression, known, {})
        if mistakes:
            wrong.add(vector.expression)
        if kinds is not None and value is not None:
            assert kind_of(value) in kinds, vector.expression
            told += 1
    assert wrong == NEVER_EVALUATED
    assert told > 500
