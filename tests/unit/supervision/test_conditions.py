"""The numbered conditions of the lists: one row for each condition and tenant, read from its table.

The same event is held against both lists and may have two outcomes.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.decisions.evaluate import evaluate_decision
from engine.decisions.model import Decisions
from engine.decisions.read import read_decisions
from engine.feel import Environment

PROCESSES = Path(__file__).parents[3] / "processes"
NOTHING: dict[str, Any] = {"months": 0, "years": 0, "overdue": False, "ownFault": False}


@cache
def table(tenant: str) -> Decisions:
    reading = read_decisions((PROCESSES / tenant / "list-conditions.dmn").read_bytes())
    assert reading.decisions is not None, reading
    return reading.decisions


def judge(tenant: str, fact: str, **more: Any) -> tuple[str, str]:
    """Outcome and rule of an event on the list of a tenant."""
    facts = {**NOTHING, "fact": fact, **more}
    scope = {k: Decimal(v) if type(v) is int else v for k, v in facts.items()}
    outcome = evaluate_decision(table(tenant), "list-conditions", scope, Environment())
    result: Any = outcome.result
    return result["outcome"], result["rule"]


REGION = [
    ("R-IM-37.1", "mark", "stopped", {"months": 12}),
    ("R-IM-37.2", "mark", "changed", {}),
    ("R-IM-37.3", "mark", "needs-rectification", {}),
    ("R-IM-38.1", "rectify", "archives", {}),
    ("R-IM-38.2", "rectify", "environment", {}),
    ("R-IM-38.3", "rectify", "obsolete-equipment", {}),
    ("R-IM-38.4", "rectify", "backward-processing", {}),
    ("R-IM-38.5", "rectify", "three-rates", {}),
    ("R-IM-38.6", "rectify", "restoration", {}),
    ("R-IM-38.7", "rectify", "waste", {}),
    ("R-IM-38.8", "rectify", "consumption", {}),
    ("R-IM-38.9", "rectify", "other-violation", {}),
    ("R-IM-39.1", "remove", "licences", {}),
    ("R-IM-39.2", "remove", "penalty", {}),
    ("R-IM-39.3", "remove", "extinct", {}),
    ("R-IM-39.3", "remove", "stopped", {"months": 37, "ownFault": True}),
    ("R-IM-39.4", "remove", "illegal-mining", {}),
    ("R-IM-39.5", "remove", "accident", {}),
    ("R-IM-39.6", "remove", "land-control", {}),
    ("R-IM-39.7", "remove", "eco-control", {"overdue": True}),
    ("R-IM-39.8", "remove", "tailings", {}),
    ("R-IM-39.9", "remove", "abnormal-list", {"months": 7}),
    ("R-IM-39.10", "remove", "lagging", {"years": 2}),
    ("R-IM-39.11", "remove", "typical-case", {}),
    ("R-IM-39.12", "remove", "emergency", {}),
    ("R-IM-39.13", "remove", "fraud", {}),
    ("R-IM-39.14", "remove", "other-unfit", {}),
]
NATION = [
    (1, "licences", {}),
    (2, "penalty", {}),
    (3, "extinct", {}),
    (3, "stopped", {"ownFault": True, "months": 1}),
    (4, "illegal-mining", {}),
    (5, "accident", {}),
    (6, "eco-control", {"overdue": True}),
    (7, "tailings", {}),
    (8, "abnormal-list", {}),
    (9, "lagging", {"years": 1}),
    (10, "typical-case", {}),
    (11, "emergency", {}),
    (12, "fraud", {}),
    (13, "other-unfit", {}),
]


@pytest.mark.rule(
    "R-IM-37.1",
    "R-IM-37.2",
    "R-IM-37.3",
    "R-IM-38.1",
    "R-IM-38.2",
    "R-IM-38.3",
    "R-IM-38.4",
    "R-IM-38.5",
    "R-IM-38.6",
    "R-IM-38.7",
    "R-IM-38.8",
    "R-IM-38.9",
    "R-IM-39.1",
    "R-IM-39.2",
    "R-IM-39.3",
    "R-IM-39.4",
    "R-IM-39.5",
    "R-IM-39.6",
    "R-IM-39.7",
    "R-IM-39.8",
    "R-IM-39.9",
    "R-IM-39.10",
    "R-IM-39.11",
    "R-IM-39.12",
    "R-IM-39.13",
    "R-IM-39.14",
)
@pytest.mark.parametrize(("rule", "outcome", "fact", "more"), REGION)
def test_the_region_has_3_marks_9_rectifications_and_14_removals(
    rule: str, outcome: str, fact: str, more: dict[str, Any]
) -> None:
    assert judge("neimenggu", fact, **more) == (outcome, rule)


def test_no_numbered_condition_of_the_region_is_left_out() -> None:
    wanted = [("37", 3), ("38", 9), ("39", 14)]
    numbered = {f"R-IM-{group}.{n}" for group, count in wanted for n in range(1, count + 1)}
    assert {rule for rule, *_ in REGION} == numbered


@pytest.mark.rule("R-NAT-27")
@pytest.mark.parametrize(("number", "fact", "more"), NATION)
def test_the_nation_removes_for_13(number: int, fact: str, more: dict[str, Any]) -> None:
    assert judge("national", fact, **more) == ("remove", "R-NAT-27")
    assert {number for number, *_ in NATION} == set(range(1, 14))


@pytest.mark.rule("R-IM-39.3", "R-IM-39.9", "R-IM-39.10", "R-NAT-27")
@pytest.mark.parametrize(
    ("fact", "more", "region", "nation"),
    [
        ("abnormal-list", {"months": 1}, "none", "remove"),
        ("abnormal-list", {"months": 6}, "none", "remove"),
        ("abnormal-list", {"months": 7}, "remove", "remove"),
        ("lagging", {"years": 1}, "none", "remove"),
        ("lagging", {"years": 2}, "remove", "remove"),
        ("stopped", {"months": 11, "ownFault": True}, "none", "remove"),
        ("stopped", {"months": 12, "ownFault": True}, "mark", "remove"),
        ("stopped", {"months": 36, "ownFault": True}, "mark", "remove"),
        ("stopped", {"months": 37, "ownFault": True}, "remove", "remove"),
        ("stopped", {"months": 60, "ownFault": False}, "mark", "none"),
        ("eco-control", {"overdue": False}, "rectify", "refer"),
        ("land-control", {}, "remove", "none"),
        ("changed", {}, "mark", "none"),
    ],
)
def test_one_event_has_its_own_outcome_on_each_list(
    fact: str, more: dict[str, Any], region: str, nation: str
) -> None:
    assert (judge("neimenggu", fact, **more)[0], judge("national", fact, **more)[0]) == (
        region,
        nation,
    )


@pytest.mark.rule("R-NAT-33")
@pytest.mark.parametrize("fact", ["three-rates", "waste", "other-violation"])
def test_what_the_nation_does_not_remove_for_is_handed_to_the_department(fact: str) -> None:
    assert judge("national", fact) == ("refer", "R-NAT-33")


@pytest.mark.parametrize("tenant", ["neimenggu", "national"])
def test_an_event_that_no_list_names_has_no_outcome(tenant: str) -> None:
    assert judge(tenant, "something else") == ("none", "")
