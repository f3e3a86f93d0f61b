"""The sentences about submitted values, after the pattern «请填写…», «…不能超过 200 个字»."""

from __future__ import annotations

from decimal import Decimal

from engine.forms.problems import Problem

_ASK = {
    "enter": ("请填写{}", "Enter {}"),
    "select": ("请选择{}", "Select {}"),
    "upload": ("请上传{}", "Upload {}"),
    "tick": ("请勾选“{}”", "Tick “{}”"),
}


def number_text(value: Decimal) -> str:
    """The number as people write it: no exponent, no superfluous zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def required(label: str, ask: str = "enter") -> Problem:
    """Nothing was given where something is needed."""
    zh, en = _ASK[ask]
    return Problem("required", zh.format(label), en.format(label))


def wrong_shape(label: str) -> Problem:
    """The value is of another sort than the field (a list for a text, say)."""
    return Problem(
        "wrong_shape", f"{label}的数据类型不正确", f"{label} has the wrong type of value"
    )


def control_characters(label: str) -> Problem:
    return Problem(
        "control_characters",
        f"{label}含有不可见的控制字符，请删除后重新填写",
        f"{label} contains invisible control characters",
    )


def too_long(label: str, most: int) -> Problem:
    return Problem(
        "too_long",
        f"{label}不能超过 {most} 个字",
        f"{label} must be {most} characters or fewer",
        {"max": most},
    )


def too_short(label: str, least: int) -> Problem:
    return Problem(
        "too_short",
        f"{label}不能少于 {least} 个字",
        f"{label} must be {least} characters or more",
        {"min": least},
    )


def bad_pattern(label: str, message: str) -> Problem:
    """The pattern's own message where its author wrote one."""
    return Problem(
        "pattern",
        message or f"{label}的格式不正确",
        message or f"{label} is not in the right format",
    )


def bad_email(label: str) -> Problem:
    return Problem(
        "email",
        f"{label}应为电子邮箱，例如 name@example.com",
        f"{label} must be an e-mail address like name@example.com",
    )


def bad_phone(label: str) -> Problem:
    return Problem(
        "phone",
        f"{label}应为电话号码，例如 13800000000 或 0471-1234567",
        f"{label} must be a telephone number like 13800000000 or 0471-1234567",
    )


def not_a_number(label: str) -> Problem:
    return Problem(
        "not_a_number", f"{label}应为数字，例如 1200.5", f"{label} must be a number like 1200.5"
    )


def number_too_long(label: str, digits: int) -> Problem:
    return Problem(
        "too_many_digits",
        f"{label}的数字过长，最多 {digits} 位",
        f"{label} must have at most {digits} digits",
        {"max": digits},
    )


def too_precise(label: str, digits: int) -> Problem:
    if digits == 0:
        return Problem("not_whole", f"{label}应为整数", f"{label} must be a whole number")
    return Problem(
        "too_precise",
        f"{label}最多 {digits} 位小数",
        f"{label} must have at most {digits} decimal places",
        {"digits": digits},
    )


def below(label: str, least: Decimal) -> Problem:
    text = number_text(least)
    return Problem(
        "below_min", f"{label}不能小于 {text}", f"{label} must be {text} or more", {"min": text}
    )


def above(label: str, most: Decimal) -> Problem:
    text = number_text(most)
    return Problem(
        "above_max", f"{label}不能大于 {text}", f"{label} must be {text} or less", {"max": text}
    )


def off_step(label: str, step: Decimal) -> Problem:
    text = number_text(step)
    return Problem(
        "off_step",
        f"{label}应为 {text} 的整数倍",
        f"{label} must be a multiple of {text}",
        {"step": text},
    )


def not_a_moment(label: str, subtype: str) -> Problem:
    zh, en, example = {
        "date": ("日期", "a date", "2026-06-11"),
        "time": ("时间", "a time", "09:30"),
        "datetime": ("日期和时间", "a date and time", "2026-06-11 09:30"),
    }[subtype]
    return Problem(
        f"not_a_{subtype}",
        f"{label}应为真实的{zh}，例如 {example}",
        f"{label} must be {en} like {example}",
    )


def too_early(label: str, least: str) -> Problem:
    return Problem(
        "too_early",
        f"{label}不能早于 {least}",
        f"{label} must not be before {least}",
        {"min": least},
    )


def too_late(label: str, most: str) -> Problem:
    return Problem(
        "too_late", f"{label}不能晚于 {most}", f"{label} must not be after {most}", {"max": most}
    )


def passed(label: str) -> Problem:
    return Problem("passed", f"{label}不能早于今天", f"{label} must not be in the past")


def off_interval(label: str, minutes: int) -> Problem:
    return Problem(
        "off_interval",
        f"{label}的分钟应为 {minutes} 的整数倍",
        f"the minutes of {label} must be a multiple of {minutes}",
        {"minutes": minutes},
    )


def not_offered(label: str) -> Problem:
    return Problem(
        "not_offered",
        f"{label}中有不在可选范围内的值，请重新选择",
        f"{label}: choose from the options given",
    )


def too_many(label: str, most: int, unit: str = "项") -> Problem:
    return Problem(
        "too_many",
        f"{label}不能超过 {most} {unit}",
        f"{label} must have {most} entries or fewer",
        {"max": most},
    )


def too_few(label: str, least: int, unit: str = "项") -> Problem:
    return Problem(
        "too_few",
        f"{label}不能少于 {least} {unit}",
        f"{label} must have {least} entries or more",
        {"min": least},
    )


def no_such_file(label: str) -> Problem:
    return Problem(
        "no_such_file",
        f"{label}中有一个文件不存在或已删除，请重新上传",
        f"{label}: a file does not exist, upload it again",
    )


def bad_file_type(label: str, name: str, accept: str) -> Problem:
    return Problem(
        "file_type",
        f"{label}不接受文件“{name}”，可上传的类型：{accept}",
        f"{label} does not accept {name}; accepted: {accept}",
        {"name": name, "accept": accept},
    )


def file_too_large(label: str, name: str, most: str) -> Problem:
    return Problem(
        "file_too_large",
        f"{label}的文件“{name}”超过 {most}",
        f"{label}: {name} is larger than {most}",
        {"name": name, "max": most},
    )


def read_only(label: str) -> Problem:
    return Problem(
        "read_only", f"{label}在本环节为只读，不能修改", f"{label} cannot be changed in this step"
    )


def rows_locked(label: str) -> Problem:
    return Problem(
        "rows_locked",
        f"{label}在本环节不能增加或删除行",
        f"{label}: rows cannot be added or removed in this step",
    )


def unknown_field(name: str) -> Problem:
    return Problem(
        "unknown_field",
        f"表单中没有可填写的字段“{name}”",
        f"the form has no field {name} to fill in",
        {"name": name},
    )


def cannot_compute(label: str, zh: str, en: str) -> Problem:
    return Problem("cannot_compute", f"{label}无法计算：{zh}", f"{label} cannot be computed: {en}")
