"""Canonical JSON and digests: the same content always gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from engine.errors import Invalid

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def canonical(value: JsonValue) -> bytes:
    """UTF-8 JSON with sorted keys, no blanks and no escapes beyond the necessary."""
    return _encode(value).encode()


def storable(value: JsonValue) -> bytes:
    """The canonical bytes of what somebody sent; Invalid when a database could not hold it."""
    try:
        content = canonical(value)
    except (ValueError, RecursionError) as error:  # half a character, no number, too deep
        raise _unstorable() from error
    if b"\\u0000" in content and _has_null(value):
        raise _unstorable()
    return content


def _has_null(value: JsonValue) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_null(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(_has_null(part) for part in value)


def _unstorable() -> Invalid:
    return Invalid(
        "内容中有无法保存的字符或数值",
        "the content holds a character or number that cannot be stored",
        code="unstorable",
    )


def digest(content: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()
