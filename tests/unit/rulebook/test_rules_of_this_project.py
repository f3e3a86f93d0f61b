"""The project's own catalogue and files: the whole specification, and no rule that is unknown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from domain.rulebook.catalogue import Catalogue, Rule, shipped_catalogue
from domain.rulebook.files import read_files
from domain.rulebook.places import Scan, scan_files
from domain.rulebook.report import contradictions, rules_report, scan_faults

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("processes", "forms", "tenants", "domain", "engine", "webapp", "tests")

# Chain A1 of the specification, by the rules its steps name.
CHAIN_A1 = {f"R-IM-{n}" for n in (9, 10, *range(12, 27), 29, 30, 31, 32, 33, 51)}
# Sections that stand whole, as far as they bind the shipped region and not a city or banner.
WHOLE_SECTIONS = ("C4", "C5", "C8", "C9", "C22")
REGISTER = {"R-NAT-4", "R-IM-34"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped_catalogue()


@pytest.fixture(scope="module")
def scan() -> Scan:
    return scan_files(read_files({name: ROOT / name for name in FOLDERS}))


def is_local(rule: Rule) -> bool:
    return rule.id.startswith(("R-ORD-", "R-YJ-"))


def test_the_catalogue_holds_all_184_rules_and_26_conditions(catalogue: Catalogue) -> None:
    conditions = [rule for rule in catalogue.rules.values() if rule.is_condition]
    by_family = Counter(rule.id.rsplit("-", 1)[0] for rule in catalogue.rules.values())
    assert by_family == {"R-NAT": 49, "R-IM": 81, "R-ORD": 42, "R-YJ": 37, "R-GEN": 1}
    assert (len(catalogue.rules), len(conditions)) == (210, 26)


@pytest.mark.parametrize(("family", "count"), [("NAT", 49), ("ORD", 42), ("YJ", 37), ("GEN", 1)])
def test_the_numbers_of_a_family_have_no_gap(catalogue: Catalogue, family: str, count: int) -> None:
    assert {f"R-{family}-{n}" for n in range(1, count + 1)} <= catalogue.rules.keys()


def test_the_regional_rules_and_their_three_lists_of_conditions_have_no_gap(
    catalogue: Catalogue,
) -> None:
    rules = {f"R-IM-{n}" for n in range(1, 58) if n not in (37, 39)}
    lists = {f"R-IM-{a}.{n}" for a, m in ((37, 3), (38, 9), (39, 14)) for n in range(1, m + 1)}
    assert {key for key in catalogue.rules if key.startswith("R-IM-")} == rules | lists


def test_every_section_and_document_is_used(catalogue: Catalogue) -> None:
    rules = catalogue.rules.values()
    assert {rule.section for rule in rules} == catalogue.sections.keys()
    assert {source.document for rule in rules for source in rule.sources} == (
        catalogue.documents.keys()
    )


def test_no_two_rules_say_the_same_sentence_but_the_ones_two_documents_share(
    catalogue: Catalogue,
) -> None:
    said = Counter(rule.sentence.zh for rule in catalogue.rules.values())
    twice = {rule.id for rule in catalogue.rules.values() if said[rule.sentence.zh] > 1}
    assert twice == {"R-NAT-10", "R-IM-11"}


def test_every_rule_is_realised_with_its_test_or_says_why_no_step_can(
    catalogue: Catalogue, scan: Scan
) -> None:
    states = {str(entry["id"]): entry["state"] for entry in rules_report(catalogue, scan)}
    assert {rule for rule, state in states.items() if state == "missing"} == set()
    assert {states[rule] for rule in CHAIN_A1 | REGISTER} == {"realised"}
    owed = {
        rule.id
        for rule in catalogue.rules.values()
        if rule.section in WHOLE_SECTIONS and not is_local(rule)
    }
    assert {states[rule] for rule in owed} == {"realised"}


def test_no_file_of_the_project_names_an_unknown_rule(catalogue: Catalogue, scan: Scan) -> None:
    assert scan_faults(catalogue, scan) == ()


def test_no_rule_is_placed_that_is_said_to_have_no_place(catalogue: Catalogue, scan: Scan) -> None:
    assert contradictions(catalogue, scan) == ()


def test_the_report_lists_every_rule_once_in_the_order_of_the_catalogue(
    catalogue: Catalogue, scan: Scan
) -> None:
    assert [entry["id"] for entry in rules_report(catalogue, scan)] == list(catalogue.rules)
