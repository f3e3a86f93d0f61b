"""Operations on items over pages without scripts and over the API: one way through them all."""

from __future__ import annotations

from tests.web.pages.conftest import At


def act(item: str, name: str) -> str:
    return f"/work/{item}/act/{name}"


def test_a_clerk_hands_work_on_and_gets_it_back(at: At) -> None:
    desk, case = at("Accept")
    clerk, colleague = desk["clerk"], desk["colleague"]
    item = desk.item("clerk", case, "Accept")
    whom = str(desk.actor("colleague").membership_id)
    shown = clerk.get(f"/work/{item}")
    assert "更多办理方式" in shown.main
    assert whom in shown.body, "colleagues can be chosen"

    refused = clerk.post(act(item, "transfer"), to=whom, reason=" ")
    assert refused.status == 422
    assert "请填写理由" in refused.main
    assert refused.find("//details[@open]//form[contains(@action, '/act/transfer')]")

    asked = clerk.post(
        act(item, "ask"), to=str(desk.actor("leader").membership_id), text="是否受理？"
    )
    assert asked.status in (303, 422)
    copied = clerk.post(act(item, "copy"), people=whom, kind="circulate", note="请阅")
    assert (copied.status, copied.location) == (303, f"/work/{item}")
    inbox = colleague.get("/work/copied")
    assert "请阅" in inbox.main
    colleague.get(f"/cases/{case}")
    sign = inbox.one("//form[contains(@action, '/copies/')]/@action")
    assert colleague.post(sign).status == 303
    assert "已签收" in clerk.get(f"/work/{item}").main

    given = clerk.post(act(item, "delegate"), to=whom, reason="请核实", _key="once")
    assert (given.status, given.location) == (303, "/work")
    again = clerk.post(act(item, "delegate"), to=whom, reason="请核实", _key="once")
    assert again.status == 303, "the same request again is answered again"
    assert "受理审查" in colleague.get("/work?view=mine").main
    back = clerk.post(act(item, "recall"))
    assert (back.status, back.location) == (303, f"/work/{item}")

    added = clerk.post(act(item, "add-signer"), people=whom, mode="before", reason="请提意见")
    assert added.status == 303
    opinion = colleague.get("/work?view=mine").one("//a[contains(., '办理')]/@href")
    assert "说明" in colleague.get(opinion).main
    assert "待答复" in clerk.get(f"/work/{item}").main

    way = clerk.get(f"/work/{item}/return")
    assert "提交申报材料 上一环节 申请人" in way.main
    assert "份办理记录须重新办理" in way.main
    to = way.one("//input[@name='to']/@value")
    gone = clerk.post(act(item, "return"), to=to, reason="附件缺页", resubmit="direct")
    assert (gone.status, gone.location) == (303, "/work")
    assert "提交申报材料" in desk["applicant"].get("/work").main
    file = clerk.get(f"/cases/{case}")
    assert "已退回，须重新办理" in file.main
    assert "抄送与传阅" in file.main
    assert "已由" in colleague.get(f"/work/{item}").main
    assert clerk.post(act(item, "nonsense")).status == 404


def test_somebody_away_is_stood_in_for(at: At) -> None:
    desk, case = at("Accept")
    clerk, colleague = desk["clerk"], desk["colleague"]
    item = desk.item("clerk", case, "Accept")
    clerk.post(f"/work/{item}/claim")
    whom = str(desk.actor("colleague").membership_id)
    today = desk.drive.clock.now().date().isoformat()
    period = {"from": today, "to": today, "reason": "休假"}
    assert clerk.post("/absences", {**period, "substitute": ""}).status in (404, 422)
    assert clerk.post("/absences", {**period, "substitute": whom}).status == 303
    shown = colleague.get("/work?view=substituted")
    assert "受理审查" in shown.main
    assert "认领" not in [e.text_content() for e in colleague.get(f"/work/{item}").find("//h1")]
    stop = clerk.get("/absences").one("//form[contains(@action, '/end')]/@action")
    assert clerk.post(stop).status == 303
    assert "没有代理" in clerk.get("/absences").main


def test_a_list_is_narrowed_marked_and_handled_at_once(at: At) -> None:
    desk, case = at("Accept")
    clerk, item = desk["clerk"], desk.item("clerk", case, "Accept")
    row = f"//tr[@id='item-{item}']"
    unread = f"{row}//a[contains(@class, 'fw-bold')]"
    assert desk["colleague"].get("/work").find(unread)
    desk["colleague"].get(f"/work/{item}")
    assert not desk["colleague"].get("/work").find(unread), "it was opened"
    for words in ("受理审查", "青峦"):
        assert clerk.get(f"/work?q={words}").find(row), words
    assert not clerk.get("/work?due=overdue").find(row)
    done = clerk.post("/work/bulk", item=item, act="claim")
    assert done.status == 303
    assert "已处理 1 件" in clerk.get("/work").main
    assert clerk.post("/work/bulk", act="transfer").status == 303
    assert "请先勾选待办" in clerk.get("/work").main


def test_everything_of_somebody_who_leaves_goes_to_another(at: At) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    desk["clerk"].post(f"/work/{item}/claim")
    who, to = (str(desk.actor(name).membership_id) for name in ("clerk", "colleague"))
    assert desk["clerk"].get("/leaving").status == 404
    shown = desk["admin"].post("/leaving", who=who, to=to, reason="离职")
    assert "已转" in shown.main
    assert "受理审查" in desk["colleague"].get("/work?view=mine").main
