"""Cursors of lists: an opaque text for the sort key of the last row shown."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from engine.errors import Invalid

LONGEST = 300
MOST_NUMBER = 2**31 - 1


def encode_cursor(*values: Any) -> str:
    """The text for a sort key."""
    plain = [v.isoformat() if isinstance(v, datetime) else str(v) for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Time and id of the row a cursor stands for; Invalid when it is none of ours."""
    moment, row_id = cursor_parts(cursor)
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise _unknown()
        return at.astimezone(UTC), UUID(row_id)
    except (ValueError, OverflowError) as error:
        raise _unknown() from error


def decode_place(cursor: str) -> tuple[int, str]:
    """Number and text of the row a cursor stands for; Invalid when it is none of ours."""
    number, text = cursor_parts(cursor)
    if not (number.isascii() and number.isdecimal() and int(number) <= MOST_NUMBER):
        raise _unknown()
    return int(number), text


def cursor_parts(cursor: str) -> Sequence[str]:
    """The two texts of a cursor, whose characters can all be stored."""
    if len(cursor) > LONGEST:
        raise _unknown()
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError) as error:
        raise _unknown() from error
    if not (isinstance(parts, list) and len(parts) == 2):
        raise _unknown()
    if not all(isinstance(part, str) and part.isprintable() for part in parts):
        raise _unknown()
    return parts


def _unknown() -> Invalid:
    return Invalid("翻页标记无效", "the cursor is not valid", code="cursor")
