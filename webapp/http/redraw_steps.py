"""The five steps of a redraw as the page of a draft shows them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from engine.comparing.model import What
from webapp.http.frame import actor, product
from webapp.usecases.procedures import History, compare_sides
from webapp.usecases.publication import Draft
from webapp.usecases.rehearsing import last_rehearsal


def steps_of(draft: Draft, history: History, compare: str | None) -> list[dict[str, Any]]:
    """Check, compare, rehearse, publish, migrate: each with its state and where it is done."""
    is_published = all(row["id"] != draft.id for row in history.drafts)
    return [
        _checked(draft),
        _compared(draft, history, compare),
        _rehearsed(draft),
        _published(draft, is_published=is_published),
        _migrated(draft, history, is_published=is_published),
    ]


def _step(name: str, badge: tuple[str, str], hint: str, href: str | None = None) -> dict[str, Any]:
    return {"name": name, "badge": badge, "hint": hint, "href": href}


def _checked(draft: Draft) -> dict[str, Any]:
    errors = sum(found["severity"] == "error" for found in draft.report["findings"])
    hint = _("关口检查和能否办结的证明")
    if errors:
        return _step(_("检查"), (_("%(count)s 处须改正", count=errors), "bad"), hint, "#h-findings")
    is_sound = draft.report["soundness"]["verdict"] == "sound"
    badge = (_("已通过"), "ok") if is_sound else (_("未能证明"), "soon")
    return _step(_("检查"), badge, hint, "#h-findings")


def _compared(draft: Draft, history: History, href: str | None) -> dict[str, Any]:
    if href is None:
        return _step(_("比较"), (_("首次发布"), "mute"), _("没有现行版可比"))
    in_force = next(v.side for v in history.versions if v.is_in_force)
    sides = compare_sides(product(), actor(), draft.procedure, in_force, str(draft.id))
    count = sum(change.what is not What.MOVED for change in sides.found.changes)
    badge = (_("%(count)s 处差别", count=count), "now") if count else (_("没有差别"), "mute")
    return _step(_("比较"), badge, _("与现行版逐条对照"), href)


def _rehearsed(draft: Draft) -> dict[str, Any]:
    row = last_rehearsal(product(), actor(), draft.id)
    hint = _("用本单位办过的办件试走，并放置在办办件")
    if row is None:
        return _step(_("预演"), (_("尚未预演"), "mute"), hint, "#h-rehearse")
    href = url_for("rehearsing.show", rehearsal_id=row.id)
    if row.status == "running":
        share = f"{row.done} / {row.total}"
        return _step(_("预演"), (share, "now"), hint, href)
    return _step(_("预演"), (_("已预演 %(count)s 件", count=row.total), "ok"), hint, href)


def _published(draft: Draft, *, is_published: bool) -> dict[str, Any]:
    hint = _("写明理由，即刻或者定时生效")
    if is_published:
        href = url_for("procedures.show", procedure=draft.procedure)
        return _step(_("发布"), (_("已发布"), "ok"), hint, href)
    if draft.asked is not None:
        return _step(_("发布"), (_("待另一人确认"), "soon"), hint, "#h-publish")
    if not draft.report["publishable"]:
        return _step(_("发布"), (_("检查未通过"), "mute"), hint, "#h-publish")
    return _step(_("发布"), (_("可以发布"), "ok"), hint, "#h-publish")


def _migrated(draft: Draft, history: History, *, is_published: bool) -> dict[str, Any]:
    waiting = sum(version.running for version in history.versions if not version.is_in_force)
    if is_published:
        href = url_for("migrating.prepare", procedure=draft.procedure)
        told = _("%(count)s 件在办办件仍按其他版本办理。", count=waiting)
        return _step(_("迁移"), (_("可以迁移"), "now"), told, href)
    running = sum(version.running for version in history.versions)
    hint = _("发布后可把 %(count)s 件在办办件迁移过来", count=running)
    return _step(_("迁移"), (_("发布之后"), "mute"), hint)
