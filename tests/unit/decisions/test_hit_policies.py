"""Every hit policy and aggregator, with none, one and several matching rules."""

from __future__ import annotations

import pytest

from engine.decisions.errors import DecisionFailed

from .tables import column, decision, file, graded, made, output, result, rule, table

RULES = (
    rule("> 10", "=>", '"low"'),
    rule("> 20", "=>", '"high"'),
    rule("> 30", "=>", '"middle"'),
)


def collecting(aggregation: str) -> bytes:
    rules = (rule("> 10", "=>", "3"), rule("> 20", "=>", "1.5"), rule("> 30", "=>", "x"))
    drawn = table(
        column("x", "number"), output("fee", "number"), *rules,
        policy="COLLECT", aggregation=aggregation,
    )  # fmt: skip
    return file(decision("d", drawn))


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("", 15, "low"),
        ("UNIQUE", 15, "low"),
        ("UNIQUE", 5, None),
        ("ANY", 15, "low"),
        ("FIRST", 99, "low"),
        ("PRIORITY", 15, "low"),
        ("PRIORITY", 25, "high"),
        ("PRIORITY", 99, "high"),
        ("RULE ORDER", 99, ["low", "high", "middle"]),
        ("RULE ORDER", 5, []),
        ("OUTPUT ORDER", 99, ["high", "middle", "low"]),
        ("OUTPUT ORDER", 25, ["high", "low"]),
        ("COLLECT", 99, ["low", "high", "middle"]),
        ("COLLECT", 5, []),
    ],
)
def test_a_policy_says_what_becomes_of_the_rules_that_match(
    policy: str, x: int, expected: object
) -> None:
    assert result(graded(policy, *RULES), x=x) == expected


@pytest.mark.parametrize(
    ("aggregation", "x", "expected"),
    [
        ("SUM", 40, 44.5),
        ("SUM", 15, 3),
        ("SUM", 5, None),
        ("MIN", 40, 1.5),
        ("MAX", 40, 40),
        ("COUNT", 40, 3),
        ("COUNT", 5, 0),
    ],
)
def test_an_aggregator_makes_one_value(aggregation: str, x: int, expected: object) -> None:
    assert result(collecting(aggregation), x=x) == expected


def test_several_rules_of_a_unique_table_stop_the_decision_and_are_named() -> None:
    with pytest.raises(DecisionFailed) as caught:
        made(graded("UNIQUE", *RULES), x=25)
    assert caught.value.code == "decision_rules"
    assert caught.value.facts["rules"] == [1, 2]
    assert "d" in caught.value.zh
    assert "规则 1、2" in caught.value.zh


def test_rules_of_an_any_table_that_agree_give_their_result() -> None:
    agreeing = graded("ANY", rule("> 1", "=>", '"low"'), rule("> 2", "=>", '"l" + "ow"'))
    assert result(agreeing, x=3) == "low"


def test_rules_of_an_any_table_that_differ_stop_the_decision_and_are_named() -> None:
    with pytest.raises(DecisionFailed) as caught:
        made(graded("ANY", *RULES), x=25)
    assert caught.value.facts["rules"] == [1, 2]


def test_several_outputs_make_a_context_by_their_names() -> None:
    drawn = table(
        column("x"), output("a"), output("b"), rule("1", "=>", '"x"', "x + 1"), policy="FIRST"
    )
    assert result(file(decision("d", drawn)), x=1) == {"a": "x", "b": 2}


def test_several_outputs_are_ranked_from_left_to_right() -> None:
    drawn = table(
        column("x"), output("a", "", "2, 1"), output("b", "", '"z", "y"'),
        rule("-", "=>", "1", '"z"'), rule("-", "=>", "2", '"y"'), rule("", "=>", "2", '"z"'),
        policy="OUTPUT ORDER",
    )  # fmt: skip
    ranked = result(file(decision("d", drawn)), x=0)
    assert ranked == [{"a": 2, "b": "z"}, {"a": 2, "b": "y"}, {"a": 1, "b": "z"}]


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "PRIORITY", "FIRST"])
def test_without_a_match_the_default_is_the_result(policy: str) -> None:
    drawn = table(
        column("x"), output("g", "string", '"a","b"', default='"b"'), rule("1", "=>", '"a"'),
        policy=policy,
    )  # fmt: skip
    source = file(decision("d", drawn))
    assert (result(source, x=1), result(source, x=2)) == ("a", "b")


def test_an_aggregate_without_a_match_is_the_default() -> None:
    drawn = table(
        column("x"), output("g", default="7"), rule("1", "=>", "2"),
        policy="COLLECT", aggregation="SUM",
    )  # fmt: skip
    assert result(file(decision("d", drawn)), x=2) == 7
