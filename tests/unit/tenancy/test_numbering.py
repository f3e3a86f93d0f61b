"""Case numbers and credit codes: small exact rules."""

from __future__ import annotations

import pytest

from engine.errors import Invalid
from engine.tenancy.credit_code import is_credit_code
from engine.tenancy.numbering import case_number, number_rule_fault


@pytest.mark.parametrize(
    ("rule", "sequence", "number"),
    [
        ("许〔{year}〕{seq:04}号", 7, "许〔2026〕0007号"),
        ("许〔{year}〕{seq:04}号", 12345, "许〔2026〕12345号"),
        ("{seq}/{year}", 7, "7/2026"),
    ],
)
def test_a_number_is_made_by_the_rule(rule: str, sequence: int, number: str) -> None:
    assert case_number(rule, 2026, sequence) == number


@pytest.mark.parametrize(
    "rule",
    ["", "号", "{year}", "{seq}", "{year}{seq}{seq}", "{year}{seq:4}", "{year}{seq}{0}",
     "{year.__class__}{seq}", "{year}{seq", "{year}{seq}\n", "{year}{seq}" + "x" * 60],
)  # fmt: skip
def test_a_rule_that_cannot_number_is_refused(rule: str) -> None:
    assert number_rule_fault(rule) is not None
    with pytest.raises(Invalid):
        case_number(rule, 2026, 1)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_a_real_credit_code_is_recognised(code: str) -> None:
    assert is_credit_code(code)


@pytest.mark.parametrize(
    "code",
    ["", "91350100M000100Y4", "91350100M000100Y44", "91350100M000100X43", "91350100m000100y43",
     "9135010OM000100Y43", "91350100M000100Y430"],
)  # fmt: skip
def test_a_credit_code_with_a_slip_is_not(code: str) -> None:
    assert not is_credit_code(code)


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_character_is_always_noticed(place: int) -> None:
    code = "91350100M000100Y43"
    wrong = "7" if code[place] != "7" else "8"

    assert not is_credit_code(code[:place] + wrong + code[place + 1 :])
