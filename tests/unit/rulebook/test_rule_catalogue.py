"""The catalogue of rules: what a good file gives, and how a bad one is refused."""

from __future__ import annotations

import pytest

from domain.rulebook.catalogue import Bilingual, Source, read_catalogue
from domain.rulebook.faults import RulebookRefused

NAMES = """
[document.NAT]
zh = "自然资规〔2024〕1号"
en = "The notice"

[section]
C1 = { zh = "主体", en = "Subjects" }
"""
RULE = """
[rule.R-NAT-1]
section = "C1"
source = "NAT 二（四）; NAT 三（八）"
zh = "矿山企业是责任主体。"
en = "The enterprise is the responsible subject."
"""


def refusal(text: str) -> RulebookRefused:
    with pytest.raises(RulebookRefused) as caught:
        read_catalogue(text)
    return caught.value


def test_a_rule_keeps_its_sentences_and_every_paragraph_it_was_taken_from() -> None:
    rule = read_catalogue(NAMES + RULE).rules["R-NAT-1"]
    assert rule.sentence == Bilingual(
        "矿山企业是责任主体。", "The enterprise is the responsible subject."
    )
    assert rule.sources == (Source("NAT", "二（四）"), Source("NAT", "三（八）"))
    assert (rule.reason, rule.is_condition) == (None, False)


def test_a_source_is_printed_with_the_full_title_of_its_document() -> None:
    catalogue = read_catalogue(NAMES + RULE)
    assert catalogue.printed_source(catalogue.rules["R-NAT-1"]) == (
        "自然资规〔2024〕1号 二（四）；自然资规〔2024〕1号 三（八）"
    )


def test_a_reasoned_rule_carries_both_sentences() -> None:
    reasoned = read_catalogue(
        NAMES + RULE + 'reason_zh = "无环节。"\nreason_en = "No step."'
    ).rules["R-NAT-1"]
    assert reasoned.reason == Bilingual("无环节。", "No step.")


def test_an_id_with_a_point_is_a_numbered_condition() -> None:
    text = NAMES + RULE.replace("R-NAT-1", '"R-IM-37.1"')
    assert read_catalogue(text).rules["R-IM-37.1"].is_condition


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("R-NAT-1", "R-XYZ-1", "rule.R-XYZ-1"),
        ("R-NAT-1", "R-NAT-01", "rule.R-NAT-01"),
        ('section = "C1"', 'section = "C99"', "rule.R-NAT-1"),
        ('section = "C1"\n', "", "rule.R-NAT-1.section"),
        ("NAT 二（四）", "ORD 二（四）", "rule.R-NAT-1"),
        ("NAT 二（四）", "NAT", "rule.R-NAT-1"),
        ("主体。", "主体", "rule.R-NAT-1.zh"),
        ("主体。", "主体。另一句。", "rule.R-NAT-1.zh"),
        ("subject.", "subject", "rule.R-NAT-1.en"),
        ("en = ", 'state = "done"\nen = ', "rule.R-NAT-1.state"),
        ("en = ", 'planned = "later"\nen = ', "rule.R-NAT-1.planned"),
        ("en = ", 'reason_zh = "无。"\nen = ', "rule.R-NAT-1"),
    ],
)
def test_a_faulty_rule_is_refused_and_its_place_named(old: str, new: str, place: str) -> None:
    error = refusal(NAMES + RULE.replace(old, new, 1))
    assert place in {fault.place for fault in error.faults}
    assert all(fault.file == "domain/rules.toml" for fault in error.faults)


def test_two_rules_with_one_id_are_refused() -> None:
    error = refusal(NAMES + RULE + RULE)
    assert [fault.code for fault in error.faults] == ["toml"]


def test_all_faults_are_told_at_once_in_both_languages() -> None:
    second = RULE.replace("R-NAT-1", "R-NAT-2").replace('"C1"', '"C99"')
    error = refusal(NAMES + RULE.replace('"C1"', '"C98"') + second)
    assert [fault.place for fault in error.faults] == ["rule.R-NAT-1", "rule.R-NAT-2"]
    assert all(section in error.zh and section in error.en for section in ("C98", "C99"))
