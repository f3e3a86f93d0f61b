"""Pages made of the frame and the macros with invented facts, to test and to look at.

`python tests/unit/packaging/sample_pages.py FOLDER` writes them as files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

TEMPLATES = Path(__file__).parents[3] / "webapp" / "templates"
SAMPLES = Path(__file__).parent / "samples"
NAMES = ("worklist", "task", "score", "public")
ERRORS = [
    {"field": "f-code", "label": "统一社会信用代码", "message": "应为 18 位"},
    {"field": None, "label": "", "message": "七类材料缺一类：生态修复方案"},
]


def translate(text: str, **facts: object) -> str:
    return text % facts


def static_url(endpoint: str, filename: str, v: str) -> str:
    return f"/{endpoint}/{filename}?v={v}"


def environment() -> Environment:
    """A Jinja environment with stand-ins for what the application registers."""
    jinja = Environment(loader=FileSystemLoader([TEMPLATES, SAMPLES]), autoescape=True)
    jinja.globals.update(
        _=translate, url_for=static_url, csrf_token=lambda: "token", bundle_version="1"
    )
    return jinja


def due(kind: str, days: int = 0, at: str = "", ground: str = "") -> dict[str, object]:
    return {"kind": kind, "days": days, "at": at, "iso": "2026-11-24T17:30", "ground": ground}


def row(title: str, step: str, holder: str, limit: object, **more: object) -> dict[str, object]:
    return {
        "title": title,
        "number": "LC-2026-00317",
        "step": step,
        "holder": holder,
        "arrived": "11-09 10:12",
        "due": limit,
        "urged": False,
        "offered": False,
        **more,
    }


FRAME: dict[str, object] = {
    "language": "zh-CN",
    "languages": [
        {"label": "中文", "href": "/language/zh", "lang": "zh-CN", "active": True},
        {"label": "English", "href": "/language/en", "lang": "en", "active": False},
    ],
    "product": "绿程",
    "tenant": {"name": "内蒙古自治区"},
    "home_url": "/",
    "notices_url": "/notices",
    "nav": [
        {"label": "待办", "href": "/", "count": 12, "active": True},
        {"label": "已办", "href": "/done", "count": 0, "active": False},
        {"label": "我发起的", "href": "/started", "count": 2, "active": False},
        {"label": "事项", "href": "/procedures", "count": 0, "active": False},
        {"label": "名录", "href": "/list", "count": 0, "active": False},
    ],
    "page": {
        "first": 1,
        "last": 8,
        "total": 12,
        "is_capped": False,
        "previous": None,
        "next": "?cursor=9",
    },
}
SIGNED_IN: dict[str, object] = {
    "account": {"name": "王敏", "capacity": "自然资源厅 · 经办人"},
    "account_menu": [{"label": "个人设置", "href": "/me"}, {"label": "代理设置", "href": "/sub"}],
    "sign_out_url": "/sign-out",
    "messages_url": "/messages",
    "unread": 3,
    "calendar_warning": "2027 年的节假日安排尚未发布，期限暂按周一至周五计算。",
}
WORKLIST: dict[str, object] = {
    "views": [
        {"label": "全部", "href": "?", "count": 12, "active": True},
        {"label": "超期", "href": "?v=late", "count": 1, "active": False},
        {"label": "今日到期", "href": "?v=today", "count": 2, "active": False},
        {"label": "待认领", "href": "?v=offered", "count": 4, "active": False},
        {"label": "抄送我的", "href": "?v=copied", "count": 5, "active": False},
    ],
    "rows": [
        row(
            "乌兰图嘎露天煤矿 · 绿色矿山申报",
            "部门会审",
            "乌兰矿业有限公司",
            due("late", 1, "11-19 17:30"),
            urged=True,
        ),
        row("满来梁煤矿 · 绿色矿山申报", "受理审查", "满来梁煤业", due("today", at="今天 17:30")),
        row(
            "白云鄂博铁矿 · 现场核查",
            "实地核查",
            "白云矿业集团有限责任公司",
            due("soon", 2, "11-24 17:30"),
            offered=True,
        ),
        row(
            "丁家梁煤矿 · 名录公示",
            "公示",
            "丁家梁煤业",
            due("paused", at="至 11-27", ground="补正"),
        ),
        row(
            "大青山石灰岩矿 · 第三方评估",
            "现场评估",
            "青山建材",
            due("ok", 12, "12-08 17:30"),
            offered=True,
        ),
        row("科右中旗铅锌矿 · 评分", "实地核查", "科右矿业", due("none")),
    ],
}
TASK: dict[str, object] = {
    "errors": [],
    "files": [
        {"name": "自评估报告.pdf", "size": "2.1 MB", "href": "/a/1", "note": "11 月 6 日上传"}
    ],
    "case_facts": [
        {"label": "承办", "value": "自然资源厅 · 王敏"},
        {"label": "到达", "value": "11 月 9 日 10:12", "iso": "2026-11-09T10:12"},
        {"label": "期限", "value": "11 月 20 日 17:30", "note": "扣除停表 3 个工作日"},
        {"label": "法律依据", "value": "内政办发〔2025〕24号 附件2"},
        {"label": "流程版本", "value": "2026.1", "href": "/definitions/1"},
        {"label": "备注", "value": ""},
    ],
    "entries": [
        {
            "title": "部门会审",
            "outcome": "进行中",
            "state": "now",
            "who": "生态环境 已同意 · 应急 待办",
        },
        {
            "title": "受理审查",
            "outcome": "通过",
            "who": "综合窗口 李想",
            "at": "11 月 9 日 10:12",
            "iso": "2026-11-09",
            "spent": "2 小时",
        },
        {
            "title": "受理审查",
            "outcome": "退回补正",
            "state": "bad",
            "who": "综合窗口 李想",
            "at": "11 月 6 日 16:40",
            "iso": "2026-11-06",
            "text": "缺少生态修复方案，请补充。",
        },
        {"title": "提交申请", "who": "乌兰矿业", "at": "11 月 6 日 09:15", "iso": "2026-11-06"},
    ],
    "state": {
        "done": ["Submit", "Accept", "Check"],
        "taken": ["f1", "f2", "f3"],
        "active": {"Visit": '2 人 · "今天"到期'},
        "stuck": {},
    },
}
SCORE: dict[str, object] = {
    "items": [
        {
            "name": "矿区功能分区布局合理",
            "text": "生产区、管理区、生活区等功能区分区布置，各功能区有明确标识。",
            "points": 4,
            "score": "3.5",
            "na": False,
            "short": True,
            "record": "生活区标识缺一处",
        },
        {
            "name": "矿区道路硬化与绿化",
            "text": "主要运输道路硬化，可绿化区域绿化率达到 100%。",
            "points": 6,
            "score": "",
            "na": True,
            "short": False,
            "record": "",
        },
        {
            "name": "边坡治理",
            "text": "边坡稳定，已治理。",
            "points": 10,
            "score": "10",
            "na": False,
            "short": False,
            "record": "",
        },
    ],
}
PUBLIC: dict[str, object] = {
    "account": None,
    "sign_in_url": "/sign-in",
    "footer_links": [{"label": "验证公钥", "href": "/public/keys.json"}],
}
FACTS = {
    "worklist": {**SIGNED_IN, **WORKLIST},
    "task": {**SIGNED_IN, **TASK},
    "score": {**SIGNED_IN, **SCORE},
    "public": PUBLIC,
}


def render(name: str, **changes: object) -> str:
    """The named sample page as HTML."""
    template = environment().get_template(f"{name}.html")
    return template.render({**FRAME, **FACTS[name], **changes})


def write(folder: Path) -> None:
    """Writes every sample page into the folder."""
    for name in NAMES:
        (folder / f"{name}.html").write_text(render(name), encoding="utf-8")
    (folder / "sample.bpmn").write_bytes((SAMPLES / "sample.bpmn").read_bytes())
    (folder / "errors.html").write_text(render("task", errors=ERRORS), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
