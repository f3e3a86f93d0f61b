"""The navigation: which pages a person has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from engine.actors import Actor
from engine.work_items.lists import COUNT_LIMIT

TENDERING = ("assessor", "expert")
"""Who has to do with tenders more than with cases."""
PROCEDURE_PAGES = (
    *("procedures.show", "procedures.show_draft", "procedures.compare"),
    *("migrating.prepare", "migrating.migrate", "migrating.show", "rehearsing.show"),
)
APART = ("platform", "security")
"""Who looks after the installation, or after people, and has no part in cases."""
SETTINGS_PAGES = (
    "onboarding.edit_identity",
    "onboarding.edit_table",
    "onboarding.choose_procedures",
)


@dataclass(frozen=True)
class Place:
    """A page of the navigation, and the views that belong to it."""

    label: str
    endpoint: str
    views: tuple[str, ...] = ()
    count: int = 0


def places(who: Actor, count: int) -> list[Place]:
    """The pages of the main navigation; ``count`` items wait for the person."""
    found: list[Place] = []
    if is_applicant(who) and who.enterprise_id is not None:
        found.append(Place(_("我的企业"), "enterprise.show", ("enterprise.show_people",)))
    if who.capacity == "platform":
        return [Place(_("租户"), "platform.list_tenants")]
    if who.capacity == "security":
        return [Place(_("人员"), "staffing.list_people")]
    own = _("我的申请") if is_applicant(who) else _("我发起的")
    if who.may_act:
        found += [
            Place(_("待办"), "work.list_items", ("tasks.show_item", "tasks.act_on_item"), count),
            Place(_("已办"), "work.list_done"),
            Place(own, "cases.list_own", ("starting.fill", "starting.start_with_form")),
        ]
    if not is_applicant(who):
        found.append(Place(_("办件"), "cases.list_all", ("cases.show_case",)))
    if who.capacity in TENDERING:
        found.append(_tenders())
    if who.capacity in ("officer", "leader", "admin", "auditor"):
        found.append(
            Place(
                _("批次"), "batches.list_all", ("batches.show", "batches.gather", "batches.act_on")
            )
        )
    if who.capacity in ("admin", "leader", "auditor"):
        found.append(Place(_("总览"), "overview.show", ("overview.show_bottlenecks",)))
        found.append(Place(_("异常"), "admin.list_incidents"))
    if who.capacity in ("admin", "auditor"):
        found.append(Place(_("流程"), "procedures.list_all", PROCEDURE_PAGES))
        found.append(Place(_("规则对照"), "admin.show_rules", ("admin.show_step",)))
    return found


def _tenders() -> Place:
    return Place(_("招标"), "tenders.list_all", ("tenders.show",))


def menu(who: Actor) -> list[Place]:
    """The pages of the account menu."""
    if who.capacity in APART:
        return [Place(_("登录与令牌"), "access.list_own")]
    found = _settings() if who.capacity == "admin" else []
    if who.capacity in ("officer", "leader", "admin"):
        found.append(Place(_("抄送我的"), "work.list_copied"))
        found.append(Place(_("代理"), "office.list_absences"))
    if not is_applicant(who):
        found.append(Place(_("本单位参数"), "admin.show_parameters"))
    if who.capacity in ("admin", "auditor"):
        found.append(Place(_("审计日志"), "auditing.show"))
        found.append(Place(_("查阅记录"), "admin.list_readings"))
        found.append(Place(_("移交文件"), "handoffs.show"))
        found.append(Place(_("未送出的消息"), "notifications.list_unsent"))
    if who.capacity == "admin":
        found.append(Place(_("通知群"), "telling.list_all"))
    found.append(Place(_("通知方式"), "telling.show"))
    if not is_applicant(who):
        found.append(Place(_("本地区名录"), "territory.show"))
        if who.capacity not in TENDERING:
            found.append(_tenders())
        found.append(Place(_("随机抽取"), "draws.list_own", ("draws.show_own",)))
    if who.capacity in ("officer", "leader"):
        found.append(Place(_("开标口令"), "tenders.show_key"))
    found.append(Place(_("登录与令牌"), "access.list_own"))
    return found


def _settings() -> list[Place]:
    """What the administrator of a tenant keeps up."""
    return [
        Place(_("单位设置"), "onboarding.show", SETTINGS_PAGES),
        Place(_("人员"), "staffing.list_people"),
        Place(_("离职转办"), "office.show_leaving"),
    ]


def capped(count: int) -> str:
    """A count as people read it; it was not counted on beyond the limit."""
    return f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else str(count)


def links(found: list[Place]) -> list[dict[str, Any]]:
    """The places as links, the one shown marked."""
    return [
        {
            "label": place.label,
            "href": url_for(place.endpoint),
            "count": capped(place.count) if place.count else 0,
            "active": request.endpoint in (place.endpoint, *place.views),
        }
        for place in found
    ]


def is_applicant(who: Actor) -> bool:
    """Whether the person acts for an enterprise that applies."""
    return who.capacity == "applicant"
