"""The task page: form, facts, what was done before, where the case stands."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.bpmn.model import Node
from engine.feel import FeelError
from engine.forms.context import FormBroken, Scope
from engine.forms.problems import FieldError
from engine.tenancy.model import OUTSIDE, Capacity
from engine.work_items.ahead import steps_ahead
from engine.work_items.sight import stage_of
from webapp.http import forms
from webapp.http.case_parts import applicant_word, case_parts
from webapp.http.frame import actor, now, office, page, product, words_of
from webapp.http.signing_session import carried_pin
from webapp.http.times import due_facts, due_words, used_days
from webapp.usecases.objection_content import objection_content
from webapp.usecases.review import Review, review_of
from webapp.usecases.tasks import TaskView


def task_page(
    task: TaskView,
    values: Mapping[str, Any],
    *,
    errors: Sequence[FieldError] = (),
    status: int = 200,
    problem: str = "",
    act_problem: str = "",
) -> ResponseReturnValue:
    """The task page with these values in its form; ``problem`` says what stands in the way, and
    ``act_problem`` why one of the other operations was refused."""
    g.has_diagram = True
    item, due = task.item, due_facts(task.item, office(), now(), _ground(task))
    used = used_days(item, task.view.stops, office(), now())
    return page(
        "work/task.html",
        status,
        task=task,
        item=item,
        case=task.view.case,
        form_html=form_html(task, values, errors) if task.may_fill or problem else "",
        is_live=task.form is not None and forms.is_live(task.form),
        is_error=bool(errors),
        problem=problem,
        act_problem=act_problem,
        failed_act=g.get("failed_act", ""),
        act_key=secrets.token_hex(8),
        objection=_objection(task),
        saved=_("草稿已保存 %(at)s", at=words_of(task.draft_at)) if task.draft_at else "",
        badges=[(item.name, "note"), *([due_words(due)] if due else []), *_mute(used)],
        facts=_facts(task, due),
        closed_by=task.view.names.get(item.closed_by, ""),
        held_by=task.view.with_whom(item),
        person=actor().membership_id,
        to_sign=_to_sign(task),
        ahead=_ahead(task) if task.may_fill else [],
        review=_review(task),
        key=secrets.token_hex(16),
        **case_parts(task.view, task.view.bundle.owner(item.element)),
    )


def _review(task: TaskView) -> Review | None:
    """What leaders and signers see at once; others have the records below."""
    decides = task.to_sign is not None or actor().capacity == Capacity.LEADER
    return review_of(task.view) if decides and actor().capacity not in OUTSIDE else None


def _ahead(task: TaskView) -> list[dict[str, Any]]:
    """What may come next, in words; to those outside by the stages they may know."""
    is_outside = actor().capacity in OUTSIDE
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in steps_ahead(task.view.bundle, task.item.element):
        node = one.node
        if node is None:
            name = str(_("办结"))
        elif is_outside:
            name = stage_of(task.view.bundle, node.id)
        else:
            name = node.name or node.id
        answer = "" if is_outside else one.answer
        if name:
            told = {"name": name, "answer": answer, "count": _how_many(task, node)}
            found.setdefault((name, answer), told)
    return list(found.values())


def _how_many(task: TaskView, node: Node | None) -> str:
    """For how many a step will be, where that is known now."""
    if node is None or node.loop is None or task.context is None:
        return ""
    try:
        found = Scope.of(task.context.env, task.context.variables).value(node.loop.collection)
    except (FeelError, FormBroken):
        return str(_("多人"))
    return str(_("%(count)s 个", count=len(found))) if isinstance(found, list) else str(_("多人"))


def _to_sign(task: TaskView) -> dict[str, Any] | None:
    """What stands in the signature panel: everything the signature is given for."""
    found = task.to_sign
    if found is None:
        return None
    records = {record.id: record for record in task.view.records}
    return {
        "who": f"{actor().name}（{found.capacity}）" if found.capacity else actor().name,
        "key": found.key,
        "is_open": bool(carried_pin()),
        "until": words_of(found.until),
        "covers": [
            {
                "id": row.id,
                "title": records[row.id].title,
                "who": records[row.id].who,
                "at": words_of(row.at),
                "files": len(row.files),
                "digest": row.digest,
            }
            for row in found.covers
        ],
    }


def _objection(task: TaskView) -> dict[str, Any] | None:
    """The objection a step is about, for those who verify it."""
    if task.context is None:
        return None
    found = objection_content(product(), actor(), task.context.variables)
    if found is None:
        return None
    return {**found, "href": url_for("objections.show", objection_id=found["id"])}


def _mute(text: str) -> list[tuple[str, str]]:
    return [(text, "mute")] if text else []


def _ground(task: TaskView) -> str:
    return next((stop.ground for stop in task.view.stops if stop.to_at is None), "")


def form_html(task: TaskView, values: Mapping[str, Any], errors: Sequence[FieldError] = ()) -> str:
    """The form of the item with these values; empty for those it was never offered to."""
    if task.form is None or task.context is None:
        return ""
    preview = url_for("tasks.count_score", item_id=task.item.id)
    return forms.filled(task.form, values, task.context, errors, preview_url=preview)


def _facts(task: TaskView, due: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """办理信息: with whom, since when, until when, on what ground, by which version."""
    item, view = task.item, task.view
    properties = task.node.zeebe.properties
    stops = _("扣除停表 %(count)s 次", count=len(view.stops)) if view.stops and due else ""
    return [
        {"label": _("环节"), "value": item.name, "note": _lane(task)},
        {"label": _("承办"), "value": view.with_whom(item) or view.names.get(item.closed_by, "")},
        {"label": _("到达"), "value": words_of(item.opened_at), "iso": item.opened_at.isoformat()},
        {
            "label": _("承诺期限") if item.legal else _("期限"),
            "value": _due_value(due),
            "iso": (due or {}).get("iso"),
            "note": stops,
        },
        *_legal(item, due),
        {"label": applicant_word(view.case), "value": view.applicant},
        {"label": _("法律依据"), "value": properties.get("legalBasis", "")},
        {"label": _("流程版本"), "value": f"{view.bundle.title} · {_version(view.bundle)}"},
    ]


def _legal(item: Any, due: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The legal deadline beside the promised one, where a step has both."""
    if not item.legal:
        return []
    at = (due or {}).get("legal") or str(_("停表"))
    return [{"label": _("法定期限"), "value": at, "iso": (due or {}).get("legal_iso")}]


def _lane(task: TaskView) -> str:
    """The name of the lane the step is drawn in."""
    process = task.view.bundle.processes[task.view.bundle.owner(task.item.element)]
    return next((lane.name for lane in process.lanes if lane.id == task.node.lane), "")


def _version(bundle: Any) -> str:
    tag = bundle.process.version_tag
    number = str(_("第 %(number)s 版", number=bundle.version))
    return f"{number}（{tag}）" if tag else number


def _due_value(due: Mapping[str, Any] | None) -> str:
    if due is None:
        return str(_("无期限"))
    return str(due.get("at") or _("停表"))
