"""What each type of field accepts, and with which words it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from .builders import check, errors, field

LONG = "长" * 300
REQUIRED = {"validate": {"required": True}}


def limits(**names: Any) -> dict[str, Any]:
    return {"validate": names}


ACCEPTED: list[tuple[str, dict[str, Any], object, object]] = [
    ("textfield", {}, " 某某公司\u3000", "某某公司"),
    ("textfield", {}, "", ""),
    ("textfield", {}, None, ""),
    ("textfield", REQUIRED, "0", "0"),
    ("textfield", limits(minLength=2, maxLength=4), "绿色矿山", "绿色矿山"),
    ("textfield", limits(minLength=2), "", ""),
    ("textfield", limits(maxLength='=parameter("limit.least")'), "三个字", "三个字"),
    ("textfield", limits(pattern="^[A-Z]{2}\\d+$"), "AB12", "AB12"),
    ("textfield", limits(pattern="矿"), "某矿山", "某矿山"),
    ("textfield", limits(validationType="email"), "a.b@mail.cn", "a.b@mail.cn"),
    ("textfield", limits(validationType="phone"), "13800000000", "13800000000"),
    ("textfield", limits(validationType="phone"), "0471-1234567", "0471-1234567"),
    ("textfield", limits(validationType="phone"), "+8613800000000", "+8613800000000"),
    ("textfield", limits(validationType="phone"), "4008123123", "4008123123"),
    ("textarea", {}, "第一行\r\n第二行", "第一行\n第二行"),
    ("textarea", {}, "\t缩进", "缩进"),
    ("textarea", limits(maxLength=3), "一二三", "一二三"),
    ("number", {}, "1200.50", Decimal("1200.5")),
    ("number", {}, 7, Decimal(7)),
    ("number", {}, 0.1, Decimal("0.1")),
    ("number", {}, "-3", Decimal(-3)),
    ("number", {}, "１２．５", Decimal("12.5")),
    ("number", {}, "1,234,567.8", Decimal("1234567.8")),
    ("number", {}, " ", None),
    ("number", REQUIRED, 0, Decimal(0)),
    ("number", limits(min=1, max="10"), "10", Decimal(10)),
    ("number", limits(min='=parameter("limit.least")'), "3", Decimal(3)),
    ("number", {"decimalDigits": 2}, "3.1400", Decimal("3.14")),
    ("number", {"decimalDigits": 0}, "12.0", Decimal(12)),
    ("number", {"increment": "0.5"}, "2.5", Decimal("2.5")),
    ("number", {"serializeToString": True}, "12345678901234567890.12", "12345678901234567890.12"),
    ("datetime", {}, "2026-03-02", "2026-03-02"),
    ("datetime", {}, "2026/3/2", "2026-03-02"),
    ("datetime", {}, "2026年3月2日", "2026-03-02"),
    ("datetime", {"disallowPassedDates": True}, "2026-03-02", "2026-03-02"),
    ("datetime", {"properties": {"minDate": "2026-01-01"}}, "2026-01-01", "2026-01-01"),
    ("datetime", {"subtype": "time"}, "9:05", "09:05+08:00"),
    (
        "datetime",
        {"subtype": "time", "timeSerializingFormat": "utc_normalized"},
        "09:30",
        "01:30Z",
    ),
    ("datetime", {"subtype": "time", "timeSerializingFormat": "no_timezone"}, "23:59", "23:59"),
    ("datetime", {"subtype": "datetime"}, "2026-03-02T09:30", "2026-03-02T09:30+08:00"),
    ("datetime", {"subtype": "datetime"}, "2026-03-02 09:30", "2026-03-02T09:30+08:00"),
    ("datetime", {"subtype": "datetime"}, "2026-03-02T01:30Z", "2026-03-02T09:30+08:00"),
    ("datetime", {"subtype": "time", "timeInterval": 15}, "09:45", "09:45+08:00"),
    ("checkbox", {}, None, False),
    ("checkbox", {}, "true", True),
    ("checkbox", REQUIRED, True, True),
    ("radio", REQUIRED, "yes", "yes"),
    ("radio", {}, "", None),
    ("select", REQUIRED, "open", "open"),
    ("select", {"valuesExpression": "=[1, 2.5, true]"}, "2.5", Decimal("2.5")),
    ("select", {"valuesExpression": "=[1, 2.5, true]"}, "true", True),
    ("select", {"valuesKey": "kinds"}, "coal", "coal"),
    ("checklist", {}, [], []),
    ("checklist", REQUIRED, ["b", "a", "b"], ["b", "a"]),
    ("taglist", {"valuesKey": "kinds"}, ["iron"], ["iron"]),
    ("filepicker", {}, None, []),
    ("filepicker", REQUIRED, ["pdf-1"], ["pdf-1"]),
    ("filepicker", {"accept": ".pdf, image/*", "multiple": True}, ["pdf-2", "jpg-1"], None),
    ("filepicker", {"multiple": "=true"}, ["pdf-1", "", "pdf-1"], ["pdf-1"]),
    ("expression", {}, ..., Decimal(2)),
    ("expression", {}, 2, Decimal(2)),
    ("expression", {"expression": '=date("2026-03-02")'}, ..., "2026-03-02"),
]


@pytest.mark.parametrize(("kind", "attributes", "given", "kept"), ACCEPTED)
def test_a_right_value_is_kept_in_its_stored_form(
    kind: str, attributes: dict[str, Any], given: object, kept: object
) -> None:
    submitted = {} if given is ... else {"x": given}

    result = check(field(kind, **attributes), submitted, {"kinds": ["coal", "iron"]})

    assert result.errors == ()
    assert result.values == {"x": given if kept is None and kind == "filepicker" else kept}


REFUSED: list[tuple[str, dict[str, Any], object, str, str]] = [
    ("textfield", REQUIRED, ..., "required", "请填写字段x"),
    ("textfield", REQUIRED, "  \u3000", "required", "请填写字段x"),
    ("textfield", {}, 12, "wrong_shape", "字段x的数据类型不正确"),
    ("textfield", {}, ["a"], "wrong_shape", "字段x的数据类型不正确"),
    ("textfield", {}, "一\n二", "control_characters", "控制字符"),
    ("textfield", {}, "a\x00b", "control_characters", "控制字符"),
    ("textfield", {}, "同意\u202e意不", "control_characters", "控制字符"),
    ("textfield", {}, "\ud800", "control_characters", "控制字符"),
    ("textfield", limits(maxLength=200), LONG, "too_long", "字段x不能超过 200 个字"),
    ("textfield", {}, "长" * 2_001, "too_long", "不能超过 2000 个字"),
    ("textfield", limits(minLength=2), "一", "too_short", "字段x不能少于 2 个字"),
    ("textfield", limits(pattern="^\\d+$"), "12a", "pattern", "字段x的格式不正确"),
    (
        "textfield",
        limits(pattern="^\\d{18}$", patternErrorMessage="应为 18 位数字"),
        "12",
        "pattern",
        "应为 18 位数字",
    ),
    ("textfield", limits(validationType="email"), "a@", "email", "应为电子邮箱"),
    ("textfield", limits(validationType="email"), "a@b", "email", "应为电子邮箱"),
    ("textfield", limits(validationType="phone"), "12345", "phone", "应为电话号码"),
    ("textfield", limits(validationType="phone"), "1380000000a", "phone", "应为电话号码"),
    ("textarea", limits(maxLength=3), "一二三四", "too_long", "不能超过 3 个字"),
    ("textarea", {}, "a\x1b[31m", "control_characters", "控制字符"),
    ("number", REQUIRED, "", "required", "请填写字段x"),
    ("number", {}, "一千", "not_a_number", "字段x应为数字，例如 1200.5"),
    ("number", {}, "1e5", "not_a_number", "应为数字"),
    ("number", {}, "1_000", "not_a_number", "应为数字"),
    ("number", {}, "12,34", "not_a_number", "应为数字"),
    ("number", {}, "NaN", "not_a_number", "应为数字"),
    ("number", {}, float("nan"), "not_a_number", "应为数字"),
    ("number", {}, float("inf"), "not_a_number", "应为数字"),
    ("number", {}, Decimal("sNaN"), "not_a_number", "应为数字"),
    ("number", {}, True, "not_a_number", "应为数字"),
    ("number", {}, [1], "not_a_number", "应为数字"),
    ("number", {}, "9" * 16, "too_many_digits", "最多 15 位"),
    ("number", {}, 10**400, "too_many_digits", "最多 15 位"),
    ("number", {}, Decimal("1E+999999"), "too_many_digits", "最多 15 位"),
    ("number", {}, Decimal("1E-999999"), "too_many_digits", "最多 15 位"),
    ("number", {}, "1" * 100_000, "too_many_digits", "最多"),
    ("number", {"decimalDigits": 0}, "1.5", "not_whole", "字段x应为整数"),
    ("number", {"decimalDigits": 2}, "1.555", "too_precise", "最多 2 位小数"),
    ("number", limits(min=1), "0.99", "below_min", "字段x不能小于 1"),
    ("number", limits(max='=parameter("limit.most")'), "9.1", "above_max", "不能大于 9"),
    ("number", {"increment": 5}, "12", "off_step", "应为 5 的整数倍"),
    ("datetime", REQUIRED, "", "required", "请填写字段x"),
    ("datetime", {}, "明天", "not_a_date", "字段x应为真实的日期，例如 2026-06-11"),
    ("datetime", {}, "2026-02-30", "not_a_date", "应为真实的日期"),
    ("datetime", {}, "0026-02-03", "not_a_date", "应为真实的日期"),
    ("datetime", {}, "2026-03-02T09:30", "not_a_date", "应为真实的日期"),
    ("datetime", {}, 20260302, "wrong_shape", "数据类型不正确"),
    ("datetime", {"disallowPassedDates": True}, "2026-03-01", "passed", "不能早于今天"),
    (
        "datetime",
        {"properties": {"minDate": "=submittedOn"}},
        "2026-02-09",
        "too_early",
        "字段x不能早于 2026 年 2 月 10 日",
    ),
    (
        "datetime",
        {"properties": {"maxDate": "=today()"}},
        "2026-03-03",
        "too_late",
        "字段x不能晚于 2026 年 3 月 2 日",
    ),
    ("datetime", {"subtype": "time"}, "25:00", "not_a_time", "应为真实的时间，例如 09:30"),
    ("datetime", {"subtype": "time"}, "09:30:15", "not_a_time", "应为真实的时间"),
    ("datetime", {"subtype": "time", "timeInterval": 15}, "09:20", "off_interval", "15 的整数倍"),
    ("datetime", {"subtype": "datetime"}, "2026-03-02", "not_a_datetime", "日期和时间"),
    ("datetime", {"subtype": "datetime"}, "x" * 100_000, "not_a_datetime", "日期和时间"),
    ("checkbox", REQUIRED, False, "required", "请勾选“字段x”"),
    ("checkbox", REQUIRED, ..., "required", "请勾选“字段x”"),
    ("checkbox", {}, "maybe", "wrong_shape", "数据类型不正确"),
    ("radio", REQUIRED, ..., "required", "请选择字段x"),
    ("radio", {}, "perhaps", "not_offered", "不在可选范围内"),
    ("radio", {}, ["yes"], "wrong_shape", "数据类型不正确"),
    ("select", {}, "air", "not_offered", "不在可选范围内"),
    ("select", {"valuesKey": "kinds"}, "gold", "not_offered", "不在可选范围内"),
    ("select", {"valuesKey": "nothing"}, "coal", "not_offered", "不在可选范围内"),
    ("checklist", REQUIRED, [], "required", "请选择字段x"),
    ("checklist", {}, ["a", "c"], "not_offered", "不在可选范围内"),
    ("checklist", {}, "a", "wrong_shape", "数据类型不正确"),
    ("checklist", {}, [["a"]], "wrong_shape", "数据类型不正确"),
    ("checklist", {}, ["a"] * 501, "too_many", "不能超过 500 项"),
    ("taglist", {"valuesKey": "kinds"}, ["gold"], "not_offered", "不在可选范围内"),
    ("filepicker", REQUIRED, [], "required", "请上传字段x"),
    ("filepicker", {}, ["pdf-1", "pdf-2"], "too_many", "不能超过 1 个文件"),
    ("filepicker", {}, ["nobody"], "no_such_file", "不存在或已删除"),
    ("filepicker", {}, ["../etc/passwd"], "no_such_file", "不存在或已删除"),
    ("filepicker", {}, "pdf-1", "wrong_shape", "数据类型不正确"),
    ("filepicker", {"accept": ".pdf"}, ["exe-1"], "file_type", "不接受文件“setup.exe”"),
    ("filepicker", {"properties": {"maxSize": "1048576"}}, ["pdf-2"], "file_too_large", "1 MB"),
    (
        "filepicker",
        {"multiple": True, "properties": {"maxFiles": "1"}},
        ["pdf-1", "jpg-1"],
        "too_many",
        "不能超过 1 个文件",
    ),
    ("expression", {}, 3, "read_only", "只读"),
    ("expression", {"expression": "=1 / 3"}, ..., "cannot_compute", "无法计算"),
]


@pytest.mark.parametrize(("kind", "attributes", "given", "code", "words"), REFUSED)
def test_a_wrong_value_is_refused_with_a_sentence_about_the_field(
    kind: str, attributes: dict[str, Any], given: object, code: str, words: str
) -> None:
    submitted = {} if given is ... else {"x": given}
    variables = {"kinds": ["coal", "iron"], "submittedOn": "2026-02-10"}

    result = check(field(kind, **attributes), submitted, variables)

    assert errors(result) == {"x": code}
    assert words in result.errors[0].zh
    assert result.errors[0].en
    assert result.values == {}


def test_all_errors_come_at_once_in_the_order_of_the_form() -> None:
    components = [
        field("textfield", "b", **REQUIRED),
        field("number", "a", **limits(min=1, max=0)),
        field("select", "c", **REQUIRED),
    ]

    result = check(components, {"a": "0.5", "stranger": 1})

    assert [(error.field, error.code) for error in result.errors] == [
        ("b", "required"),
        ("a", "below_min"),
        ("a", "above_max"),
        ("c", "required"),
        ("stranger", "unknown_field"),
    ]


def test_a_field_the_form_does_not_have_is_named() -> None:
    result = check(field("textfield"), {"x": "", "hack": "1"})

    assert errors(result) == {"hack": "unknown_field"}
    assert "“hack”" in result.errors[0].zh


@pytest.mark.parametrize("submitted", [[], "text", 3, None])
def test_a_submission_that_is_no_object_is_refused(submitted: Any) -> None:
    assert errors(check(field("textfield"), submitted)) == {"": "wrong_shape"}


def test_labels_in_sentences_have_their_templates_filled_in() -> None:
    component = field("textfield", label="{{mine}}的印章", validate={"required": True})

    result = check(component, {}, {"mine": "某某煤矿"})

    assert result.errors[0].zh == "请填写某某煤矿的印章"
