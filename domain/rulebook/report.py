"""The rules table: every rule with its state, the places where it stands and the tests it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from domain.rulebook.catalogue import Catalogue, Rule
from domain.rulebook.faults import Fault, refuse_if_any
from domain.rulebook.places import Place, Scan


class State(StrEnum):
    """How far a rule is; ``missing`` is a defect: no place, or no test, and nothing said."""

    REALISED = "realised"
    REASONED = "reasoned"
    MISSING = "missing"


def rules_report(catalogue: Catalogue, scan: Scan) -> list[dict[str, object]]:
    """One entry per rule in the order of the catalogue, ready to be printed as JSON.

    A file that cannot be read or names a rule nobody knows refuses the whole report, with every
    such file and place.
    """
    refuse_if_any(scan_faults(catalogue, scan))
    places, tests = _by_rule(scan.places), _by_rule(scan.tests or ())
    entries: list[dict[str, object]] = []
    for rule in catalogue.rules.values():
        state = _state(rule, places[rule.id], None if scan.tests is None else tests[rule.id])
        entries.append(_entry(catalogue, rule, state, places[rule.id], tests[rule.id]))
    return entries


def scan_faults(catalogue: Catalogue, scan: Scan) -> tuple[Fault, ...]:
    """Everything wrong with the scanned files: what cannot be read, and every unknown rule."""
    unknown = (
        Fault(
            place.file,
            place.element or place.name,
            "unknown_rule",
            f"规则 {place.rule or '（空）'} 不在规则目录中",
            f"the rule {place.rule or '(empty)'} is not in the catalogue",
        )
        for place in (*scan.places, *(scan.tests or ()))
        if place.rule not in catalogue.rules
    )
    return (*scan.faults, *unknown)


def contradictions(catalogue: Catalogue, scan: Scan) -> tuple[Fault, ...]:
    """Each place of a rule whose catalogue entry says that no step of the software can hold it."""
    return tuple(
        Fault(
            place.file,
            place.element or place.name,
            "reasoned_but_placed",
            f"规则 {place.rule} 在目录中说明无法由软件环节落实，此处却予以标注",
            f"the catalogue says that no step can realise {place.rule}, yet it is placed here",
        )
        for place in scan.places
        if place.rule in catalogue.rules and catalogue.rules[place.rule].reason is not None
    )


def state_counts(report: Iterable[Mapping[str, object]]) -> dict[str, int]:
    """How many rules are in each state, every state named."""
    counts = dict.fromkeys((state.value for state in State), 0)
    for entry in report:
        counts[str(entry["state"])] += 1
    return counts


def _by_rule(places: Iterable[Place]) -> defaultdict[str, list[Place]]:
    grouped: defaultdict[str, list[Place]] = defaultdict(list)
    for place in sorted(places):
        grouped[place.rule].append(place)
    return grouped


def _state(rule: Rule, places: list[Place], tests: list[Place] | None) -> State:
    """The rule's state; None for tests means that they are not at hand and cannot be judged."""
    if rule.reason is not None:
        return State.REASONED
    return State.REALISED if places and tests != [] else State.MISSING


def _entry(
    catalogue: Catalogue, rule: Rule, state: State, places: list[Place], tests: list[Place]
) -> dict[str, object]:
    section = catalogue.sections[rule.section]
    return {
        "id": rule.id,
        "section": rule.section,
        "section_zh": section.zh,
        "section_en": section.en,
        "sentence": rule.sentence.zh,
        "sentence_en": rule.sentence.en,
        "source": catalogue.printed_source(rule),
        "state": state.value,
        "reason": rule.reason.zh if rule.reason else None,
        "reason_en": rule.reason.en if rule.reason else None,
        "places": list(_shown(places)),
        "tests": [place.name for place in tests],
    }


def _shown(places: Iterable[Place]) -> Iterator[dict[str, str]]:
    for place in places:
        yield {
            "kind": place.kind,
            "file": place.file,
            "element": place.element,
            "name": place.name,
        }
