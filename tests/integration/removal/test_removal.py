"""Where an element that carries a rule is taken out of its diagram, a test of the rule fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .twin import Placed, Twin, placed_elements, rules, tests_of

ELEMENTS = {placed.key: placed for placed in placed_elements()}
UNNOTICED = {
    tuple(line.split())
    for line in Path(__file__).with_name("unnoticed.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
}
"""Element and rule; the list may only become shorter."""

SAMPLES = (
    "shared/supplement:AwaitSupplement",
    "ordos/banner-mine-listing:AssessSite",
    "national/selection-round:CloseRound",
)


CALM = "tests/web/a1/test_acceptance.py::test_every_missing_thing_must_be_answered"


@pytest.fixture(scope="module")
def small_twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A copy of the checkout for what the samples need."""
    names = tests_of(ELEMENTS[key] for key in SAMPLES) | {CALM}
    twin = Twin(tmp_path_factory.mktemp("twin"), names)
    yield twin
    twin.close()


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A copy of the checkout for everything."""
    twin = Twin(tmp_path_factory.mktemp("twin"), tests_of(ELEMENTS.values()))
    yield twin
    twin.close()


def check(twin: Twin, placed: Placed) -> None:
    noticed = twin.remove(placed).noticed
    unnoticed = {(placed.key, rule) for rule in placed.rules if rule not in noticed}
    assert unnoticed == {(key, rule) for key, rule in UNNOTICED if key == placed.key}


@pytest.mark.parametrize("key", SAMPLES)
def test_a_step_taken_out_is_noticed_by_the_tests_of_its_rules(small_twin: Twin, key: str) -> None:
    check(small_twin, ELEMENTS[key])


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("key", sorted(ELEMENTS.keys() - set(SAMPLES)))
def test_every_element_taken_out_is_noticed_by_the_tests_of_its_rules(twin: Twin, key: str) -> None:
    check(twin, ELEMENTS[key])


def test_what_is_known_to_go_unnoticed_is_still_drawn() -> None:
    assert {(key, rule) for key, placed in ELEMENTS.items() for rule in placed.rules} >= UNNOTICED


def test_where_nothing_is_taken_out_nothing_fails(small_twin: Twin) -> None:
    outcome = small_twin.leave({"R-IM-14": [CALM]})
    assert (outcome.noticed, outcome.ran) == ({}, 1)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_no_test_of_a_rule_fails_where_nothing_is_taken_out(twin: Twin) -> None:
    every = {rule: rules()[rule]["tests"] for p in ELEMENTS.values() for rule in p.rules}
    assert twin.leave(every).noticed == {}
