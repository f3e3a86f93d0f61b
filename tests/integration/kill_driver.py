"""A client that keeps every acknowledged answer, and a server that is killed under its hands."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[2]
SERVER = Path(__file__).parent / "kill_server.py"
READY = "已启动"
LONGEST_BREATH = 0.03
"""Seconds within which the kill comes once a request is on its way; a request takes about 0.02."""


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process of the product that can be killed and started again."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self._starter = subprocess.Popen(
            [sys.executable, str(SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                **environment,
                "PORT": str(self.port),
                "PYTHONPATH": str(ROOT),
                "PYTHONUNBUFFERED": "1",
            },
        )
        self._pid = 0
        self.kills = 0

    def start(self) -> None:
        """Start a process and wait until it serves."""
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        self._starter.stdin.write("start\n")
        self._starter.stdin.flush()
        is_ready, pid = False, 0
        while not (is_ready and pid):
            line = self._starter.stdout.readline()
            assert line, "the server did not start"
            is_ready = is_ready or READY in line
            pid = int(line.split()[1]) if line.startswith("pid ") else pid
        self._pid = pid

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is flushed."""
        pid, self._pid = self._pid, 0
        if pid:
            os.kill(pid, signal.SIGKILL)
            self.kills += 1

    def close(self) -> None:
        """End the process and its starter."""
        pid, self._pid = self._pid, 0
        if pid:
            os.kill(pid, signal.SIGKILL)
        self._starter.communicate()


@dataclass(frozen=True)
class Act:
    """A changing request: who asks for what, under which key."""

    who: str
    path: str
    body: Mapping[str, Any]
    key: str


@dataclass
class Client:
    """Sends until it is answered; repeats an unanswered request under the same key."""

    server: Server
    tokens: Mapping[str, str]
    chance: Random
    acknowledged: list[tuple[Act, int, Any]] = field(default_factory=list)
    repeated: int = 0
    is_calm: bool = False
    _spared: int = 0

    def act(self, who: str, path: str, body: Mapping[str, Any]) -> Any:
        """Have something done; the answer is kept as acknowledged."""
        made = Act(who, path, body, f"key-{len(self.acknowledged)}")
        status, answer = self.send(made)
        assert status in (200, 201), f"{path}: {status} {answer}"
        self.acknowledged.append((made, status, answer))
        return answer

    def send(self, act: Act) -> tuple[int, Any]:
        """The answer to a request, whatever it takes."""
        while True:
            killer = self._threaten()
            try:
                return self._request(act.who, "POST", act.path, act.body, act.key)
            except (http.client.HTTPException, OSError):
                self.repeated += 1
                self.server.start()
            finally:
                if killer is not None:
                    killer.join()

    def read(self, who: str, path: str) -> Any:
        """The answer to a GET."""
        while True:
            try:
                status, answer = self._request(who, "GET", path, None, "")
            except (http.client.HTTPException, OSError):
                self.server.start()
                continue
            assert status == 200, f"{path}: {status} {answer}"
            return answer

    def _threaten(self) -> threading.Timer | None:
        """Let the server be killed at some moment of this request, or of a later one."""
        if self.is_calm or self._spared > 0:
            self._spared -= 1
            return None
        self._spared = self.chance.randrange(1, 6)
        killer = threading.Timer(self.chance.uniform(0, LONGEST_BREATH), self.server.kill)
        killer.start()
        return killer

    def _request(
        self, who: str, method: str, path: str, body: Mapping[str, Any] | None, key: str
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        if key:
            headers["Idempotency-Key"] = key
        text = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            text = json.dumps(body)
        with closing(connection):
            connection.request(method, f"/api/v1{path}", text, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


FILLED = {"subject": "采购铁锹", "amount": "12", "plannedOn": "2099-03-20"}
ROUNDS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("applicant", "Fill", FILLED),
    ("officer", "OpinionA", {"opinion": "agree"}),
    ("other", "OpinionB", {"opinion": "disagree", "remark": "数量过多"}),
    ("leader", "Decide", {"decision": "again", "reason": "请减少数量"}),
    ("applicant", "Fill", {**FILLED, "amount": "3"}),
    ("other", "OpinionB", {"opinion": "agree"}),
    ("officer", "OpinionA", {"opinion": "agree"}),
    ("leader", "Decide", {"decision": "agree"}),
)


def walk(client: Client) -> Iterator[bool]:
    """Walk case after case from start to end; says after every act whether the case is over."""
    while True:
        started = client.act("applicant", "/cases", {"procedure": "walking", "variables": {}})
        case = str(started["id"])
        yield False
        for who, element, data in ROUNDS:
            items = client.read(who, "/work-items?limit=200")["items"]
            (item,) = [i for i in items if i["case"] == case and i["element"] == element]
            revision = item["revision"]
            if element == "Decide":
                revision = client.act(who, f"/work-items/{item['id']}/claim", {})["revision"]
                yield False
            body = {"revision": revision, "data": data}
            done = client.act(who, f"/work-items/{item['id']}/complete", body)
            yield done["case_status"] == "completed"
