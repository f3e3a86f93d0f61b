"""A mail server of a few lines, for one test at a time."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

ANSWERS = {"EHLO": "250 hello", "HELO": "250 hello", "QUIT": "221 bye", "DATA": "354 go on"}


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == self.server.refused:
                self._say("550 no")
                continue
            self._say(ANSWERS.get(word, "250 ok"))
            if word == "DATA":
                self._take()
            if word == "QUIT":
                return

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.mails.append(b"".join(lines))
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def post_office(refused: str = "") -> Iterator[tuple[int, list[bytes]]]:
    """The port of a mail server on this machine, and the mails it took."""
    mails: list[bytes] = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        given: Any = server
        given.mails, given.refused = mails, refused
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server.server_address[1], mails
        server.shutdown()
