"""Personal data made unreadable for the public, so that the rest can stay readable for ever."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NAMES_OF_PERSONS = frozenset(
    {"applicant", "contactName", "legalPerson", "legalRepresentative", "person", "personName"}
)
"""The fields of a notice line whose value is a person's name."""

_COMPOUND = (
    *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐"),
    *("司徒", "司空", "夏侯", "呼延", "端木", "独孤", "南宫", "宇文", "长孙", "轩辕"),
)
# What stands around a number must be no digit and no letter: a credit code is no identity number.
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


def mask_name(name: str) -> str:
    """The surname with a star for every further sign: 张*, 欧阳**; a foreign name's initials."""
    text = name.strip()
    if text.isascii():
        return " ".join(word[0] + "*" * max(1, len(word) - 1) for word in text.split())
    kept = 2 if text.startswith(_COMPOUND) and len(text) > 2 else 1
    return text[:kept] + "*" * max(1, len(text) - kept)


def mask_phone(number: str) -> str:
    """A phone number of which the first three and the last four digits are left."""
    digits = number.strip()
    if len(digits) < 10:
        return "*" * max(0, len(digits) - 2) + digits[-2:]
    return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]


def mask_contact(contact: str) -> str:
    """A mail address or a phone number with its middle unreadable."""
    return _masked_mail(contact.strip()) if "@" in contact else mask_phone(contact)


def mask_text(text: str) -> str:
    """The text with identity numbers, mobile numbers and mail addresses made unreadable.

    Office numbers with an area code stay: a notice says where the authority can be reached.
    """
    text = _IDENTITY.sub(lambda m: m[0][:3] + "*" * 11 + m[0][-4:], text)
    text = _MOBILE.sub(lambda m: mask_phone(m[0]), text)
    return _MAIL.sub(lambda m: _masked_mail(m[0]), text)


def mask_line(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a notice as the public reads it."""
    return {key: _masked(key, value) for key, value in line.items()}


def _masked(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return mask_name(value) if key in NAMES_OF_PERSONS else mask_text(value)


def _masked_mail(address: str) -> str:
    user, _, host = address.partition("@")
    return f"{user[:1]}***@{host}"
