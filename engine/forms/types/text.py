"""Text of one line and of many."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from engine.forms import wording
from engine.forms.component_type import ComponentType, Fault, Node, Role
from engine.forms.model import Component, Json
from engine.forms.patterns import MAX_PATTERN, BadPattern, finder
from engine.forms.problems import Problem, Rejected
from engine.forms.types import common

MAX_LINE = 2_000
MAX_TEXT = 20_000

_EMAIL = (
    r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+$"
)
# A Chinese mobile or fixed number, a 400/800 number, or an international one.
_PHONE = (
    r"^(?:(?:\+?86[- ]?)?1[3-9]\d{9}|(?:0\d{2,3}[- ]?\d{7,8}|[2-9]\d{6,7})(?:[-转]\d{1,6})?"
    r"|[48]00[- ]?\d{3}[- ]?\d{4}|(?:\+|00)[1-9]\d{5,14})$"
)
# They reorder what a reader sees, so that a signed text could show something else than it holds.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def read_text(component: Component, raw: Json) -> str:
    """Text with outer blanks cut off and line ends as ``\\n``; control characters are refused."""
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise Rejected(wording.wrong_shape(component.name))
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    allowed = "\t\n" if component.type == "textarea" else "\t"
    if any(_is_hidden(character, allowed) for character in text):
        raise Rejected(wording.control_characters(component.name))
    return text


def _is_hidden(character: str, allowed: str) -> bool:
    if character in allowed:
        return False
    return character in _REORDERING or unicodedata.category(character) in ("Cc", "Cs")


def accept_text(node: Node, value: str) -> str:
    """The text, within its limits."""
    problems = list(_problems(node, value))
    if problems:
        raise Rejected(*problems)
    return value


def _problems(node: Node, value: str) -> Iterator[Problem]:
    label = node.label
    if not value:
        if node.component.required:
            yield wording.required(label)
        return
    most = common.count_limit(node, "maxLength", node.limit("maxLength"))
    hard = MAX_TEXT if node.component.type == "textarea" else MAX_LINE
    most = hard if most is None else min(most, hard)
    least = common.count_limit(node, "minLength", node.limit("minLength"))
    if len(value) > most:
        yield wording.too_long(label, most)
    elif least is not None and len(value) < least:
        yield wording.too_short(label, least)
    else:
        yield from _format_problems(node, value)


def _format_problems(node: Node, value: str) -> Iterator[Problem]:
    limits = node.component.limits
    match limits.get("validationType"):
        case "email" if not finder(_EMAIL)(value):
            yield wording.bad_email(node.label)
        case "phone" if not finder(_PHONE)(value):
            yield wording.bad_phone(node.label)
    pattern = limits.get("pattern")
    if pattern and not finder(pattern)(value):
        yield wording.bad_pattern(node.label, limits.get("patternErrorMessage") or "")


def check_text(component: Component) -> Iterator[Fault]:
    """Limits that are numbers, a pattern that RE2 accepts."""
    yield from common.check_numbers(component, "minLength", "maxLength")
    yield from common.check_adorners(component)
    yield from common.check_default(component, str)
    if component.limits.get("validationType") not in (None, "", "email", "phone", "custom"):
        yield common.bad_attribute("validationType", "未知", "is unknown")
    message = component.limits.get("patternErrorMessage")
    if not isinstance(message, str | None):
        yield common.bad_attribute("patternErrorMessage", "应为文字", "must be a text")
    if pattern := component.limits.get("pattern"):
        yield from _check_pattern(pattern)


def _check_pattern(pattern: Json) -> Iterator[Fault]:
    if not isinstance(pattern, str) or len(pattern) > MAX_PATTERN:
        yield Fault(
            "bad_pattern",
            f"正则表达式应为不超过 {MAX_PATTERN} 个字符的文字",
            f"the pattern must be a text of at most {MAX_PATTERN} characters",
        )
        return
    try:
        finder(pattern)
    except BadPattern as error:
        yield Fault(
            "bad_pattern",
            f"正则表达式不能用（{error}）；不支持前瞻、后顾和反向引用",
            f"the pattern cannot be used ({error}); no look-around, no back references",
        )


_LIMITS = frozenset({"minLength", "maxLength"}) | common.REQUIRED
_FORMATS = frozenset({"pattern", "patternErrorMessage", "validationType"})


def _string(_component: Component) -> str:
    return "string"


TEXTFIELD = ComponentType(
    role=Role.INPUT,
    attributes=common.INPUT_ATTRIBUTES,
    limits=_LIMITS | _FORMATS,
    read=read_text,
    accept=accept_text,
    empty=str,
    check=check_text,
    feel_type=_string,
)
TEXTAREA = ComponentType(
    role=Role.INPUT,
    attributes=common.INPUT_ATTRIBUTES,
    limits=_LIMITS,
    properties=frozenset({"rows"}),
    read=read_text,
    accept=accept_text,
    empty=str,
    check=check_text,
    feel_type=_string,
)
