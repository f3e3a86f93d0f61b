"""Where an element that carries a rule is taken out of its diagram, a test of the rule fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from .report import OUTCOMES, missed, read_outcomes
from .twin import Placed, Twin, names_of, placed_elements, rules

TRIED = read_outcomes(OUTCOMES)

SAMPLES = {
    "shared/public-notice:VerifyObjection": (
        "R-GEN-1",
        "tests/process/domain/test_notice_to_list.py"
        "::test_a_rejected_objection_is_answered_and_the_mine_is_listed",
    ),
    "ordos/banner-mine-listing:AssessSite": (
        "R-ORD-12",
        "tests/web/a2/test_banner.py::test_three_departments_assess_on_site_at_the_same_time",
    ),
    "national/selection-round:CloseRound": (
        "R-NAT-23",
        "tests/web/national/test_national_path.py"
        "::test_what_comes_after_the_round_has_closed_is_not_taken",
    ),
}
"""A rule of each and the test that is to notice."""

HEAVY = pytest.param("national/selection-round:CloseRound", marks=pytest.mark.full)
"""Another rule of another tenant: the same proof once more, and the dearest."""

REFUSED = {"ordos/banner-mine-listing:AssessSite"}
"""What publication refuses already, so that the tenant cannot be loaded."""


@pytest.fixture(scope="module")
def elements() -> Mapping[str, Placed]:
    """Every element that carries a rule, by its key."""
    return {placed.key: placed for placed in placed_elements()}


@pytest.fixture(scope="module")
def small_twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A copy of the checkout for what the samples need."""
    twin = Twin(tmp_path_factory.mktemp("twin"), [name for _, name in SAMPLES.values()])
    yield twin
    twin.close()


@pytest.fixture(scope="module")
def twin(
    tmp_path_factory: pytest.TempPathFactory, elements: Mapping[str, Placed]
) -> Iterator[Twin]:
    """A copy of the checkout for everything."""
    twin = Twin(tmp_path_factory.mktemp("twin"), names_of(elements[key] for key in TRIED))
    yield twin
    twin.close()


@pytest.mark.parametrize("key", [HEAVY if key == HEAVY.values[0] else key for key in SAMPLES])
def test_a_step_taken_out_is_noticed_by_a_test_of_its_rule(
    small_twin: Twin, elements: Mapping[str, Placed], key: str
) -> None:
    rule, name = SAMPLES[key]
    assert rule in elements[key].rules
    assert name in rules()[rule]["tests"]
    outcome = small_twin.remove(elements[key], {rule: [name]})
    assert {rule: seen["test"] for rule, seen in outcome.noticed.items()} == {rule: name}
    assert outcome.is_refused == (key in REFUSED)


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("key", sorted(TRIED))
def test_what_was_noticed_once_is_noticed_still_and_the_gaps_are_the_known_ones(
    twin: Twin, elements: Mapping[str, Placed], key: str
) -> None:
    outcome = twin.remove(elements[key])
    assert missed(elements[key], outcome) == missed(elements[key], TRIED[key])


def test_what_was_tried_is_still_drawn(elements: Mapping[str, Placed]) -> None:
    assert TRIED.keys() <= elements.keys()


def test_where_nothing_is_taken_out_nothing_fails(small_twin: Twin) -> None:
    rule, name = next(iter(SAMPLES.values()))
    outcome = small_twin.leave({rule: [name]})
    assert (outcome.noticed, outcome.ran) == ({}, 1)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_no_test_of_a_rule_fails_where_nothing_is_taken_out(twin: Twin) -> None:
    every = {rule: rules()[rule]["tests"] for key in TRIED for rule in elements[key].rules}
    assert twin.leave(every).noticed == {}
