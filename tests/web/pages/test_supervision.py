"""Incidents, rules, parameters, readings: for administrators and auditors."""

from __future__ import annotations

import pytest

from engine.errors import Unavailable
from engine.store.tables import incidents
from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk, Shown


def broken(*_given: object) -> None:
    raise Unavailable("送达暂不可用", "no deliveries now")


def failed(at: At, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, str]:
    """A case whose delivery failed; it works again afterwards."""
    desk, case = at("Accept")
    with monkeypatch.context() as patch:
        patch.setitem(desk.drive.product.world.bindings._known, "delivery.record", broken)
        desk.drive.complete(case, "Accept")
    return desk, case


def row_of(shown: Shown, key: str) -> str:
    return " ".join(shown.one(f"//tr[@id='{key}']").text_content().split())


# ---------------------------------------------------------------- incidents


def test_an_incident_tells_case_step_and_cause(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, _case = failed(at, monkeypatch)
    words = desk["admin"].get("/admin/incidents").main
    for said in ("青峦一号煤矿", "送达受理通知", "送达暂不可用"):
        assert said in words


def test_a_retry_lets_the_case_move_on(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, case = failed(at, monkeypatch)
    (row,) = desk.drive.rows(incidents)
    assert desk["admin"].post(f"/admin/incidents/{row.id}/retry").status == 303
    shown = desk["admin"].get("/admin/incidents")
    assert "重试成功" in shown.main
    assert "没有异常" in shown.main
    assert set(desk.drive.open_steps(case)) == {"ReviewDocuments"}


def test_a_retry_that_fails_says_so_and_keeps_the_incident(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _case = failed(at, monkeypatch)
    monkeypatch.setitem(desk.drive.product.world.bindings._known, "delivery.record", broken)
    (row,) = desk.drive.rows(incidents)
    desk["admin"].post(f"/admin/incidents/{row.id}/retry")
    shown = desk["admin"].get("/admin/incidents")
    assert "仍未解决" in shown.main
    assert len(shown.find("//tbody/tr")) == 1


def test_an_auditor_sees_incidents_and_cannot_retry(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _case = failed(at, monkeypatch)
    (row,) = desk.drive.rows(incidents)
    assert not desk["auditor"].get("/admin/incidents").find("//form[contains(@action, 'retry')]")
    assert desk["auditor"].post(f"/admin/incidents/{row.id}/retry").status == 403


@pytest.mark.parametrize("place", ["incidents", "rules", "readings", "steps/public-notice"])
def test_a_clerk_has_nothing_to_do_there(desk: Desk, place: str) -> None:
    assert desk["clerk"].get(f"/admin/{place}").status == 403


# ---------------------------------------------------------------- rules


def test_all_rules_of_the_sources_are_listed(desk: Desk) -> None:
    shown = desk["auditor"].get("/admin/rules")
    assert len(shown.find("//tbody/tr[starts-with(@id, 'R-')]")) == 210


def test_a_rule_leads_to_its_step_on_the_drawing_and_the_step_back_to_the_rule(desk: Desk) -> None:
    rule = desk["auditor"].get("/admin/rules?q=R-IM-13").one("//tr[@id='R-IM-13']")
    (link,) = rule.xpath(".//a[text()='受理审查']/@href")
    step = desk["auditor"].get(link)
    assert '"Accept"' in step.one("//bpmn-viewer/@state")
    row = step.one("//tr[contains(@class, 'table-active')]")
    assert "R-IM-13" in row.xpath(".//a/text()")


def test_a_step_is_told_with_its_lane_and_legal_basis(desk: Desk) -> None:
    step = desk["auditor"].get("/admin/steps/green-mine-listing?element=Accept")
    words = " ".join(step.one("//tr[contains(@class, 'table-active')]").text_content().split())
    assert "盟市自然资源局" in words
    assert "内政办发〔2025〕24号 附件2 一" in words


def test_the_drawing_of_a_published_procedure_can_be_fetched(desk: Desk) -> None:
    source = desk["auditor"].get("/admin/steps/public-notice").one("//bpmn-viewer/@src")
    answer = desk["auditor"].get(source).answer
    assert answer.mimetype == "application/xml"


def test_rules_are_filtered_by_state_and_words(desk: Desk) -> None:
    shown = desk["auditor"].get("/admin/rules?state=reasoned")
    assert set(shown.find("//tbody/tr/td[last()]/span/text()")) == {"不由软件落实"}
    assert "没有找到规则" in desk["auditor"].get("/admin/rules?q=没有这样的话").main


# ---------------------------------------------------------------- parameters and readings


def test_a_parameter_is_told_with_value_unit_and_legal_basis(desk: Desk) -> None:
    words = row_of(desk["clerk"].get("/admin/parameters"), "acceptance.check")
    assert "受理审查期限" in words
    assert "5 个工作日" in words
    assert "按行政受理惯例设定" in words


def test_a_parameter_that_is_not_certain_says_so_with_its_note(desk: Desk) -> None:
    words = row_of(desk["clerk"].get("/admin/parameters"), "score.pass_line")
    assert "60 分 待确认" in words
    assert "国家指标为80分" in words


def test_departments_are_told_by_name(desk: Desk) -> None:
    row = desk["clerk"].get("/admin/parameters").one("//tr[@id='review.departments']")
    value = row.xpath("td[1]/span")[0].text_content()
    assert "生态环境局" in value
    assert "ecology" not in value


def test_an_applicant_does_not_see_the_parameters(desk: Desk) -> None:
    assert desk["applicant"].get("/admin/parameters").status == 403


def test_what_an_auditor_read_is_listed_latest_first(at: At) -> None:
    desk, case = at("Accept")
    desk["auditor"].get(f"/cases/{case}")
    desk["auditor"].get(f"/work/{desk.item('clerk', case, 'Accept')}")
    first = desk["auditor"].get("/admin/readings").find("//tbody/tr")[0]
    words = " ".join(first.text_content().split())
    for said in ("简慎", "审计员", "查看待办", "青峦一号煤矿"):
        assert said in words
