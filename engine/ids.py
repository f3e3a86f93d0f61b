"""Ids: UUID version 7, made here so that a row can be written in one round trip."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_LOW = 62
_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then chance; later ids sort later.

    Within one process ids are strictly increasing, also within a millisecond (method 2 of the
    RFC: the random part counts up), so that rows sort in the order in which they were made.
    """
    global _last  # noqa: PLW0603 - the one counter of this process
    drawn = int.from_bytes(os.urandom(9), "big") >> 1  # one bit less: room to count up
    with _lock:
        fresh = (time.time_ns() // 1_000_000) << 74 | drawn
        _last = max(fresh, _last + 1)
        value = _last
    head, rest = value >> 74, value & (1 << 74) - 1
    high, low = rest >> _LOW, rest & (1 << _LOW) - 1
    return UUID(int=head << 80 | 0x7 << 76 | high << 64 | 0x2 << 62 | low)
