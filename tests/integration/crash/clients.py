"""Clients that walk cases to their end, repeat what was not answered, and keep every answer."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from threading import Event
from typing import Any

from .house import PATIENCE, House

TWICE = 0.1
"""How often somebody clicks twice."""
STEPS = (("applicant", "fill"), ("officer", "a"), ("other", "b"), ("leader", "decide"))
AWAY = 503


@dataclass(frozen=True)
class Act:
    """A changing request: who asks for what, under which key."""

    who: str
    path: str
    body: Mapping[str, Any]
    key: str


@dataclass
class Client:
    """One of several at work at the same time."""

    number: int
    house: House
    tokens: Mapping[str, str]
    database_is_up: Event
    chance: Random
    acknowledged: list[tuple[Act, int, Any]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        """Walk case after case until the kills are over."""
        while not self.house.is_calm:
            self.walk()

    def walk(self) -> None:
        """Walk one case from start to end."""
        case = self.act("applicant", "/cases", {"procedure": "p", "variables": {}})["id"]
        for who, element in STEPS:
            items = self.read(who, "/work-items?limit=200")["items"]
            (item,) = [i for i in items if i["case"] == case and i["element"] == element]
            note = f"{self.number} {element}"
            body = {"revision": item["revision"], "data": {"note": note}}
            self.act(who, f"/work-items/{item['id']}/complete", body)

    def act(self, who: str, path: str, body: Mapping[str, Any]) -> Any:
        """Have something done, now and then with two clicks; the answer is kept."""
        made = Act(who, path, body, f"{self.number}-{len(self.acknowledged)}")
        if self.chance.random() < TWICE:
            self.seen["double clicks"] += 1
            with ThreadPoolExecutor(2) as pool:
                first, second = pool.map(self.send, (made, made))
            assert first == second, f"two answers to one key: {first} {second}"
        else:
            first = self.send(made)
        status, answer = first
        assert status in (200, 201), f"{path}: {status} {answer}"
        self.acknowledged.append((made, status, answer))
        return answer

    def send(self, act: Act) -> tuple[int, Any]:
        """The answer to a request, whatever it takes; always under the same key."""
        return self._insist(act.who, "POST", act.path, act.body, act.key)

    def read(self, who: str, path: str) -> Any:
        """The answer to a GET."""
        status, answer = self._insist(who, "GET", path, None, "")
        assert status == 200, f"{path}: {status} {answer}"
        return answer

    def _insist(self, who: str, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        while True:
            self.database_is_up.wait(PATIENCE)
            slot, pid = self.house.any_web(self.chance)
            try:
                status, answer = self._request(slot.port, who, method, path, body, key)
            except (http.client.HTTPException, OSError):
                self.seen["not answered"] += 1
                self.house.wait_for_another(slot, pid)
                continue
            if status != AWAY:
                return status, answer
            self.seen["told to come back"] += 1

    def _request(
        self, port: int, who: str, method: str, path: str, body: Any, key: str
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        if key:
            headers["Idempotency-Key"] = key
        text = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            text = json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        with closing(connection):
            connection.request(method, f"/api/v1{path}", text, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
