"""What a diagram names exists: forms, called procedures, rules, parameters."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from .picture import DIAGRAMS, ROOT, find, read_picture, tag_of

SHIPPED = [path for path in DIAGRAMS if path.is_relative_to(ROOT / "processes")]
FORMS = sorted([*ROOT.glob("forms/**/*.form"), *ROOT.glob("tests/process/data/*.form")])
RULE = re.compile(r"R-(?:NAT|IM|ORD|YJ|GEN)-\d+(?:\.\d+)?")
PARAMETER = re.compile(r'parameter\("([^"]+)"\)')
ACTIVITIES = (
    *("userTask", "serviceTask", "scriptTask", "businessRuleTask"),
    *("callActivity", "subProcess"),
)
REGION = "neimenggu"
OF_THE_APPLICANT = ("=case.principal", "=applicant")

every_diagram = pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
shipped_diagram = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
every_form = pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)


def _named(path: Path, attribute: str) -> set[str]:
    """The values of a zeebe attribute anywhere in a diagram."""
    found = find(read_picture(path).root, f"//zeebe:*[@{attribute}]")
    return {element.get(attribute, "") for element in found}


def _in_reach(path: Path, kind: str, name: str) -> bool:
    """Whether the diagram's own folder, one of those above it or the shared one holds this file."""
    places = [ROOT / kind / owner / name for owner in _owners(path.parent.name)]
    return any(place.is_file() for place in (*places, path.parent / name))


def _owners(own: str) -> list[str]:
    """Where a name is looked up: the owner, the tenants above it, shared."""
    found = [own]
    while (above := _tenant(found[-1]).get("parent", "")) != "":
        found.append(above)
    return [*found, "shared"]


@cache
def _tenant(slug: str) -> dict[str, Any]:
    """What the file of a tenant says; nothing for a folder that is none."""
    path = ROOT / "tenants" / slug / "tenant.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def _properties(path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Tag, id and own properties of every element that has some."""
    for holder in find(read_picture(path).root, "//zeebe:properties"):
        extensions = holder.getparent()
        element = None if extensions is None else extensions.getparent()
        assert element is not None
        lines = find(holder, "zeebe:property")
        values = {line.get("name", ""): line.get("value", "") for line in lines}
        yield tag_of(element), element.get("id", ""), values


@every_diagram
def test_every_form_of_a_step_is_a_file(path: Path) -> None:
    missing = {f for f in _named(path, "formId") if not _in_reach(path, "forms", f + ".form")}
    assert missing == set()


@every_diagram
def test_every_called_procedure_is_a_file(path: Path) -> None:
    called = _named(path, "processId")
    assert {p for p in called if not _in_reach(path, "processes", p + ".bpmn")} == set()


def test_every_form_is_used_by_a_step() -> None:
    used = set().union(*(_named(path, "formId") for path in DIAGRAMS))
    assert {path.stem for path in FORMS} == used


@every_form
def test_a_form_is_named_after_its_file(path: Path) -> None:
    assert json.loads(path.read_text("utf-8"))["id"] == path.stem


@every_diagram
def test_rules_on_a_diagram_are_rules_of_the_catalogue(path: Path) -> None:
    named = {
        part.strip()
        for _, _, values in _properties(path)
        for part in values.get("rule", "").split(",")
        if part.strip()
    }
    assert all(RULE.fullmatch(rule) for rule in named)
    assert named <= _catalogue()


@every_form
def test_rules_on_a_form_are_rules_of_the_catalogue(path: Path) -> None:
    named = set(_form_rules(json.loads(path.read_text("utf-8"))))
    assert all(RULE.fullmatch(rule) for rule in named)
    assert named <= _catalogue()


def _form_rules(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for rule in part.get("properties", {}).get("rule", "").split(","):
            if rule.strip():
                yield rule.strip()
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _form_rules(inner)


def _catalogue() -> set[str]:
    with (ROOT / "domain" / "rules.toml").open("rb") as file:
        return _ids(tomllib.load(file)["rule"])


def _ids(table: dict[str, Any], above: str = "") -> set[str]:
    """Rule ids, numbered conditions (``R-IM-37.1``) included, which TOML may read as nested."""
    found: set[str] = set()
    for name, value in table.items():
        rule = f"{above}.{name}" if above else name
        if isinstance(value, dict) and RULE.fullmatch(rule):
            found |= {rule, *_ids(value, rule)}
    return found


@shipped_diagram
def test_every_step_says_its_stage_its_rule_and_its_legal_ground(path: Path) -> None:
    told = {element: values for _, element, values in _properties(path)}
    for tag in ACTIVITIES:
        for activity in find(read_picture(path).root, f"//bpmn:{tag}"):
            values = told.get(activity.get("id", ""), {})
            assert values.keys() >= {"stage", "legalBasis", "rule"}, activity.get("id")


@shipped_diagram
def test_every_step_of_an_authority_has_a_deadline_out_of_the_parameters(path: Path) -> None:
    for task in find(read_picture(path).root, "//bpmn:userTask"):
        (who,) = find(task, ".//zeebe:assignmentDefinition")
        due = [d.get("dueDate", "") for d in find(task, ".//zeebe:taskSchedule")]
        if who.get("candidateGroups") not in OF_THE_APPLICANT:
            assert [d for d in due if PARAMETER.search(d)], task.get("id")


@pytest.mark.parametrize("path", [*SHIPPED, *FORMS], ids=lambda path: path.stem)
def test_every_parameter_stands_in_its_tenant_or_one_above(path: Path) -> None:
    text = path.read_text("utf-8").replace("&#34;", '"').replace("&quot;", '"')
    named = set(PARAMETER.findall(text.replace('\\"', '"')))
    own = path.parent.name
    tenants = _owners(own) if (ROOT / "tenants" / own / "tenant.toml").is_file() else [REGION]
    assert named <= {key for slug in tenants for key in _tenant(slug).get("parameters", {})}
