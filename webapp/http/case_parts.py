"""What the pages of a case and of its tasks both show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from engine.messaging.handoffs import SENT
from engine.office import local_date
from engine.tenancy.model import OUTSIDE
from webapp.http import forms
from webapp.http.decision_words import decision_words
from webapp.http.frame import actor, now, office, words_of
from webapp.http.navigation import is_applicant
from webapp.http.tenders import tender_line
from webapp.http.words import (
    CASE_STATUS,
    DELIVERY_METHODS,
    HANDOFF_STATUS,
    fact_words,
    told,
    word,
)
from webapp.usecases.diagrams import WAITS
from webapp.usecases.documents import Issued
from webapp.usecases.endorsements import EndorsementView
from webapp.usecases.reading import CaseView, RecordView

NAMED_STEPS = 8
RECORDS_SHOWN = 5
FACTS_SHOWN = 30
EVERYTHING = "all"
"""What an address says to see what a page of many rounds leaves out at first."""


def applicant_word(case: Any) -> str:
    """What the one a case is for is called: not every case is an enterprise's."""
    is_enterprise = str(case.principal).startswith("enterprise:")
    return str(_("申请企业") if is_enterprise else _("发起人"))


def case_parts(view: CaseView, process: str = "") -> dict[str, Any]:
    """Timeline, records, diagram, stops, deliveries, notices; inside the view's unit of work.

    ``process`` is the diagram to show when the reader has chosen none.
    """
    records = [record for record in view.records if record.is_visible]
    latest = records if _asks_for("records") else latest_records(records)
    shown = frozenset(str(record.id) for record in latest)
    entries = view.timeline if _asks_for("history") else view.timeline[:FACTS_SHOWN]
    return {
        "timeline": [_entry(entry, _link(entry["record"], records, shown)) for entry in entries],
        "earlier_facts": _earlier("history", "h-log", len(view.timeline) - len(entries)),
        "records": [_record(view, record) for record in latest],
        "earlier_records": _earlier("records", "h-records", len(records) - len(latest)),
        "diagram": _diagram(view, process),
        "stops": [_stop(stop) for stop in view.stops],
        "deliveries": [_delivery(row) for row in view.deliveries],
        "notices": [_notice(notice) for notice in view.notices],
        "handoffs": [_handoff(row) for row in view.handoffs],
        "tenders": [tender_line(row) for row in view.tenders],
        "documents": _documents(view),
        "has_scores": any(_is_scored(view, record) for record in records),
        "endorsements": [_endorsement(one) for one in view.endorsements],
        "applicant_word": applicant_word(view.case),
        "moment": words_of,
        "troubles": [_trouble(view, row) for row in view.incidents],
    }


def latest_records(records: Sequence[RecordView]) -> list[RecordView]:
    """The newest records, one of each step; what a step said in earlier rounds is a click away."""
    of_step = {record.element: record for record in records}  # the last one of each stays
    return sorted(of_step.values(), key=records.index)[-RECORDS_SHOWN:]


def _asks_for(what: str) -> bool:
    return request.args.get(what) == EVERYTHING


def _earlier(what: str, place: str, count: int) -> dict[str, Any] | None:
    """How many are left out, and the address that shows them too."""
    if not count:
        return None
    kept = {name: value for name, value in request.args.items() if name != what}
    return {"count": count, "href": f"?{urlencode({**kept, what: EVERYTHING})}#{place}"}


def _link(record: Any, records: Sequence[RecordView], shown: frozenset[str]) -> str | None:
    """Where a record stands that the reader may see: on this page, or on the one with all."""
    if record in shown:
        return f"#record-{record}"
    if any(str(one.id) == record for one in records):
        return f"?records={EVERYTHING}#record-{record}"
    return None


def _looked_at(one: Issued) -> str:
    """Where a document of this authority can be looked at; outsiders download it."""
    if one.ending != "pdf" or actor().capacity in OUTSIDE:
        return ""
    return url_for("previews.show", file_id=one.file_id)


def _is_scored(view: CaseView, record: RecordView) -> bool:
    """Whether a submission holds a score sheet."""
    form = view.bundle.forms.get(record.form)
    return form is not None and bool(forms.sheet_place(form))


def _documents(view: CaseView) -> dict[str, Any]:
    """The documents that were issued and those that may be, as their card shows them."""
    return {
        "issued": [
            {
                "href": url_for("documents.download", document_id=one.id),
                "title": one.title,
                "number": one.number,
                "said": " · ".join(part for part in (one.step, one.who, words_of(one.at)) if part),
                "size": _("%(count)s 页", count=one.pages) if one.pages else one.ending.upper(),
                "digest": one.digest,
                "view": _looked_at(one),
            }
            for one in reversed(view.documents.issued)
        ],
        "offers": view.documents.offers,
    }


def _entry(entry: Mapping[str, Any], href: str | None) -> dict[str, Any]:
    moment = entry["moment"]
    return {
        **fact_words(entry),
        "who": entry["who"] or _until(entry.get("until")),
        "at": words_of(moment),
        "iso": moment.isoformat() if moment else None,
        "text": _said(entry),
        "href": href,
        "decisions": [decision_words(made) for made in entry.get("decisions", ())],
    }


def _said(entry: Mapping[str, Any]) -> str:
    if is_applicant(actor()) and "incident" in entry["kind"]:
        return ""
    return entry["reason"] or "；".join(_shift(one) for one in entry.get("moved", ()))


def _shift(moved: Mapping[str, Any]) -> str:
    """Old and new due time of a deadline that was computed again."""
    old, new = (_dated(moved[which]) for which in ("old", "new"))
    said = _("“%(name)s”的期限由 %(old)s 改为 %(new)s", name=moved["name"], old=old, new=new)
    return str(said)


def _dated(written: str | None) -> str:
    return words_of(datetime.fromisoformat(written)) if written else str(_("停表"))


def _until(moment: Any) -> str:
    return str(_("至 %(at)s", at=words_of(moment))) if moment else ""


def _record(view: CaseView, record: RecordView) -> dict[str, Any]:
    form = view.bundle.forms.get(record.form)
    html = "" if form is None else forms.readable(form, record.values, view.context(record.element))
    return {
        "id": record.id,
        "title": record.title,
        "is_superseded": record.is_superseded,
        "who": record.who,
        "at": words_of(record.at),
        "iso": record.at.isoformat(),
        "html": html,
    }


def _diagram(view: CaseView, process: str) -> dict[str, Any]:
    """The drawing to show now, in words too, and the others as tabs."""
    wanted = request.args.get("diagram") or process
    known = {entry["process"]: entry for entry in view.diagrams}
    chosen = known.get(wanted, view.diagrams[0])
    ref = chosen["process"]
    return {
        "src": url_for("cases.diagram", case_id=view.case.id, process_id=ref),
        "state": _marks(chosen["state"]),
        "label": _diagram_words(chosen),
        "tabs": [
            {
                "label": entry["name"],
                "href": f"?diagram={entry['process']}#diagram",
                "active": entry["process"] == ref,
            }
            for entry in view.diagrams
        ],
    }


def _marks(state: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **state,
        "active": {node: _mark(text) for node, text in state["active"].items()},
        "stuck": dict.fromkeys(state["stuck"], _("异常")),
    }


def _mark(text: str) -> str:
    if text.isdecimal():
        return str(_("%(count)s 项待办", count=text))
    if text == WAITS:
        return str(_("等待中"))
    return text or str(_("待办"))


def _diagram_words(entry: Mapping[str, Any]) -> str:
    here = "、".join(entry["now"]) or _("无")
    past: Sequence[str] = entry["past"]
    told = "、".join(past[-NAMED_STEPS:]) or _("无")
    said = _(
        "流程图“%(name)s”：当前环节 %(here)s；已完成 %(past)s",
        name=entry["name"],
        here=here,
        past=told,
    )
    return str(said)


def _stop(stop: Any) -> dict[str, Any]:
    last = stop.to_at or now()
    days = office().calendar.working_days_between(stop.from_at, last)
    return {
        "ground": stop.ground,
        "from": words_of(stop.from_at),
        "to": words_of(stop.to_at) if stop.to_at else _("至今"),
        "days": _("%(days)s 个工作日", days=days),
        "is_open": stop.to_at is None,
    }


def _delivery(row: Any) -> dict[str, Any]:
    return {
        "document": row.document,
        "recipient": row.recipient,
        "method": word(DELIVERY_METHODS, row.method),
        "on": local_date(office(), row.delivered_at).isoformat(),
    }


def _handoff(row: Any) -> dict[str, Any]:
    """What passed to or from another tenant, and how far it is there."""
    is_sent = row.direction == SENT
    status = told(CASE_STATUS, row.peer_status) if row.peer_status else None
    return {
        "peer": row.peer_name or row.peer,
        "way": _("移交给") if is_sent else _("来自"),
        "number": "" if is_sent else row.number,
        "at": words_of(row.at),
        "at_iso": row.at.isoformat(),
        "stage": row.stage,
        "file": url_for("handoffs.export", case_id=row.case_id, handoff_id=row.id)
        if is_sent and not is_applicant(actor())
        else "",
        "status": status or told(HANDOFF_STATUS, row.status),
    }


def _notice(notice: Any) -> dict[str, Any]:
    slug = office().slug
    return {
        "number": notice.number,
        "title": notice.title,
        "href": url_for("public.show_notice", slug=slug, notice_id=notice.id),
        "from": words_of(notice.published_at),
        "to": words_of(notice.ends_at),
        "count": notice.count,
        "objections": [
            {
                "href": url_for("objections.show", objection_id=row.id),
                "at": words_of(row.received_at),
                "is_answered": bool(row.reply),
            }
            for row in notice.objections
        ],
    }


def _endorsement(one: EndorsementView) -> dict[str, Any]:
    """One signature; one that holds no more says since when and why."""
    void, answers = one.void, {"agree": _("同意"), "refuse": _("不同意")}
    why = ""
    if void is not None and void.why == "changed":
        why = _("“%(step)s”已于 %(at)s 重新提交", step=one.void_step, at=words_of(void.at))
    elif void is not None:
        why = _("已于 %(at)s 重新签字", at=words_of(void.at))
    ended = _("签字人的密钥此后停用（%(at)s），不影响此签字", at=words_of(one.key_ended))
    return {
        "id": one.id,
        "record": one.record_id,
        "name": one.name,
        "capacity": one.capacity,
        "step": one.step,
        "answer": answers.get(one.answer, ""),
        "at": words_of(one.at),
        "iso": one.at.isoformat(),
        "state": _("有效") if void is None else _("已失效"),
        "tone": "ok" if void is None else "bad",
        "why": why,
        "key_note": ended if one.key_ended else "",
    }


def _trouble(view: CaseView, row: Any) -> dict[str, Any]:
    node = view.bundle.node(row.element)
    hidden = is_applicant(actor())
    return {
        "id": row.id,
        "step": node.name if node is not None and node.name else row.element,
        "message": _("管理员正在处理，您无需操作") if hidden else row.message,
        "at": words_of(row.opened_at),
        "attempts": row.attempts,
    }
