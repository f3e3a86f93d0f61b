"""Requests whose uploads are closed with them, also those that broke off half-way."""

from __future__ import annotations

from typing import IO, Any

from flask import Request

from webapp.http.sealed_intake import memory_for


class ClosingRequest(Request):
    """A request that closes the temporary file of every part it began to read.

    The framework closes the files of a form that was read to its end; one that broke off or was
    refused on the way would leave its file open until the collector finds it.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._spools: list[IO[bytes]] = []

    def _get_file_stream(self, *given: Any, **named: Any) -> IO[bytes]:
        stream = memory_for(self.path) or super()._get_file_stream(*given, **named)
        self._spools.append(stream)
        return stream

    def close(self) -> None:
        """Close what was opened, at the end of the request."""
        super().close()
        for stream in self._spools:
            stream.close()
