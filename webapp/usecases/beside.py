"""What comes with a drawn procedure: its decisions, and the scenarios that are kept with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.canonical import digest
from engine.definitions.publishing import Parts
from engine.dry_run.kept import check_scenarios
from engine.dry_run.scenario import read_scenario, scenarios_in
from engine.dry_run.surroundings import read_surroundings
from engine.errors import Refused
from engine.forms.read import inspect_form
from engine.gate.context import HOST_FUNCTIONS
from engine.gate.report import Report
from engine.gate.sandbox import check_in_child
from engine.store.database import Unit
from engine.tenancy.chain import PLACES, Kind, Resolved

Known = Mapping[tuple[str, str], Resolved]


def texts_beside(given: Mapping[str, Any]) -> dict[str, Any]:
    """The texts that were given with a diagram, as a draft keeps them; Refused when unreadable.

    ``scenario`` is JSON, or null when none is to be kept any more; left out, what is published
    stays.
    """
    kept: dict[str, Any] = {"decisions": dict(given.get("decisions") or {})}
    for ref, text in kept["decisions"].items():
        checked = check_in_child(text.encode(), file=f"{ref}.dmn")
        if not checked.readable:
            raise _unreadable(ref, checked)
    kept["forms"] = dict(given.get("forms") or {})
    for ref, text in kept["forms"].items():
        _check_form(ref, text)
    if "scenario" in given:
        scenario = given["scenario"]
        kept["scenario"] = None if scenario is None else json.dumps(scenario, ensure_ascii=False)
        for one in () if scenario is None else scenarios_in(kept["scenario"].encode()):
            read_scenario(one)
    return kept


def _check_form(ref: str, text: str) -> None:
    """Refuse what is no form at all, or one of another name; what else is wrong is a finding."""
    found = inspect_form(text.encode(), HOST_FUNCTIONS)
    if found.form is None and all(not one.component for one in found.findings):
        raise Refused(
            f"表单 {ref} 无法读取",
            f"the form {ref} is unreadable",
            findings=[{"form": ref, **one.as_json()} for one in found.findings],
        )


def form_findings(beside: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What refuses the forms that came with a draft, as the report of the gate tells it."""
    return [
        {
            **one.as_json(),
            "element": ref,
            "name": one.label,
            "message": f"表单 {ref}：{one.zh}",
            "message_en": f"form {ref}: {one.en}",
        }
        for ref, text in beside.get("forms", {}).items()
        for one in inspect_form(text.encode(), HOST_FUNCTIONS).findings
        if one.severity == "error"
    ]


def _unreadable(ref: str, report: Report) -> Refused:
    findings = [{"decision": ref, **found} for found in report.to_json()["findings"]]
    return Refused("决策文件无法读取", "a decision file is unreadable", findings=findings)


def with_beside(known: Known, owner: str, procedure: str, beside: Mapping[str, Any]) -> Known:
    """What is published, with the texts of a draft in the place of what they replace."""
    found = dict(known)
    for kind in (Kind.DECISION, Kind.FORM):
        for ref, text in beside.get(f"{kind}s", {}).items():
            found[kind, ref] = _own(kind, ref, owner, text)
    if "scenario" in beside:
        found.pop(("scenario", procedure), None)
        text = beside["scenario"]
        if text is not None:
            kept = _own(Kind.SCENARIO, procedure, owner, text)
            found["scenario", procedure] = kept
    return found


def _own(kind: Kind, ref: str, owner: str, text: str) -> Resolved:
    body = text.encode()
    return Resolved(kind, ref, PLACES[kind].path(owner, ref), owner, digest(body), body)


def failing_scenarios(tx: Unit, parts: Parts, now: datetime) -> list[dict[str, Any]]:
    """The scenarios kept with these procedures that do not hold in the tenant."""
    return list(check_scenarios(parts.files, read_surroundings(tx), now))
