"""Overlapping and missing rules are told where they can be proved, and only there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.gate.check import check_file

from .tables import column, decision, file, output, rule, table


def told(source: bytes) -> dict[str, str]:
    """Warnings of the gate about a file: code and sentence."""
    report = check_file(source)
    assert report.publishable
    return {f.code: f.en for f in report.findings}


def over(kind: str, cells: Sequence[str], policy: str = "UNIQUE", allowed: str = "") -> bytes:
    rules = (rule(cell, "=>", str(n)) for n, cell in enumerate(cells))
    drawn = table(column("x", kind, allowed), output("o"), *rules, policy=policy)
    return file(decision("d", drawn))


COMPLETE = {
    "numbers": over("number", ["< 10", "[10..20)", ">= 20"]),
    "whole numbers": over("integer", ["<= 10", "[11..20]", "> 20"]),
    "a negated value": over("number", ["5", "not(5)"]),
    "truth": over("boolean", ["true", "false"]),
    "listed texts": over("string", ['"a"', '"b","c"'], allowed='"a","b","c"'),
    "any other text": over("string", ['"a"', 'not("a")']),
    "days": over("date", ['<= @"2026-01-31"', '>= @"2026-02-01"']),
    "everything": over("", ["-"]),
    "bounded numbers": over("number", ["[0..5]", "(5..100]"], allowed="[0..100]"),
}


@pytest.mark.parametrize("name", COMPLETE)
def test_a_complete_table_without_overlap_is_accepted_without_a_word(name: str) -> None:
    assert told(COMPLETE[name]) == {}


OVERLAPS = {
    "an end in both": (over("number", ["<= 10", ">= 10"]), "x = 10"),
    "intervals": (over("number", ["< 10", "[7..8]", ">= 10"]), "x = 7"),
    "texts": (over("string", ['"a","b"', 'not("a")', '"a"']), 'x = "a"'),
    "everything": (over("boolean", ["-", "true"]), "x = true"),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_rules_of_a_unique_table_that_overlap_are_told_with_an_example(name: str) -> None:
    source, example = OVERLAPS[name]
    assert example in told(source)["decision-overlap"]


@pytest.mark.parametrize("policy", ["ANY", "FIRST", "COLLECT", "RULE ORDER"])
def test_other_policies_may_overlap(policy: str) -> None:
    assert "decision-overlap" not in told(over("number", ["<= 10", ">= 10"], policy))


GAPS = {
    "below": (over("number", [">= 0"]), "x = < 0"),
    "between": (over("number", ["< 10", "> 10"]), "x = 10"),
    "above": (over("number", ["< 10", "[10..20]"], "FIRST"), "x = > 20"),
    "truth": (over("boolean", ["true"]), "x = false"),
    "listed text": (over("string", ['"a"'], allowed='"a","b"'), 'x = "b"'),
    "any text": (over("string", ['"a"']), "x = …"),
    "a day": (over("date", ['< @"2026-02-01"', '> @"2026-02-01"']), "x = 2026-02-01"),
}


@pytest.mark.parametrize("name", GAPS)
def test_values_without_a_rule_are_told_with_an_example(name: str) -> None:
    source, example = GAPS[name]
    assert example in told(source)["decision-gap"]


def test_a_default_or_a_list_has_no_gap() -> None:
    assert told(over("boolean", ["true"], "COLLECT")) == {}
    drawn = table(column("x", "boolean"), output("o", default="0"), rule("true", "=>", "1"))
    assert told(file(decision("d", drawn))) == {}


def test_a_gap_between_two_columns_is_found() -> None:
    drawn = table(
        column("x", "number"), column("y", "boolean"), output("o"),
        rule("< 5", "-", "=>", "1"), rule(">= 5", "true", "=>", "2"),
    )  # fmt: skip
    assert "x = 5，y = false" in told(file(decision("d", drawn)))["decision-gap"]


UNPROVABLE = {
    "a variable in a cell": over("number", ["< limit", ">= limit"]),
    "a condition": over("number", ["? > 3", "? > 4"]),
    "two columns on one variable": file(
        decision("d", table(column("x", "number"), column("x", "number"), output("o"),
                            rule("> 1", "< 1", "=>", "1"), rule("<= 1", "-", "=>", "2")))
    ),
    "a computed column": file(
        decision("d", table(column("count(x)", "number"), output("o"), rule(">= 0", "=>", "1")))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNPROVABLE)
def test_what_cannot_be_proved_is_not_told(name: str) -> None:
    assert told(UNPROVABLE[name]) == {}


def test_a_result_that_is_not_allowed_is_refused() -> None:
    drawn = table(column("x"), output("o", "", '"a","b"'), rule("-", "=>", '"c"'))
    report = check_file(file(decision("d", drawn)))
    assert [f.code for f in report.findings] == ["decision-result-refused"]
    assert not report.publishable


@pytest.mark.parametrize("size", [300, pytest.param(1_500, marks=pytest.mark.full)])
def test_a_large_table_is_checked_in_time(size: int) -> None:
    rules = (rule(f"[{n}..{n + 1})", f'"{n}"', "=>", "1") for n in range(size))
    drawn = table(column("x", "number"), column("y", "string"), output("o"), *rules)
    assert "decision-overlap" not in told(file(decision("d", drawn)))
