"""A real place comes online by script: pages alone, from nothing to its first completed case."""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask

from tests.places.walking import Tally, Walker
from webapp.product import Product
from webapp.spreadsheets.packing import Sheet, pack
from webapp.worker import sweep

FOLDER = Path(__file__).parent
WORD = r"([a-z2-9]{4}(?:-[a-z2-9]{4}){3})"


@dataclass
class Place:
    """What a place brings along: a folder of data, without a line of Python."""

    name: str
    told: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.told = tomllib.loads((FOLDER / self.name / "place.toml").read_text(encoding="utf-8"))

    @property
    def opening(self) -> Mapping[str, str]:
        """What the platform administrator is told."""
        found: Mapping[str, str] = self.told["opening"]
        return found

    @property
    def workbook(self) -> bytes:
        """The tables as the place filled them in."""
        return pack(
            [Sheet(title, rows[0], rows[1:]) for title, rows in self.told["tables"].items()]
        )

    @property
    def drawings(self) -> list[tuple[str, bytes]]:
        """The procedures and forms that were drawn for it."""
        paths = sorted((FOLDER / self.name).glob("*.bpmn")) + sorted(
            (FOLDER / self.name).glob("*.form")
        )
        return [(path.name, path.read_bytes()) for path in paths]


LABELS = {
    "level": "级别",
    "parent": "上级租户",
    "place": "地名全称",
    "short": "地名简称",
    "en": "英文名",
    "division": "行政区划代码",
    "slug": "租户代码",
    "name": "首位管理员姓名",
    "username": "首位管理员用户名",
}


def open_place(app: Flask, place: Place, tally: Tally, password: str) -> str:
    """The platform administrator opens the tenant; the password of the first administrator."""
    platform = Walker(app, tally).sign_in("national", "platform", password)
    platform.press("开户", {LABELS[key]: value for key, value in place.opening.items()})
    assert platform.status == 201, platform.text
    found = re.search(WORD, platform.text)
    assert found is not None
    return found[1]


def set_up(admin: Walker, place: Place) -> dict[str, str]:
    """Its administrator brings workbook and drawings; the passwords of the people."""
    admin.follow("单位设置")
    admin.press("上传并检查", files={"workbook": [("开户表.xlsx", place.workbook)]})
    assert admin.status == 200, admin.text
    rows = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        for row in admin.tree.xpath("//section[@aria-labelledby='h-report']//tbody/tr")
    ]
    admin.follow("选择事项")
    admin.press("检查并发布", files={"files": place.drawings})
    assert "已发布所选事项" in admin.text, admin.text[:2000]
    return {row[2]: row[4] for row in rows}


def go_live(admin: Walker, product: Product, password: str) -> None:
    """What the check before going live asks for, and then live."""
    admin.follow("两步验证").press("开始设置")
    secret = base64.b32decode(admin.tree.xpath("string(//main//code)").strip())
    device = TOTP(secret, 6, SHA1(), 30, enforce_key_length=False)
    code = device.generate(int(product.clock.now().timestamp())).decode()
    admin.press("确认", {"验证码": code, "登录密码": password})
    assert admin.status == 200, admin.text
    admin.follow("单位设置").press("发测试消息")
    sweep(product)
    admin.follow("全部").press("标为已读：通知测试")
    admin.follow("单位设置").press("上线")
    assert "已上线，现在接受申请" in admin.text, admin.text


def drive_case(app: Flask, place: Place, tally: Tally, passwords: Mapping[str, str]) -> Walker:
    """The first case, from its start to its end; the last person at the page of the end."""
    case, slug = place.told["case"], place.opening["slug"]
    walker = Walker(app, tally)
    for number, step in enumerate(case["steps"]):
        walker = Walker(app, tally).sign_in(slug, step["by"], passwords[step["by"]])
        if number == 0:
            walker.follow("发起事项").press(f"发起：{case['procedure']}")
        else:
            walker.take_up(step["step"])
        walker.press("提交", step["fill"])
        assert walker.status == 200, walker.text[:1500]
    return walker
