"""The rules table: states are computed from places and tests, never claimed."""

from __future__ import annotations

import json

import pytest

from domain.rulebook.catalogue import Catalogue, read_catalogue
from domain.rulebook.faults import Fault, RulebookRefused
from domain.rulebook.places import Place, Scan
from domain.rulebook.report import contradictions, rules_report, state_counts

CATALOGUE = """
[document.IM]
zh = "内政办发〔2025〕24号"
en = "The notice"
[section]
C4 = { zh = "申报材料", en = "Application material" }

[rule.R-IM-14]
section = "C4"
source = "IM 附2一"
zh = "材料清单共七组。"
en = "There are seven groups."

[rule.R-IM-27]
section = "C4"
source = "IM 二（四）"
zh = "予以通报。"
en = "They are named."

[rule.R-IM-28]
section = "C4"
source = "IM 附3"
zh = "财政保障经费。"
en = "Finance pays."
reason_zh = "由预算安排。"
reason_en = "The budget arranges it."
"""
PLACE = Place("R-IM-14", "diagram", "processes/a.bpmn", "Apply", "申报")
TEST = Place("R-IM-14", "test", "tests/a.py", "test_a", "tests/a.py::test_a")


@pytest.fixture
def catalogue() -> Catalogue:
    return read_catalogue(CATALOGUE)


def states(catalogue: Catalogue, scan: Scan) -> dict[str, object]:
    return {str(entry["id"]): entry["state"] for entry in rules_report(catalogue, scan)}


def test_an_entry_says_everything_about_its_rule(catalogue: Catalogue) -> None:
    entry = rules_report(catalogue, Scan((PLACE,), (TEST,), ()))[0]
    assert entry == {
        "id": "R-IM-14",
        "section": "C4",
        "section_zh": "申报材料",
        "section_en": "Application material",
        "sentence": "材料清单共七组。",
        "sentence_en": "There are seven groups.",
        "source": "内政办发〔2025〕24号 附2一",
        "state": "realised",
        "reason": None,
        "reason_en": None,
        "places": [
            {"kind": "diagram", "file": "processes/a.bpmn", "element": "Apply", "name": "申报"}
        ],
        "tests": ["tests/a.py::test_a"],
    }


@pytest.mark.parametrize(
    ("places", "tests", "state"),
    [
        ((PLACE,), (TEST,), "realised"),
        ((PLACE,), None, "realised"),
        ((PLACE,), (), "missing"),
        ((), (TEST,), "missing"),
        ((), None, "missing"),
    ],
    ids=["placed and tested", "tests not at hand", "no test", "no place", "nothing"],
)
def test_a_rule_is_realised_only_with_a_place_and_a_test(
    catalogue: Catalogue,
    places: tuple[Place, ...],
    tests: tuple[Place, ...] | None,
    state: str,
) -> None:
    assert states(catalogue, Scan(places, tests, ()))["R-IM-14"] == state


def test_a_reasoned_rule_says_why_in_both_languages(catalogue: Catalogue) -> None:
    entry = rules_report(catalogue, Scan((), (), ()))[2]
    assert (entry["state"], entry["reason"], entry["reason_en"]) == (
        "reasoned",
        "由预算安排。",
        "The budget arranges it.",
    )


@pytest.mark.parametrize("kind", ["place", "test"])
def test_an_unknown_rule_refuses_the_report_and_names_file_and_place(
    catalogue: Catalogue, kind: str
) -> None:
    wrong = Place("R-IM-99", "diagram", "processes/a.bpmn", "Apply", "申报")
    scan = Scan((wrong,), (), ()) if kind == "place" else Scan((), (wrong,), ())
    with pytest.raises(RulebookRefused) as caught:
        rules_report(catalogue, scan)
    (fault,) = caught.value.faults
    assert (fault.file, fault.place, fault.code) == ("processes/a.bpmn", "Apply", "unknown_rule")
    assert "R-IM-99" in str(caught.value)


def test_a_file_that_could_not_be_read_refuses_the_report(catalogue: Catalogue) -> None:
    fault = Fault("a.bpmn", "1:1", "unreadable", "不可读", "unreadable")
    with pytest.raises(RulebookRefused) as caught:
        rules_report(catalogue, Scan((), (), (fault,)))
    assert caught.value.faults == (fault,)


def test_a_place_of_a_rule_that_is_said_to_have_none_is_a_contradiction(
    catalogue: Catalogue,
) -> None:
    placed = Place("R-IM-28", "form", "forms/a.form", "fee", "费用")
    (fault,) = contradictions(catalogue, Scan((placed, PLACE), (), ()))
    assert (fault.file, fault.place, fault.code) == (
        "forms/a.form",
        "fee",
        "reasoned_but_placed",
    )


def test_the_order_of_files_does_not_change_the_report(catalogue: Catalogue) -> None:
    other = Place("R-IM-14", "form", "forms/a.form", "licence", "证照")
    one = rules_report(catalogue, Scan((PLACE, other), (TEST,), ()))
    assert one == rules_report(catalogue, Scan((other, PLACE), (TEST,), ()))


def test_the_report_prints_as_json_and_counts_every_state(catalogue: Catalogue) -> None:
    report = rules_report(catalogue, Scan((PLACE,), (TEST,), ()))
    assert json.loads(json.dumps(report)) == report
    assert state_counts(report) == {"realised": 1, "reasoned": 1, "missing": 1}
