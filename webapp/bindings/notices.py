"""Service tasks about public notices and objections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.notices.objections import answer_objection, objections_of_case
from domain.notices.rules import NoticeKind
from domain.notices.store import Publishing, close_notice, find_notice, publish_notice
from engine.batches.acts import batch_of_case
from engine.cases.expressions import PERIOD_END
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.office import local_date
from engine.tenancy.calendar import Until
from engine.timing.deadlines import OFFICE_END
from webapp.bindings.inputs import Inputs

bindings = Bindings()


@bindings.register("notice.publish", gives=("notice", "noticeEndsOn", "joined"))
def publish(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Publish a notice or an announcement; the cases of one batch share it.

    Gives ``notice`` (its number), ``noticeEndsOn`` (the last day, None without end) and ``joined``.
    """
    inputs = Inputs(context, given)
    days = inputs.number("days")
    number = inputs.text("batch", "")
    publishing = Publishing(
        kind=_kind(inputs),
        title=inputs.text("title"),
        body=inputs.text("body"),
        lines=_lines(inputs),
        case_id=context.case_id,
        batch_id=batch_of_case(context.tx, context.case_id, number) if number else None,
        days=None if days is None else int(days),
        count_first_day=inputs.flag("countFirstDay"),
        until=_until(context),
        demanded=inputs.texts("demanded"),
        organiser=inputs.texts("organiser"),
        verifiers=inputs.texts("verifiers"),
        contact=inputs.text("contact", ""),
    )
    made = publish_notice(context.tx, context.office, publishing, context.actor, context.now)
    ends_at = made.period.ends_at
    return {
        "notice": made.number,
        "noticeEndsOn": None
        if ends_at is None
        else local_date(context.office, ends_at).isoformat(),
        "joined": made.joined,
    }


@bindings.register("notice.close", gives={"objections": "list"})
def close(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """End the period of ``notice`` for this case; gives its ``objections`` without who made them.

    What an objection says is read where it is verified: variables are seen by everyone on a case.
    """
    notice = find_notice(context.tx, Inputs(context, given).text("notice"))
    close_notice(context.tx, notice.id, context.case_id, context.now)
    rows = objections_of_case(context.tx, notice.id, context.case_id)
    return {
        "objections": [
            {
                "id": str(row.id),
                "receivedOn": local_date(context.office, row.received_at).isoformat(),
            }
            for row in rows
        ]
    }


@bindings.register("objection.reply", gives={"replied": "boolean"})
def reply(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Answer ``objection`` with ``reply``, ``upheld`` or not; its objector reads it by receipt."""
    inputs = Inputs(context, given)
    answer_objection(
        context.tx,
        inputs.identity("objection"),
        inputs.text("reply"),
        context.actor,
        context.now,
        upheld=inputs.flag("upheld"),
    )
    return {"replied": True}


def _until(context: BindingContext) -> Until:
    """When the last day of the period ends, by the tenant's rule about periods."""
    known = PERIOD_END in context.office.parameters
    return OFFICE_END if known and context.parameter(PERIOD_END) == OFFICE_END else "day_end"


def _kind(inputs: Inputs) -> NoticeKind:
    name = inputs.text("kind", NoticeKind.NOTICE)
    found: NoticeKind = inputs.parsed(
        "kind", lambda: NoticeKind(name), "notice 或 announcement", "notice or announcement"
    )
    return found


def _lines(inputs: Inputs) -> list[Mapping[str, Any]]:
    subjects = inputs.value("subjects")
    lines = subjects if isinstance(subjects, list) else []
    if not lines or not all(isinstance(line, Mapping) for line in lines):
        raise inputs.wrong("subjects", "公示内容的列表", "a list of what is published")
    return [{key: _plain(value) for key, value in line.items()} for line in lines]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str) else str(value)
