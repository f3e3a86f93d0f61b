"""What a decision looks at: inputs, types, allowed values, and the decisions it requires."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from engine.decisions.errors import DecisionFailed
from engine.decisions.evaluate import evaluate_decision
from engine.decisions.names import needed_names
from engine.decisions.trail import trail_of
from engine.errors import LuchengError
from engine.feel import Allowance, Environment, FeelError

from .tables import (
    column,
    decision,
    file,
    literal,
    made,
    output,
    read,
    requires,
    result,
    rule,
    table,
)

CELLS: list[tuple[str, Any, bool]] = [
    ("-", None, True),
    ("", 1, True),
    ("null", None, True),
    ("not(null)", None, False),
    ("5", 5, True),
    ("< 5", None, False),
    ("[1..5)", 5, False),
    ("[1..5)", 1, True),
    ("< 1, > 3", 4, True),
    ("not(1, 2)", 3, True),
    ("not(1, 2)", 2, False),
    ('"a","b"', "b", True),
    ("true", False, False),
    ('contains(?, "山")', "阴山", True),
    ("? > 3 and ? < 9", 5, True),
    ('date("2026-03-01")', dt.date(2026, 3, 1), True),
    ('>= @"2026-03-02"', dt.date(2026, 3, 1), False),
    ("limit", 7, True),
]


@pytest.mark.parametrize(("cell", "value", "matches"), CELLS)
def test_a_cell_is_a_unary_test(cell: str, value: Any, matches: bool) -> None:
    drawn = table(column("x"), output("hit"), rule(cell, "=>", "true"))
    assert result(file(decision("d", drawn)), x=value, limit=7) is (True if matches else None)


def test_a_value_that_cannot_be_compared_stops_the_decision_and_names_rule_and_table() -> None:
    drawn = table(column("x"), output("hit"), rule('"a"', "=>", "1"), rule("> 3", "=>", "2"))
    with pytest.raises(DecisionFailed) as caught:
        made(file(decision("d", drawn)), x="b")
    assert (caught.value.code, caught.value.facts["rules"]) == ("feel_type", [2])
    assert caught.value.facts["decision"] == "d"


def test_a_variable_that_is_missing_is_named() -> None:
    drawn = table(column("nowhere"), output("hit"), rule("-", "=>", "1"))
    with pytest.raises(LuchengError, match="nowhere"):
        made(file(decision("d", drawn)))


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("number", 1, True),
        ("number", "1", False),
        ("integer", 1.5, False),
        ("integer", 2, True),
        ("feel:string", "x", True),
        ("date", "2026-01-01", False),
        ("dateTime", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), True),
        ("boolean", None, True),
        ("Any", [1], True),
    ],
)
def test_an_input_is_of_its_type_or_the_decision_stops(kind: str, value: Any, fits: bool) -> None:
    source = file(decision("d", table(column("x", kind), output("o"), rule("-", "=>", "1"))))
    if fits:
        assert result(source, x=value) == 1
        return
    with pytest.raises(DecisionFailed) as caught:
        made(source, x=value)
    assert caught.value.code == "decision_type"


def test_a_value_beside_the_allowed_ones_stops_the_decision() -> None:
    drawn = table(column("x", "string", '"a","b"'), output("o"), rule("-", "=>", "1"))
    source = file(decision("d", drawn))
    assert result(source, x="a") == 1
    with pytest.raises(DecisionFailed, match="not among") as caught:
        made(source, x="c")
    assert caught.value.code == "decision_value"


def test_a_result_beside_the_allowed_ones_stops_the_decision_and_names_the_rule() -> None:
    drawn = table(column("x"), output("o", "", '"a"'), rule("-", "=>", '"a" + x'))
    source = file(decision("d", drawn))
    assert result(source, x="") == "a"
    with pytest.raises(DecisionFailed) as caught:
        made(source, x="b")
    assert (caught.value.code, caught.value.facts["rules"]) == ("decision_value", [1])


GRADE = (
    '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues>'
    '<text>"A","B"</text></allowedValues></itemDefinition>'
)
PERSON = (
    '<itemDefinition name="tPeople" isCollection="true">'
    '<itemComponent name="grade"><typeRef>tGrade</typeRef></itemComponent></itemDefinition>'
)


@pytest.mark.parametrize(
    ("value", "fits"),
    [([], True), ([{"grade": "A"}], True), ([{"grade": "C"}], False), ({"grade": "A"}, False)],
)
def test_types_of_the_file_are_held(value: Any, fits: bool) -> None:
    drawn = table(column("people", "tPeople"), output("o"), rule("-", "=>", "count(people)"))
    source = file(GRADE, PERSON, decision("d", drawn))
    if fits:
        assert result(source, people=value) == len(value)
        return
    with pytest.raises(DecisionFailed):
        made(source, people=value)


def test_decisions_that_are_required_are_made_first_and_stand_in_the_trail() -> None:
    total = '<variable name="the total" typeRef="number"/>'
    source = file(
        decision("base", literal("amount * 2"), variable=total),
        decision(
            "grade",
            table(
                column("the total", "number"),
                output("g"),
                rule("> 10", "=>", '"big"'),
                rule("<= 10", "=>", '"small"'),
            ),
            requires("base"),
        ),
        decision(
            "d", literal('grade + " " + string(the total)'), requires("grade"), requires("base")
        ),
    )
    outcome = made(source, amount=6)
    assert outcome.result == "big 12"
    assert [m.decision for m in outcome.trail] == ["base", "grade", "d"]
    assert needed_names(read(source), "d") == {"amount"}
    trail = trail_of(outcome, "f" * 64)
    assert trail[1] == {
        "decision": "grade", "name": "grade", "inputs": {"the total": 12}, "rules": [1],
        "result": "big", "file": "f" * 64,
    }  # fmt: skip


def test_the_type_of_an_input_is_held() -> None:
    drawn = '<inputData id="i" name="amount"><variable name="amount" typeRef="number"/></inputData>'
    source = file(drawn, decision("d", literal("amount"), requires("i", "requiredInput")))
    assert result(source, amount=3) == 3
    with pytest.raises(DecisionFailed, match="amount"):
        made(source, amount="3")


def test_long_values_stand_in_the_history_by_their_digest() -> None:
    source = file(decision("d", table(column("x"), output("o"), rule("-", "=>", "x"))))
    (entry,) = trail_of(made(source, x="长" * 2_000), "")
    assert set(entry["result"]) == {"digest"}
    (entry,) = trail_of(made(source, x=1), "")
    assert entry["inputs"] == {"x": 1}


def test_a_table_cannot_work_without_end() -> None:
    cells = (rule("some i in 1..90, j in 1..90 satisfies i * j = ?", "=>", "1") for _ in range(40))
    source = file(decision("d", table(column("x"), output("o"), *cells, policy="COLLECT")))
    env = Environment(allowance=Allowance(100_000))
    with pytest.raises((FeelError, DecisionFailed)) as caught:
        evaluate_decision(read(source), "d", {"x": -1}, env)
    assert caught.value.code == "feel_limit"
