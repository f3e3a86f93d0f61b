"""Patterns of tenants on RE2, which takes time linear in the text whatever the pattern."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import re2  # type: ignore[import-untyped]  # the wheel carries no stubs

MAX_PATTERN = 500
MAX_MEMORY = 1 << 20


class BadPattern(ValueError):
    """A pattern that RE2 does not take; the text says why."""


@lru_cache(maxsize=512)
def finder(pattern: str) -> Callable[[str], bool]:
    """Whether a text has a match anywhere, as browsers test a pattern."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else b""
        shown = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise BadPattern(shown) from error

    def found(text: str) -> bool:
        return compiled.search(text) is not None

    return found
