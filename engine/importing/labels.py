"""A time that stands in a label or was typed by a person, as a timer of this product writes it."""

from __future__ import annotations

import re

_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
            "九": 9, "十": 10, "十五": 15, "二十": 20, "三十": 30}  # fmt: skip
_NUMBER = r"(\d{1,4}|十五|二十|三十|[一二两三四五六七八九十])"
_UNITS = (
    (r"个?\s*(?:工作日|working\s*days?|business\s*days?)", "=working days({})"),
    (r"(?:个?\s*月|months?)", "P{}M"),
    (r"(?:个?\s*(?:周|星期)|weeks?)", "P{}W"),
    (r"(?:天|日|days?)", "P{}D"),
    (r"(?:个?\s*(?:小时|钟头)|hours?|hrs?|h)\b", "PT{}H"),
    (r"(?:分钟|minutes?|mins?)", "PT{}M"),
    (r"(?:年|years?)", "P{}Y"),
)
_PATTERNS = tuple(
    (re.compile(rf"(?<![\d.]){_NUMBER}\s*-?\s*{unit}", re.IGNORECASE), form)
    for unit, form in _UNITS
)


def duration_in(text: str) -> str:
    """The one duration a text speaks of; empty when it speaks of none, or of several."""
    found = []
    rest = text
    for pattern, form in _PATTERNS:
        for match in pattern.finditer(rest):
            number = _NUMBERS.get(match[1]) or int(match[1])
            if number:
                found.append(form.format(number))
        rest = pattern.sub(" ", rest)
    return found[0] if len(set(found)) == 1 else ""
