"""From the region's recommendation to the national list, over the API, with every way to fail."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.notices.model import notices
from domain.register.listing import ListFilter, public_list
from domain.rounds.model import round_entries, rounds
from engine.store.tables import attachments, cases

from .nation import MINES, NATION, REGION, Nation, line, opinion

FIRST, SECOND, THIRD, FOURTH = MINES


def entry(nation: Nation, slug: str, mine: str) -> tuple[str, str]:
    """The level and status of a mine on a list."""
    with nation.product.db.tenant(nation.ids[slug], read_only=True) as tx:
        rows = public_list(tx, ListFilter(search=mine)).rows
    return next(((str(r.entry.level), str(r.entry.status)) for r in rows), ("", ""))


@pytest.mark.rule("R-NAT-23", "R-NAT-24", "R-NAT-25", "R-IM-36", "R-YJ-11", "R-NAT-17", "R-NAT-26")
def test_three_mines_go_from_the_region_to_the_nation_and_back(nation: Nation) -> None:
    round_case = nation.open_round()
    nation.recommend(line(1), line(2, score=85), line(3, score=82))
    assert len(nation.waiting(NATION, "ReviewMaterial")) == 3
    review = nation.case_of(NATION, FIRST, "national-review")
    assert review.handed_by == REGION
    assert nation.rows(NATION, attachments, attachments.c.case_id == review.id), "the signed file"

    panel = nation.seat_panel(FIRST)
    assert len(set(panel)) == 3
    assert "nat-expert-ao" not in panel, "an expert of the province is recused"
    nation.argue(FIRST, "passed", "passed", "passed")
    nation.do("nat-linhai", "DrawSample", {"isFinal": True}, mine=FIRST)
    nation.verify(FIRST, "pass")
    nation.seat_panel(SECOND)
    nation.argue(SECOND, "passed", "doubtful", "failed")
    assert nation.waiting(NATION, "VerifySite", SECOND), "a doubtful one is always verified"
    nation.verify(SECOND, "fail")
    nation.seat_panel(THIRD)
    nation.argue(THIRD, "failed", "failed", "passed")
    nation.settle()
    nation.publish(FIRST)
    assert [row.status for row in nation.rows(NATION, notices)] == ["closed"]
    nation.determine(FIRST)

    assert entry(nation, NATION, FIRST) == ("national", "listed")
    assert entry(nation, REGION, FIRST) == ("national", "listed")
    assert entry(nation, REGION, SECOND) == ("regional", "listed")
    told = {row.mine_name: (row.status, row.reason) for row in nation.rows(NATION, round_entries)}
    assert told[SECOND] == ("not_selected", "复垦区未按方案治理。")
    assert told[THIRD] == ("not_selected", "专家论证未通过")
    outcomes = {row.title: row.outcome for row in nation.rows(REGION, cases) if row.outcome}
    assert [o for t, o in outcomes.items() if THIRD in t] == ["未入选，仍列自治区名录"]
    nation.go_to(date(2026, 3, 25))
    done = nation.call("nat-linhai", "GET", f"/cases/{round_case}")
    assert (done["status"], done["outcome"]) == ("completed", "遴选完成")
    shown = nation.client.get("/public/national/list.json").get_json()
    assert [one["level"] for one in shown["entries"]] == ["国家级"]


@pytest.mark.rule("R-NAT-23", "R-NAT-2", "R-NAT-3", "R-IM-35")
def test_a_list_that_breaks_the_terms_comes_back_with_every_reason(nation: Nation) -> None:
    nation.open_round()
    wrong = [
        line(1),
        line(2, score=75),
        line(3, reserveYears=2),
        line(4, penaltyOn="2025-01-10", penaltySettled="no"),
        line(99),
    ]
    nation.do("region-clerk", "Recommend", {"mines": wrong})
    (item,) = nation.waiting(REGION, "Recommend")
    text = nation.page("region-clerk", f"/work/{item.id}")
    for told in (
        "推荐 5 个，超过本次名额 3 个",
        "得分 75 低于国家级推荐分数线 80",
        "剩余储量可采年限不足 3 年",
        "受过行政处罚且未执行到位",
        "登记编号 99：不在本省级名录中",
    ):
        assert told in text
    assert not nation.waiting(REGION, "ApproveList")


@pytest.mark.rule("R-NAT-23")
def test_what_comes_after_the_round_has_closed_is_not_taken(nation: Nation) -> None:
    nation.open_round(closesOn="2026-03-06")
    nation.do("region-clerk", "Recommend", {"mines": [line(1)]})
    nation.do("region-leader", "ApproveList", {"decision": "approve"})
    nation.settle()
    nation.go_to(date(2026, 3, 9))
    nation.do("region-clerk", "PrepareMaterial", {"summary": "材料齐全。"})
    nation.settle()

    review = nation.case_of(NATION, FIRST, "national-review")
    assert (review.status, review.outcome) == ("completed", "不予接收，退回推荐单位")
    back = nation.case_of(REGION, FIRST, "mine-recommendation")
    assert back.outcome == "未入选，仍列自治区名录"
    assert [row.status for row in nation.rows(NATION, rounds)] == ["closed"]


@pytest.mark.rule("R-NAT-24")
def test_an_opinion_is_seen_by_nobody_else_until_all_are_in(nation: Nation) -> None:
    nation.open_round()
    nation.recommend(line(1))
    first, second, third = nation.seat_panel(FIRST)
    nation.do(first, "GiveOpinion", opinion("failed"), mine=FIRST)
    case = nation.case_of(NATION, FIRST, "national-review")

    for who in (second, "nat-linhai", "nat-shenji", "nat-guanli"):
        for path in (f"/cases/{case.id}", f"/cases/{case.id}/history", f"/cases/{case.id}/diagram"):
            shown = str(nation.call(who, "GET", path))
            assert "依据充分" not in shown, (who, path)
            assert "'failed'" not in shown, (who, path)
    assert "依据充分" not in nation.page("nat-linhai", f"/cases/{case.id}")
    assert "依据充分" in nation.page(first, f"/cases/{case.id}"), "one's own"
    told = nation.page("nat-linhai", f"/cases/{case.id}/export", expect=409)
    assert "独立意见尚未全部提交" in told

    for who in (second, third):
        nation.do(who, "GiveOpinion", opinion("passed"), mine=FIRST)
    assert "依据充分" in nation.page("nat-linhai", f"/cases/{case.id}")


@pytest.mark.rule("R-NAT-24")
def test_a_recused_expert_gives_the_seat_to_the_next_rank_and_nobody_draws_anew(
    nation: Nation,
) -> None:
    nation.open_round()
    nation.recommend(line(1))
    panel = nation.seat_panel(FIRST)
    before = nation.draw_of(FIRST)
    nation.do(panel[0], "GiveOpinion", opinion("recuse"), mine=FIRST)

    now = nation.panel(FIRST)
    assert len(now) == 3
    assert panel[0] not in now
    after = nation.draw_of(FIRST)
    assert (after.seed, after.ranking) == (before.seed, before.ranking)
    assert nation.members[next(n for n in now if n not in panel)] == UUID(after.ranking[3])


@pytest.mark.rule("R-NAT-24")
def test_one_person_cannot_enter_the_number_twice_and_two_must_agree(nation: Nation) -> None:
    nation.open_round()
    nation.recommend(line(1))
    nation.freeze_panel(FIRST)
    assert not nation.waiting(NATION, "EnterNumber"), "the number is not out yet"
    nation.go_to(nation.today + timedelta(days=3))
    nation.go_to(date(2026, 3, 9))
    nation.do("nat-linhai", "EnterNumber", {"number": "2026027 03 11 19"}, mine=FIRST)
    again = {"number": "2026027 03 11 19"}
    nation.do("nat-linhai", "EnterNumberAgain", again, mine=FIRST, expect=403)
    nation.do("nat-suyun", "EnterNumberAgain", {"number": "2026027 03 11 20"}, mine=FIRST)
    assert nation.waiting(NATION, "EnterNumber", FIRST), "read again, both of them"
    assert nation.draw_of(FIRST).seed is None


def test_a_notice_that_cannot_be_issued_comes_back(nation: Nation) -> None:
    body = {"procedure": "selection-round", "variables": {}}
    nation.call("nat-linhai", "POST", "/cases", body, expect=201)
    twice = [{"province": "150000", "quota": 1}, {"province": "150000", "quota": 2}]
    told = {
        "roundTitle": "遴选",
        "document": "文号",
        "noticeOn": "2026-03-02",
        "closesOn": "2026-03-02",
        "quotas": twice,
    }
    nation.do("nat-linhai", "DraftNotice", told)
    (item,) = nation.waiting(NATION, "DraftNotice")
    shown = nation.page("nat-linhai", f"/work/{item.id}")
    assert "推荐截止日期须晚于遴选通知日期" in shown
    assert "同一省份只能写一行名额" in shown


def test_a_round_does_not_wait_for_a_case_that_was_terminated(nation: Nation) -> None:
    round_case = nation.open_round(closesOn="2026-03-06")
    nation.recommend(line(1))
    case = nation.case_of(NATION, FIRST, "national-review")
    nation.call("nat-guanli", "POST", f"/cases/{case.id}/terminate", {"reason": "推荐单位撤回。"})
    nation.go_to(date(2026, 3, 10))

    (row,) = nation.rows(NATION, round_entries)
    assert (row.status, row.reason) == ("not_selected", "办件已结束：推荐单位撤回。")
    assert nation.call("nat-linhai", "GET", f"/cases/{round_case}")["outcome"] == "遴选完成"
