"""An enterprise applies: facts of the mine, self-assessment, seven groups of material."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.filling import choose, document, photo, press, sign_in_by_hand
from tests.browser.serving import Running
from tests.browser.visiting import AXE, Visitors, barriers
from webapp.demo.samples import mp4, pdf

DOCUMENTS = {
    "（一）证照": ("《营业执照》", "《采矿许可证》", "《安全生产许可证》"),
    "（二）": (
        "矿业权出让合同",
        "缴费票据",
        "年度矿产品销售报表",
        "环境影响评价材料",
        "环保竣工验收材料",
    ),
    "（四）": ("矿山上一年度储量年度报告",),
    "（五）": ("绿色矿山自评报告", "绿色矿山申请表"),
    "（六）": ("真实性承诺书",),
}
"""The files of every group; of the third only after a penalty, the seventh are pictures."""


def test_an_enterprise_applies(visitors: Visitors, running: Running) -> None:
    page = visitors.come()
    page.goto("/work")
    sign_in_by_hand(page, "zhaolei")
    page.get_by_role("link", name="我的申请").click()
    page.get_by_role("button", name="发起：绿色矿山名录申报").click()
    expect(page.get_by_text("填写矿山基本情况").first).to_be_visible()
    case = str(page.get_by_role("link", name="查看办件").get_attribute("href")).rpartition("/")[2]
    fill_in_the_mine(page)
    assert press(page, "提交").status == 303

    expect(page.get_by_text("已办理：填写矿山基本情况")).to_be_visible()
    assess_two_items(page)
    assess_the_rest(running, case)

    page.goto("/work")
    page.get_by_role("row").filter(has_text=running.number(case)).get_by_role("link").first.click()
    hand_in_the_material(page)
    assert press(page, "提交").status == 303
    expect(page.get_by_text("已办理：提交申报材料")).to_be_visible()
    assert running.drive.open_steps(case) == ["Accept"]

    page.goto(f"/cases/{case}")
    page.get_by_text("提交申报材料 赵磊").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="缴费票据.pdf", exact=True).click()
    assert download.value.suggested_filename == "缴费票据.pdf"
    assert Path(download.value.path()).read_bytes() == pdf("缴费票据.pdf")


def fill_in_the_mine(page: Page) -> None:
    """What stands in the licences; what depends on a choice comes by itself."""
    page.get_by_label("矿山名称").fill("青峦二号煤矿")
    expect(page.get_by_text("鄂尔多斯市青峦演示煤业有限公司").first).to_be_visible()
    expect(page.get_by_role("textbox", name="采矿权人")).to_have_count(0)
    page.get_by_label("采矿许可证证号").fill("C1500002010011110000002")
    page.get_by_label("盟市").select_option("鄂尔多斯市")
    page.get_by_label("开采方式", exact=True).select_option("地下开采")
    choose(
        page,
        "评价指标适用行业",
        "（一）非金属、化工、黄金、冶金、有色、油气、煤炭、地热、矿泉水等行业",
    )
    page.get_by_label("旗县").select_option("伊金霍洛旗")
    choose(page, "评分适用的开采方式或行业", "地下开采")
    page.get_by_label("苏木乡镇、嘎查村").fill("演示镇二号")
    page.get_by_label("主要矿种").fill("煤")
    page.get_by_label("核定（设计）生产规模").fill("120")
    page.get_by_label("开采规模").select_option("大型")
    choose(page, "是否新建矿山", "否")
    page.get_by_label("正式投产日期").fill("2012-06-01")
    page.get_by_label("剩余储量可采年限").fill("28.5")
    page.get_by_label("姓名").fill("赵磊")
    page.get_by_label("电话").fill("0477-0000001")


def assess_two_items(page: Page) -> None:
    """Two rows of the sheet; the server counts while they are filled in."""
    page.get_by_label("自评日期").fill("2026-03-02")
    page.get_by_label("自评人员").fill("赵磊、孙静")
    total = page.locator(".score-total")
    expect(total).to_have_text("0.00")
    first = page.get_by_role("row").filter(has_text="功能分区")
    first.get_by_label("没有上述问题，满分").check()
    expect(first.page.get_by_text("已评 1 /")).to_be_visible()
    first.get_by_label("检查记录").fill("功能分区合理，见平面布置图。")
    first.get_by_label("证明材料").set_input_files(document("平面布置图.pdf"))
    second = page.get_by_role("row").filter(has_text="配套设施")
    second.get_by_label("发现问题（处）").fill("1")
    second.get_by_label("检查记录").fill("宿舍区缺少一处垃圾分类设施。")
    second.get_by_label("证明材料").set_input_files(photo("宿舍区.png"))
    press(page, "暂存")
    expect(first.get_by_role("link", name="平面布置图.pdf", exact=True)).to_be_visible()
    expect(total).to_have_text("3.50")


def assess_the_rest(running: Running, case: str) -> None:
    """The other rows over the API, those written by hand as they are in the draft."""
    drive = running.drive
    running.hand_over_files("zhaolei", case)
    (item,) = drive.items("zhaolei", case, "AssessSelf")
    data = drive.data(case, item, {})
    by_hand = item["values"]["selfSheet"]["items"]
    assert len(by_hand) == 2
    data["selfSheet"]["items"].update(by_hand)
    drive.hand_in("zhaolei", item, data)


def hand_in_the_material(page: Page) -> None:
    """A file for everything that is asked for."""
    for group, names in DOCUMENTS.items():
        for name in names:
            box = page.get_by_role("group", name=group).get_by_label(name)
            box.set_input_files(document(f"{name.strip('《》')}.pdf"))
    pictures = page.get_by_role("group", name="（七）影像资料")
    pictures.get_by_label("宣传片").set_input_files(
        {"name": "宣传片.mp4", "mimeType": "video/mp4", "buffer": mp4()}
    )
    pictures.get_by_label("遥感影像").set_input_files(photo("遥感影像.png"))
    pictures.get_by_label("现场照片").set_input_files([photo("北帮.png"), photo("排土场.png")])
    choose(page, "是否受到行政处罚", "否")
    page.get_by_label("本企业承诺").check()
    if AXE.is_file():
        assert barriers(page) == []
