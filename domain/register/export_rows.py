"""The public list as a CSV file that no spreadsheet can be made to run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from domain.register.rules import (
    LEVEL_WORDS,
    METHOD_WORDS,
    SCALE_WORDS,
    ListEntry,
    printed,
    status_words,
)

PUBLIC_HEADER = (
    "no",
    "name",
    "holder",
    "mineral",
    "method",
    "scale",
    "level",
    "status",
    "listed_on",
)
TO_BE_CONFIRMED = "待确认"
_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_FORMULA_BREAKS = ("\t", "\r", "\n")
_INVISIBLE = " \u00a0\u3000\u200b\ufeff"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run the cell: a formula sign comes first, blanks aside."""
    visible = text.lstrip(_INVISIBLE)
    return visible.startswith(_FORMULA_SIGNS + _FORMULA_BREAKS)


def escape_cell(text: str) -> str:
    """The text as it may stand in a CSV file: what a spreadsheet could run begins with ``'``."""
    return f"'{text}" if is_formula(text) else text


def public_values(entry: ListEntry) -> dict[str, str]:
    """The entry by column of the public list, every value as it is printed."""
    mine = entry.mine
    values = (
        str(mine.no),
        mine.printed_name,
        mine.holder.name if mine.holder else TO_BE_CONFIRMED,
        mine.mineral,
        printed(METHOD_WORDS, mine.method),
        printed(SCALE_WORDS, mine.scale),
        printed(LEVEL_WORDS, entry.level),
        status_words(entry.status, entry.marks),
        entry.listed_on.isoformat() if entry.listed_on else "",
    )
    return dict(zip(PUBLIC_HEADER, values, strict=True))


def public_csv(entries: Iterable[ListEntry]) -> str:
    """The public list as CSV with its fixed header; formula cells are escaped.

    Rules: R-IM-33.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(PUBLIC_HEADER)
    for entry in entries:
        writer.writerow([escape_cell(value) for value in public_values(entry).values()])
    return out.getvalue()
