"""For administrators and auditors: incidents, rules and their steps, parameters, readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict, NotFound
from engine.office import Office
from engine.work_items.lists import PAGE
from webapp.http.frame import (
    actor,
    go,
    is_chinese,
    page,
    pager,
    product,
    signed_in,
    tell,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.words import (
    DEMANDS,
    PARAMETER_GROUPS,
    PLACE_KINDS,
    READING_KINDS,
    RULE_STATES,
    UNITS,
    told,
    word,
)
from webapp.usecases.rules import report_rules
from webapp.usecases.supervision import (
    list_readings as find_readings,
)
from webapp.usecases.supervision import (
    published_bundle,
    published_processes,
    read_incidents,
    read_parameters,
    try_again,
)

blueprint = Blueprint("admin", __name__)


# ---------------------------------------------------------------- incidents


@blueprint.get("/admin/incidents")
@signed_in
def list_incidents() -> ResponseReturnValue:
    """异常: what failed and waits, with a retry for those who may."""
    found = read_incidents(product(), actor())
    rows = [
        {
            "id": row.id,
            "case_id": row.case_id,
            "number": row.case_number,
            "title": row.case_title,
            "step": found.steps[row.id],
            "message": row.message,
            "attempts": row.attempts,
            "opened": words_of(row.opened_at),
            "opened_iso": row.opened_at.isoformat(),
        }
        for row in found.rows
    ]
    return page("admin/incidents.html", rows=rows, may_retry=_may_retry())


def _may_retry() -> bool:
    return actor().capacity in ("admin", "leader")


@blueprint.post("/admin/incidents/<incident_id>/retry")
@signed_in
def retry(incident_id: str) -> ResponseReturnValue:
    """Try again what failed."""
    try:
        closed = try_again(product(), actor(), uuid_of(incident_id))
    except Conflict as error:
        tell("danger", wording(error))
    else:
        done, still = _("重试成功，办件已继续流转"), _("已重试，问题仍未解决")
        tell("success" if closed else "warning", done if closed else still)
    return go(".list_incidents")


# ---------------------------------------------------------------- rules


@cache
def _report() -> Sequence[Mapping[str, Any]]:
    """The table of rules; the files it is read from do not change while the program runs."""
    return tuple(report_rules())


@blueprint.get("/admin/rules")
@signed_in
def show_rules() -> ResponseReturnValue:
    """规则对照: every rule of the sources, where it stands and what holds it."""
    linked = published_processes(product(), actor())
    state, text = request.args.get("state", ""), request.args.get("q", "").strip()
    report = _report()
    shown = [r for r in report if (not state or r["state"] == state) and _is_about(r, text)]
    counts = {name: sum(r["state"] == name for r in report) for name in RULE_STATES}
    return page(
        "admin/rules.html",
        sections=_sections(shown, linked.keys()),
        states=[(name, told(RULE_STATES, name)[0], counts[name]) for name in RULE_STATES],
        state=state,
        q=text,
        shown=len(shown),
        total=len(report),
    )


def _is_about(rule: Mapping[str, Any], text: str) -> bool:
    said = (rule["id"], rule["sentence"], rule["sentence_en"], rule["source"])
    return not text or any(text.lower() in part.lower() for part in said)


def _sections(rules: Sequence[Mapping[str, Any]], linked: Any) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for rule in rules:
        title = rule["section_zh"] if is_chinese() else rule["section_en"]
        section = found.setdefault(rule["section"], {"title": title, "rules": []})
        section["rules"].append(_rule(rule, linked))
    return list(found.values())


def _rule(rule: Mapping[str, Any], linked: Any) -> dict[str, Any]:
    chinese = is_chinese()
    return {
        "id": rule["id"],
        "sentence": rule["sentence"] if chinese else rule["sentence_en"],
        "source": rule["source"],
        "state": told(RULE_STATES, rule["state"]),
        "reason": (rule["reason"] if chinese else rule["reason_en"]) or "",
        "places": _places(rule["places"], linked),
        "code": [p["name"] or p["element"] for p in rule["places"] if p["kind"] == "code"],
        "tests": rule["tests"],
    }


def _places(places: Sequence[Mapping[str, str]], linked: Any) -> list[dict[str, Any]]:
    """Where a rule stands, one line a kind; functions of the program are told apart."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for place in places:
        if place["kind"] != "code":
            name = place["name"] or place["element"]
            entry = {"name": name, "href": _place_url(place, linked), "file": place["file"]}
            found.setdefault(place["kind"], {}).setdefault(f"{place['file']} {name}", entry)
    return [
        {"kind": word(PLACE_KINDS, kind), "entries": list(entries.values())}
        for kind, entries in found.items()
    ]


def _place_url(place: Mapping[str, str], linked: Any) -> str | None:
    process = PurePosixPath(place["file"]).stem
    if place["kind"] == "diagram" and process in linked:
        return url_for(".show_step", process=process, element=place["element"], _anchor="diagram")
    if place["kind"] == "parameter":
        return url_for(".show_parameters", _anchor=place["element"])
    return None


@blueprint.get("/admin/steps/<process>")
@signed_in
def show_step(process: str) -> ResponseReturnValue:
    """A published procedure with the rules of each of its steps; one step marked on the drawing."""
    g.has_diagram = True
    bundle = published_bundle(product(), actor(), process)
    chosen = request.args.get("element", "")
    rules = {rule["id"]: rule for rule in _report()}
    lanes = {lane.id: lane.name for lane in bundle.processes[process].lanes}
    steps: list[dict[str, Any]] = []
    for node in bundle.processes[process].body.walk():
        named = [r.strip() for r in node.zeebe.properties.get("rule", "").split(",") if r.strip()]
        if not named and node.id != chosen:
            continue
        steps.append(
            {
                "id": node.id,
                "name": node.name or node.id,
                "lane": lanes.get(node.lane, ""),
                "basis": node.zeebe.properties.get("legalBasis", ""),
                "is_chosen": node.id == chosen,
                "href": url_for(".show_step", process=process, element=node.id, _anchor="diagram"),
                "rules": [_named_rule(rules, name) for name in named],
            }
        )
    marked = next((step for step in steps if step["is_chosen"]), None)
    return page(
        "admin/step.html",
        name=bundle.processes[process].name,
        process=process,
        version=bundle.version,
        steps=steps,
        marked=marked,
        state={
            "done": [step["id"] for step in steps if not step["is_chosen"]],
            "taken": [],
            "active": {marked["id"]: _count_words(marked["rules"])} if marked else {},
            "stuck": {},
        },
        src=url_for(".diagram", process=process),
    )


def _count_words(rules: Sequence[Any]) -> str:
    return str(_("%(count)s 条规则", count=len(rules)))


def _named_rule(rules: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, str]:
    rule = rules.get(name)
    sentence = "" if rule is None else rule["sentence" if is_chinese() else "sentence_en"]
    return {"id": name, "sentence": sentence, "href": url_for(".show_rules", q=name)}


@blueprint.get("/admin/diagrams/<process>.bpmn")
@signed_in
def diagram(process: str) -> Response:
    """The drawing of a published process."""
    bundle = published_bundle(product(), actor(), process)
    if process not in bundle.diagrams:
        raise NotFound("流程图不存在", "there is no such diagram")
    return Response(bundle.diagrams[process].source, mimetype="application/xml")


# ---------------------------------------------------------------- parameters and readings


@blueprint.get("/admin/parameters")
@signed_in
def show_parameters() -> ResponseReturnValue:
    """本单位参数: every deadline, ratio and line with its legal basis, to be read."""
    office, places = read_parameters(product(), actor())
    groups: dict[str, list[dict[str, Any]]] = {}
    for key, facts in office.parameter_facts.items():
        group = word(PARAMETER_GROUPS, key.partition(".")[0])
        groups.setdefault(group, []).append(_parameter(key, facts, office, places))
    return page(
        "admin/parameters.html",
        groups=[{"name": name, "rows": rows} for name, rows in groups.items()],
        validity=office.facts["validity"],
    )


def _parameter(
    key: str, facts: Mapping[str, Any], office: Office, places: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "key": key,
        "title": facts["title"] if is_chinese() else facts["title_en"] or facts["title"],
        "value": _value_words(office.parameters[key], facts["unit"], places),
        "basis": facts["legal_basis"],
        "note": facts["note"],
        "is_open": facts["to_be_confirmed"],
        "at_step": facts["at_step"],
        "origin": "" if facts["origin"] == office.slug else facts["origin"],
        "rules": facts["rules"],
    }


def _value_words(value: Any, unit: str, places: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list):
        return "、".join(_part_words(str(part), places) for part in value)
    if unit == "month-day":
        return str(value)
    return f"{value} {word(UNITS, unit)}".strip()


def _part_words(part: str, places: Mapping[str, str]) -> str:
    return word(DEMANDS, part) if part in DEMANDS else places.get(part, part)


@blueprint.get("/admin/readings")
@signed_in
def list_readings() -> ResponseReturnValue:
    """查阅记录: who read which case outside his own work."""
    found = find_readings(product(), actor(), request.args.get("cursor") or None)
    rows = [
        {
            "at": words_of(row.at),
            "at_iso": row.at.isoformat(),
            "reader": row.reader or "",
            "reader_title": row.reader_title or "",
            "case_id": row.case_id,
            "number": row.case_number or "",
            "title": row.case_title or "",
            "what": _what(row.what),
        }
        for row in found.rows
    ]
    return page("admin/readings.html", rows=rows, page=pager(found.next, len(rows), PAGE))


def _what(what: str) -> str:
    kind, __, about = what.partition(":")
    said = word(READING_KINDS, kind)
    return f"{said} {about}" if about and kind in ("item", "file", "batch") else said
