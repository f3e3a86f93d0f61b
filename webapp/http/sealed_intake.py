"""Bids come in without touching the disk: neither the server nor the framework spools them."""

from __future__ import annotations

import re
from io import BytesIO
from typing import IO, Any

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

SEALED_PATH = re.compile(r"^(?:/api/v1)?/tenders/[^/]+/bid$")
"""Where a body hands in what is sealed at once."""


def is_sealed_path(path: str) -> bool:
    """Whether what is sent there is a bid."""
    return SEALED_PATH.match(path) is not None


def channel_of(most_bytes: int) -> type[Any]:
    """Connections that keep a bid in memory; one that is far too large is refused unread."""

    class SealedParser(HTTPRequestParser):  # type: ignore[misc]
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            received: Any = vars(self).get("body_rcv")  # None while there is no body
            if received is None or not is_sealed_path(self.path):
                return
            if self.chunked or self.content_length > most_bytes:
                self.body_rcv = None
                raise ParsingError("the bid is too large, or its size was not told")
            received.buf = OverflowableBuffer(most_bytes + 1)

    class SealedChannel(HTTPChannel):  # type: ignore[misc]
        parser_class = SealedParser

    return SealedChannel


def memory_for(path: str) -> IO[bytes] | None:
    """Where the framework is to put an uploaded part of a bid; None for its own way."""
    return BytesIO() if is_sealed_path(path) else None
