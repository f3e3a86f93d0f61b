"""Numbers: exact decimals, whatever way they were written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from engine.forms import wording
from engine.forms.component_type import ComponentType, Fault, Node, Role
from engine.forms.model import Component, Json
from engine.forms.problems import Problem, Rejected
from engine.forms.types import common

MAX_DIGITS = 28
EXACT_DIGITS = 15
"""How many digits a number of JSON keeps for every reader; text keeps more."""
MAX_WRITTEN = 64

_PLAIN = re.compile(r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$")


def read_number(component: Component, raw: Json) -> Json:
    """A Decimal (or its text where the component stores text), None where nothing was given."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    number = _parse(component.name, raw)
    as_text = bool(component.attributes.get("serializeToString"))
    most = MAX_DIGITS if as_text else EXACT_DIGITS
    if _digits(number) > most:
        raise Rejected(wording.number_too_long(component.name, most))
    return wording.number_text(number) if as_text else number


def _digits(number: Decimal) -> int:
    """The places the number takes when it is written out, without idle zeros."""
    if abs(number.adjusted()) > MAX_DIGITS:
        return MAX_DIGITS + 1
    return len(wording.number_text(abs(number)).replace(".", "").lstrip("0"))


def _parse(label: str, raw: Json) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise Rejected(wording.not_a_number(label))
    if isinstance(raw, str):
        return _parse_text(label, raw)
    # A float is taken for the shortest number that names it: what was written in the JSON.
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite():
        raise Rejected(wording.not_a_number(label))
    return number


def _parse_text(label: str, raw: str) -> Decimal:
    if len(raw) > MAX_WRITTEN:
        raise Rejected(wording.number_too_long(label, MAX_DIGITS))
    # Chinese input methods write full-width digits; they mean the same.
    text = unicodedata.normalize("NFKC", raw).strip()
    if not _PLAIN.match(text):
        raise Rejected(wording.not_a_number(label))
    return Decimal(text.replace(",", ""))


def accept_number(node: Node, value: Json) -> Json:
    """The number, within its limits."""
    if value is None:
        if node.component.required:
            raise Rejected(wording.required(node.label))
        return None
    problems = list(_problems(node, Decimal(value)))
    if problems:
        raise Rejected(*problems)
    return value


def _problems(node: Node, number: Decimal) -> Iterator[Problem]:
    label, attributes = node.label, node.component.attributes
    digits = attributes.get("decimalDigits")
    if digits is not None and _decimals(number) > digits:
        yield wording.too_precise(label, int(digits))
    step = common.number_limit(node, "increment", node.attribute("increment"))
    if step and number % step:
        yield wording.off_step(label, step)
    least = common.number_limit(node, "min", node.limit("min"))
    most = common.number_limit(node, "max", node.limit("max"))
    if least is not None and number < least:
        yield wording.below(label, least)
    if most is not None and number > most:
        yield wording.above(label, most)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def check_number(component: Component) -> Iterator[Fault]:
    """Limits that are numbers."""
    yield from common.check_numbers(component, "min", "max")
    yield from common.check_adorners(component)
    yield from common.check_default(component, Decimal, int, str)
    yield from common.check_flags(component, "serializeToString")
    digits = component.attributes.get("decimalDigits")
    if digits is not None and (not isinstance(digits, int) or digits not in range(13)):
        yield common.bad_attribute("decimalDigits", "应为 0 到 12", "must be 0 to 12")
    step = component.attributes.get("increment")
    if step not in (None, "") and (common.as_number(step) or Decimal(0)) <= 0:
        yield common.bad_attribute("increment", "应为正数", "must be a positive number")


def _type(component: Component) -> str:
    return "string" if component.attributes.get("serializeToString") else "number"


NUMBER = ComponentType(
    role=Role.INPUT,
    attributes=common.INPUT_ATTRIBUTES | {"decimalDigits", "increment", "serializeToString"},
    limits=common.REQUIRED | {"min", "max"},
    read=read_number,
    accept=accept_number,
    check=check_number,
    feel_type=_type,
)
