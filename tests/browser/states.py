"""The states of the pages that are looked at: by eye as pictures, by axe, for their width."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.town import Town
from tests.web.a1.drive import SLUG
from webapp.demo.samples import pdf

PUBLIC = f"/public/{SLUG}"
Way = Callable[[Page, Town], None]


@dataclass(frozen=True)
class State:
    """A page as somebody sees it, and the way there."""

    who: str
    way: Way

    def reach(self, page: Page, town: Town) -> None:
        """Go there, until everything that is fetched later stands."""
        self.way(page, town)
        if page.locator("bpmn-viewer").count():
            page.locator("bpmn-viewer .bjs-powered-by").wait_for()


def _at(address: str) -> Way:
    def go(page: Page, _town: Town) -> None:
        page.goto(address)

    return go


def _wrong_sign_in(page: Page, _town: Town) -> None:
    page.goto("/sign-in")
    page.get_by_label("用户名").fill("nobody")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    page.get_by_role("alert").wait_for()


def _case(page: Page, town: Town) -> None:
    page.goto(f"/cases/{town.late}")


def _noticed_case(page: Page, town: Town) -> None:
    page.goto(f"/cases/{town.objected}")


def _failed_case(page: Page, town: Town) -> None:
    page.goto(f"/cases/{town.failed}")


def _task(page: Page, town: Town) -> None:
    page.goto(town.item("wulan", town.late, "Accept"))


def _task_with_errors(page: Page, town: Town) -> None:
    _task(page, town)
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("alert").wait_for()


def _task_unfolded(page: Page, town: Town) -> None:
    """Every other way of dealing with an item, opened."""
    page.goto(town.item("wulan", town.late, "Accept"))
    page.locator("#h-acts").wait_for()
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")


def _return_preview(page: Page, town: Town) -> None:
    page.goto(town.item("wulan", town.late, "Accept") + "/return")


def _scores(page: Page, town: Town) -> None:
    page.goto(f"/cases/{town.objected}/scores")


def _preview(page: Page, town: Town) -> None:
    page.goto(f"/cases/{town.late}?records=all")
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    page.goto(str(page.get_by_role("link", name="预览").first.get_attribute("href")))


def _supplement(page: Page, town: Town) -> None:
    page.goto(town.item("zhaolei", town.told, "AnswerSupplement"))


def _score_sheet(page: Page, town: Town) -> None:
    page.goto(town.item("zhaolei", town.assessing, "AssessSelf"))


def _score_sheet_with_errors(page: Page, town: Town) -> None:
    _score_sheet(page, town)
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("alert").wait_for()


def _batch(page: Page, town: Town) -> None:
    page.goto(f"/batches/{town.gathered}")


def _drawn_batch(page: Page, town: Town) -> None:
    page.goto(f"/batches/{town.drawn}")


def _objection(page: Page, town: Town) -> None:
    _noticed_case(page, town)
    page.get_by_role("link", name="异议 1").click()
    page.get_by_role("heading", name="异议内容").wait_for()


def _notice(page: Page, town: Town) -> None:
    page.goto(town.notice)


def _notice_with_errors(page: Page, town: Town) -> None:
    _notice(page, town)
    page.get_by_role("button", name="提交异议").click()
    page.get_by_role("alert").wait_for()


def _receipt(page: Page, town: Town) -> None:
    _notice(page, town)
    page.get_by_label("姓名或单位名称").fill("李建国")
    page.get_by_label("联系方式").fill("13900000000")
    page.get_by_label("异议内容").fill("矿区道路扬尘未治理。")
    page.get_by_label("证明材料").set_input_files(
        {"name": "证据.pdf", "mimeType": "application/pdf", "buffer": pdf("证据")}
    )
    page.get_by_role("button", name="提交异议").click()
    page.get_by_role("heading", name="异议已收到").wait_for()


def _followed(page: Page, town: Town) -> None:
    page.goto(f"{PUBLIC}/objections")
    page.get_by_label("回执码").fill(town.receipt)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("heading", name="处理结果").wait_for()


def _tender(page: Page, town: Town) -> None:
    page.goto(f"/tenders/{town.tender}")


def _bid_with_errors(page: Page, town: Town) -> None:
    _tender(page, town)
    page.get_by_role("button", name="密封并提交").click()
    page.get_by_role("alert").wait_for()


def _bid(page: Page, town: Town) -> None:
    _tender(page, town)
    page.get_by_label("报价（元）").fill("1200000")
    page.get_by_label("投标文件").set_input_files(
        {"name": "标书.pdf", "mimeType": "application/pdf", "buffer": pdf("标书")}
    )
    page.get_by_role("button", name="密封并提交").click()
    page.get_by_text("投标已密封收存").wait_for()


def _public_tender(page: Page, town: Town) -> None:
    page.goto(f"{PUBLIC}/tenders/{town.tender}")


STATES: Mapping[str, State] = {
    "sign-in": State("", _at("/sign-in")),
    "sign-in-wrong": State("", _wrong_sign_in),
    "work-list": State("wulan", _at("/work")),
    "work-list-empty": State("sarina", _at("/work")),
    "work-list-nothing-found": State("wulan", _at("/work?q=没有这样的件")),
    "done": State("wulan", _at("/work/done")),
    "done-empty": State("sarina", _at("/work/done")),
    "cases": State("guanli", _at("/cases")),
    "my-cases": State("zhaolei", _at("/cases/mine")),
    "case": State("wulan", _case),
    "case-noticed": State("dalai", _noticed_case),
    "case-failed": State("guanli", _failed_case),
    "objection": State("dalai", _objection),
    "signing-key": State("wulan", _at("/access/signing-key")),
    "verify": State("", _at("/public/verify")),
    "task": State("wulan", _task),
    "task-unfolded": State("wulan", _task_unfolded),
    "return-preview": State("wulan", _return_preview),
    "scores": State("dalai", _scores),
    "preview": State("wulan", _preview),
    "enterprise": State("zhaolei", _at("/enterprise")),
    "enterprise-people": State("zhaolei", _at("/enterprise/people")),
    "task-errors": State("wulan", _task_with_errors),
    "task-rows-and-files": State("zhaolei", _supplement),
    "score-sheet": State("zhaolei", _score_sheet),
    "score-sheet-errors": State("zhaolei", _score_sheet_with_errors),
    "batches": State("xiaohong", _at("/batches")),
    "batch-new": State("xiaohong", _at("/batches/new?kind=commission")),
    "batch": State("xiaohong", _batch),
    "batch-drawn": State("xiaohong", _drawn_batch),
    "incidents": State("guanli", _at("/admin/incidents")),
    "rules": State("guanli", _at("/admin/rules")),
    "step": State("guanli", _at("/admin/steps/green-mine-listing?element=Accept")),
    "parameters": State("wulan", _at("/admin/parameters")),
    "readings": State("jianshen", _at("/admin/readings")),
    "public-home": State("", _at("/public")),
    "public-list": State("", _at(f"{PUBLIC}/list")),
    "notices": State("", _at(f"{PUBLIC}/notices")),
    "notice": State("", _notice),
    "notice-errors": State("", _notice_with_errors),
    "receipt": State("", _receipt),
    "follow": State("", _at(f"{PUBLIC}/objections")),
    "follow-found": State("", _followed),
    "tenders": State("", _at(f"{PUBLIC}/tenders")),
    "tender": State("", _public_tender),
    "tender-bid": State("fanzhi", _bid),
    "tender-bid-errors": State("fanzhi", _bid_with_errors),
    "tender-officer": State("wulan", _tender),
    "opening-key": State("wulan", _at("/access/opening-key")),
    "error": State("wulan", _at("/nowhere")),
    "error-signed-out": State("", _at("/nowhere")),
}
"""Every state by name."""
