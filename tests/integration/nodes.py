"""Nodes as processes of their own, and signs of what they are doing."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Condition, Thread
from typing import Any

ROOT = Path(__file__).parents[2]
PROGRAM = "from webapp.cli import main; main()"
PATIENCE = 60


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Node:
    """One `lucheng run` of its own, with its output kept."""

    def __init__(
        self,
        role: str,
        environment: Mapping[str, str],
        program: str = PROGRAM,
        *,
        command: Sequence[str] = (),
        folder: Path = ROOT,
    ) -> None:
        self.port = free_port()
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [*(command or (sys.executable, "-c", program)), "run", "--role", role],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("LUCHENG_")},
                **environment,
                "PORT": str(self.port),
                "PYTHONUNBUFFERED": "1",
            },
        )
        self._changed = Condition()
        self._is_over = False
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until(self, words: str) -> None:
        """Return once its output has a line with these words."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._has(words), PATIENCE)
            assert self._has(words), "".join(self.lines)

    def _has(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        """Status and JSON (or text) of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read().decode()
        is_json = answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(body) if is_json else body

    def terminate(self) -> None:
        """SIGTERM, as service managers stop a node."""
        self._process.send_signal(signal.SIGTERM)

    def end(self) -> int:
        """The exit code, once the node has ended."""
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def close(self) -> None:
        """End the node whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._reader.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
