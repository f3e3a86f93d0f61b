"""Variables that would not fit into a case are told before publication."""

from __future__ import annotations

from bpmn.diagrams import END, START, USER, diagram, line, mapping, user

from engine.bpmn.findings import Severity
from engine.cases.scopes import MAX_BYTES
from engine.gate.size import MOST_BYTES

from .judging import codes, judged, tenant

DRAWN = diagram(line(START, user(), END))


def fields(count: int, kind: str) -> dict[str, dict[str, str]]:
    return {"review": {f"field{n}": kind for n in range(count)}}


def test_the_limit_is_that_of_the_engine() -> None:
    assert MOST_BYTES == MAX_BYTES


def test_many_texts_are_a_warning_with_their_number_and_size() -> None:
    found = judged(DRAWN, tenant(forms=fields(160, "string")))["variables-large"]
    assert (found.severity, found.element) == (Severity.WARNING, "p")
    assert "160" in found.zh
    assert str(MOST_BYTES) in found.zh


def test_few_texts_or_many_small_values_are_fine() -> None:
    for forms in (fields(90, "string"), fields(300, "boolean")):
        assert "variables-large" not in codes(DRAWN, tenant(forms=forms))


def test_what_a_step_does_not_map_stays_in_its_record() -> None:
    kept = diagram(line(START, user(extensions=USER + mapping("output =field1 one")), END))
    assert "variables-large" not in codes(kept, tenant(forms=fields(160, "string")))
