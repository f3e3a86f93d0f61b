"""Forms and contexts the tests of the form kit share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from engine.feel import Environment
from engine.forms.context import FormContext
from engine.forms.model import AttachmentFacts, Form, Right
from engine.forms.read import read_form
from webapp.formkit.page import RenderContext
from webapp.formkit.render import formkit_environment
from webapp.formkit.setup import install_components

install_components()

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))
FILES = {
    "a1": AttachmentFacts("总平面图.pdf", 1_258_291, "application/pdf"),
    "a2": AttachmentFacts("<b>现场</b>.jpg", 900, "image/jpeg"),
}
INDICATORS = Path(__file__).parents[3] / "forms" / "shared" / "indicators"

REVIEW: list[dict[str, Any]] = [
    {"type": "text", "id": "head", "text": "### 初审意见\n请核对 {{applicant}} 的材料。"},
    {
        "type": "textfield",
        "id": "unit",
        "key": "unit",
        "label": "申请单位",
        "description": "与营业执照一致",
        "validate": {"required": True, "maxLength": 60},
        "layout": {"row": "r1", "columns": 8},
    },
    {
        "type": "number",
        "id": "area",
        "key": "area",
        "label": "矿区面积",
        "decimalDigits": 2,
        "validate": {"required": True, "min": 0},
        "appearance": {"suffixAdorner": "km²"},
        "layout": {"row": "r1", "columns": 8},
    },
    {
        "type": "radio",
        "id": "verdict",
        "key": "verdict",
        "label": "审查结论",
        "values": [{"label": "通过", "value": "pass"}, {"label": "不通过", "value": "fail"}],
        "validate": {"required": True},
    },
    {
        "type": "textarea",
        "id": "why",
        "key": "why",
        "label": "不通过的理由",
        "conditional": {"hide": '=verdict != "fail"'},
        "validate": {"required": True, "maxLength": 200},
    },
    {
        "type": "checklist",
        "id": "seen",
        "key": "seen",
        "label": "已核材料",
        "values": [
            {"label": "营业执照", "value": "licence"},
            {"label": "采矿证", "value": "right"},
        ],
    },
    {"type": "datetime", "id": "day", "key": "day", "label": "核查日期"},
    {
        "type": "filepicker",
        "id": "files",
        "key": "files",
        "label": "附件",
        "multiple": True,
        "accept": ".pdf,.jpg",
    },
    {
        "type": "dynamiclist",
        "id": "faults",
        "path": "faults",
        "label": "问题清单",
        "properties": {"addLabel": "增加问题"},
        "components": [
            {
                "type": "textfield",
                "id": "what",
                "key": "what",
                "label": "问题",
                "validate": {"required": True},
            },
            {"type": "checkbox", "id": "grave", "key": "grave", "label": "严重"},
        ],
    },
    {
        "type": "group",
        "id": "contact",
        "path": "contact",
        "label": "联系人",
        "showOutline": True,
        "components": [
            {"type": "textfield", "id": "name", "key": "name", "label": "姓名"},
            {
                "type": "select",
                "id": "role",
                "key": "role",
                "label": "职务",
                "values": [{"label": "矿长", "value": "head"}, {"label": "其他", "value": "other"}],
            },
        ],
    },
    {
        "type": "checkbox",
        "id": "sure",
        "key": "sure",
        "label": "我已核对原件",
        "validate": {"required": True},
    },
]

SHEET: list[dict[str, Any]] = [
    {
        "type": "scoreSheet",
        "id": "sheet",
        "key": "sheet",
        "label": "自评估评分表",
        "catalogue": "neimenggu-2025",
        "group": "g1",
        "variant": "open_pit",
        "validate": {"required": True},
    }
]


def form_of(components: list[dict[str, Any]]) -> Form:
    """A form of these components."""
    document = {"type": "default", "id": "sample", "schemaVersion": 19, "components": components}
    return read_form(json.dumps(document).encode())


def catalogue_file(_kind: str, name: str) -> bytes:
    """The files of a bundle, as far as forms need them."""
    return (INDICATORS / f"{name}.yaml").read_bytes()


def form_context(
    variables: Mapping[str, Any] | None = None, rights: Mapping[str, Right] | None = None
) -> FormContext:
    """A step on a Monday morning."""
    return FormContext(
        env=Environment(now=NOW),
        variables={"applicant": "某某煤矿", **(variables or {})},
        rights=rights or {},
        attachment_facts=FILES.get,
        services={"file": catalogue_file},
    )


def render_context(context: FormContext | None = None, **more: Any) -> RenderContext:
    """A page that shows forms."""
    given = {"attachment_url": lambda name: f"/attachments/{name}", **more}
    return RenderContext(context or form_context(), formkit_environment(), **given)
