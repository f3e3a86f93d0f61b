"""总览: targets, the work of every step and where it gets stuck, for leaders; with CSV files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.register.rules import Scale
from domain.targets.rules import Coverage, Planned, Target
from engine.errors import Invalid
from engine.figures.steps import StepFigures
from webapp.http.frame import actor, is_chinese, office, page, product, signed_in, words_of
from webapp.http.list_words import SCALES
from webapp.http.public import BYTE_ORDER_MARK
from webapp.rendering.heatmap import COLOURS, Mark, heat_map
from webapp.usecases.overview import (
    MEASURES,
    Heat,
    Overview,
    ProcedureFigures,
    read_heat_map,
    read_overview,
    share,
    steps_csv,
    targets_csv,
)

blueprint = Blueprint("overview", __name__)

BAR_WIDTH, BAR_HEIGHT = 240, 14
AGE_COLOURS = ("#2f7d4f", "#d9a400", "#d86f1b", "#a52f22")
SECONDS_A_DAY, SECONDS_AN_HOUR = 86_400, 3_600


@blueprint.get("/overview")
@signed_in
def show() -> ResponseReturnValue:
    """总览: everything on one page."""
    found = read_overview(product(), actor())
    return page(
        "overview/overview.html",
        as_of=words_of(found.as_of),
        targets=[_target(t) for t in found.targets],
        levels=[(_(level), count) for level, count in found.levels.items()],
        plan=[_planned(p) for p in found.plan],
        coverage=None if found.coverage is None else _coverage(found.coverage),
        procedures=[_procedure(p) for p in found.procedures],
        ages=_ages(),
    )


@blueprint.get("/overview/bottlenecks/<procedure>")
@signed_in
def show_bottlenecks(procedure: str) -> ResponseReturnValue:
    """瓶颈: where the work of a procedure takes long, waits or comes back, on its diagram."""
    measure = request.args.get("measure", MEASURES[0])
    if measure not in MEASURES:
        raise Invalid("没有这个指标", "there is no such measure", code="unknown_measure")
    found = read_overview(product(), actor())
    wanted = request.args.get("process", "")
    drawn = read_heat_map(product(), actor(), found, procedure, wanted, measure)
    own = next((p for p in found.procedures if p.id == procedure), None)
    marks = {e: Mark(h.level, _heat_words(h, measure)) for e, h in drawn.heats.items()}
    name = drawn.processes[drawn.process]
    words = dict(_measures())
    title = _("流程图“%(name)s”：%(measure)s", name=name, measure=words[measure])
    return page(
        "overview/bottlenecks.html",
        procedure=procedure,
        title=name if own is None else _title(own),
        as_of=words_of(found.as_of),
        picture=heat_map(drawn.source, marks, title, _("数值写在环节上，并列在下表中")),
        colours=COLOURS,
        measures=[
            {
                "label": label,
                "href": url_for(
                    ".show_bottlenecks", procedure=procedure, measure=key, process=drawn.process
                ),
                "active": key == measure,
            }
            for key, label in _measures()
        ],
        processes=[
            {
                "label": label,
                "href": url_for(
                    ".show_bottlenecks", procedure=procedure, measure=measure, process=ref
                ),
                "active": ref == drawn.process,
            }
            for ref, label in drawn.processes.items()
        ],
        steps=[] if own is None else [_step(s) for s in own.steps],
        ages=_ages(),
    )


@blueprint.get("/overview/steps.csv")
@signed_in
def steps_file() -> Response:
    """The figures of the steps as CSV."""
    return _file("steps", steps_csv(read_overview(product(), actor())))


@blueprint.get("/overview/targets.csv")
@signed_in
def targets_file() -> Response:
    """The targets as CSV."""
    return _file("targets", targets_csv(read_overview(product(), actor())))


def _file(name: str, body: str) -> Response:
    return Response(
        BYTE_ORDER_MARK + body,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="overview-{name}.csv"'},
    )


def _measures() -> list[tuple[str, str]]:
    return [
        ("duration", str(_("平均用时"))),
        ("waiting", str(_("待办件数"))),
        ("returned", str(_("退回次数"))),
    ]


def _ages() -> list[dict[str, str]]:
    """The ages of open work, with their colours."""
    words = (_("7天以内"), _("8至28天"), _("29至91天"), _("91天以上"))
    return [
        {"label": str(word), "colour": colour}
        for word, colour in zip(words, AGE_COLOURS, strict=True)
    ]


def _target(target: Target) -> dict[str, Any]:
    return {
        "scale": _(SCALES[Scale(target.scale)]),
        "share": f"{target.share:f}",
        "by": target.by.isoformat(),
        "base": target.base,
        "is_told": target.is_told,
        "listed": target.listed,
        "reached": _percent(target.reached),
        "missing": target.missing,
        "not_yet": target.not_yet,
        "is_met": target.is_met,
        "bar": _bar(target.reached),
        "line": _along(target.share),
    }


def _planned(planned: Planned) -> dict[str, Any]:
    return {**vars(planned), "is_met": planned.is_met}


def _coverage(found: Coverage) -> dict[str, Any]:
    return {
        "year": found.year,
        "base": found.base,
        "drawn": found.drawn,
        "needed": found.needed,
        "share": f"{found.share:f}",
        "reached": _percent(found.reached),
        "is_met": found.is_met,
        "bar": _bar(found.reached),
        "line": _along(found.share),
    }


def _title(found: ProcedureFigures) -> str:
    """What the procedure is called in the language of the reader, as far as the tenant says."""
    if is_chinese():
        return found.title
    told = {p["id"]: str(p["title_en"]) for p in office().facts.get("procedures", ())}
    return told.get(found.id) or found.title


def _procedure(found: ProcedureFigures) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": _title(found),
        "href": url_for(".show_bottlenecks", procedure=found.id),
        "waiting": found.total(lambda s: s.waiting),
        "overdue": found.total(lambda s: s.overdue),
        "done": found.total(lambda s: s.done),
        "in_time": _percent(found.in_time_share),
        "late": found.total(lambda s: s.late),
        "bar": _bar(found.in_time_share),
        "steps": [_step(step) for step in found.steps if step.waiting],
    }


def _step(step: StepFigures) -> dict[str, Any]:
    return {
        "name": step.name,
        "waiting": step.waiting,
        "ages": step.ages,
        "pieces": _pieces(step.ages),
        "overdue": step.overdue,
        "done": step.done,
        "mean": "" if step.mean_seconds is None else _duration(step.mean_seconds),
        "in_time": _percent(share(step.in_time, step.late)),
        "returned": step.returned,
    }


def _pieces(ages: Sequence[int]) -> list[dict[str, str]]:
    """A bar of pieces, one for each age."""
    total, x = sum(ages), 0.0
    found: list[dict[str, str]] = []
    for count, colour in zip(ages, AGE_COLOURS, strict=True):
        width = BAR_WIDTH * count / total if total else 0.0
        if count:
            found.append({"x": f"{x:.1f}", "width": f"{width:.1f}", "colour": colour})
        x += width
    return found


def _bar(percent: Decimal | None) -> str:
    return "0" if percent is None else _along(percent)


def _along(percent: Decimal) -> str:
    return f"{float(percent) * BAR_WIDTH / 100:.1f}"


def _percent(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}%"


def _heat_words(heat: Heat, measure: str) -> str:
    if measure == "duration":
        return _duration(heat.value)
    if measure == "returned":
        return str(_("退回 %(count)s 次", count=heat.value))
    return str(_("待办 %(count)s 件", count=heat.value))


def _duration(seconds: int) -> str:
    """How long something took, in days or hours."""
    if seconds >= SECONDS_A_DAY:
        return str(_("%(days)s 天", days=f"{seconds / SECONDS_A_DAY:.1f}"))
    return str(_("%(hours)s 小时", hours=f"{seconds / SECONDS_AN_HOUR:.1f}"))


def facts_of(found: Overview) -> dict[str, Any]:
    """The overview as the API tells it."""
    return {
        "as_of": found.as_of,
        "targets": [
            {
                "scale": t.scale,
                "share": t.share,
                "by": t.by,
                "base": t.base,
                "base_told": t.is_told,
                "listed": t.listed,
                "reached": t.reached,
                "missing": t.missing,
            }
            for t in found.targets
        ],
        "plan": [vars(p) for p in found.plan],
        "coverage": None
        if found.coverage is None
        else {
            "year": found.coverage.year,
            "base": found.coverage.base,
            "drawn": found.coverage.drawn,
            "needed": found.coverage.needed,
        },
        "steps": [
            {
                "procedure": s.procedure,
                "element": s.element,
                "name": s.name,
                "open": s.waiting,
                "ages": list(s.ages),
                "overdue": s.overdue,
                "done": s.done,
                "mean_seconds": s.mean_seconds,
                "in_time": s.in_time,
                "late": s.late,
                "returned": s.returned,
            }
            for p in found.procedures
            for s in p.steps
        ],
    }
