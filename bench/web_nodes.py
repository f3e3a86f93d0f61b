"""Web nodes of the product in processes of their own, and people who use them over HTTP."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from socket import socket
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.engine import URL

from bench.meter import Meter, cpu_seconds
from bench.world import SLUG

PASSWORD = "bench-passphrase-2026"  # noqa: S105 - of people who exist for a minute
HOST = "127.0.0.1"
START = "from webapp.cli import main; main()"
PATIENCE = 60.0
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Refused(RuntimeError):
    """A web node answered something else than success."""


@dataclass(frozen=True)
class Node:
    """A web process and where it listens."""

    process: subprocess.Popen[bytes]
    port: int


@dataclass(frozen=True)
class WithNodes:
    """Counts the CPU of web processes to that of the database."""

    inner: Meter
    nodes: tuple[Node, ...]

    def server(self) -> float:
        """CPU seconds of web processes and database."""
        return self.inner.server() + cpu_seconds(node.process.pid for node in self.nodes)

    def wal(self) -> int:
        """The position in the log."""
        return self.inner.wal()


@contextmanager
def web_nodes(url: URL, count: int) -> Iterator[tuple[Node, ...]]:
    """So many web processes on one database, ready to answer."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench"))
        nodes = tuple(_start(stack, url, folder) for _ in range(count))
        for node in nodes:
            _wait_for(node)
        yield nodes


def _start(stack: ExitStack, url: URL, folder: str) -> Node:
    with socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    settings = {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "DATA_DIR": folder,
        "PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", START, "run", "--role", "web"],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return Node(process, port)


def _wait_for(node: Node) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            connection = HTTPConnection(HOST, node.port, timeout=PATIENCE)
            connection.request("GET", "/sign-in")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise Refused(f"the web process on port {node.port} does not answer")


@dataclass
class Visitor:
    """A person with a browser and an API token, at one node."""

    node: Node
    username: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self._connection = HTTPConnection(HOST, self.node.port, timeout=PATIENCE)

    def sign_in(self) -> None:
        """Take a session and a token."""
        who = {"tenant": SLUG, "username": self.username, "password": PASSWORD}
        page = self.page("/sign-in")
        self.post("/sign-in", {**hidden(page), **who})
        answer = self._ask("POST", "/api/v1/tokens", json.dumps(who), "application/json")
        self.token = json.loads(answer)["token"]

    def at(self, node: Node) -> Visitor:
        """The same person, signed in, at another node."""
        return Visitor(node, self.username, dict(self.cookies), self.token)

    def page(self, path: str) -> str:
        """A page."""
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """Send a form; the answer is where it leads, not followed."""
        return self._ask("POST", path, urlencode(fields), "application/x-www-form-urlencoded")

    def complete_by_api(self, item: Any, values: Mapping[str, Any], key: str) -> None:
        """Complete an item with one request."""
        body = json.dumps({"revision": item.revision, "data": dict(values)})
        path = f"/api/v1/work-items/{item.id}/complete"
        self._ask("POST", path, body, "application/json", {"Idempotency-Key": key})

    def complete_by_page(self, item: Any, values: Mapping[str, Any]) -> None:
        """Open the task page, send its form."""
        path = f"/work/{item.id}"
        fields = hidden(self.page(path))
        self.post(path, {**fields, **{f"f.{name}": value for name, value in values.items()}})

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(
        self,
        method: str,
        path: str,
        body: str = "",
        kind: str = "",
        more: Mapping[str, str] | None = None,
    ) -> str:
        headers = dict(more or {})
        if kind:
            headers["Content-Type"] = kind
        if self.token and path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.token}"
        elif self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        try:
            self._connection.request(method, path, body.encode() or None, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except HTTPException as error:
            raise Refused(f"{method} {path}: {error!r}") from error
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        if answer.status not in (200, 201, 303):
            raise Refused(f"{method} {path}: {answer.status} {text[:300]}")
        return text


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms, the last one of a name."""
    return dict(HIDDEN.findall(page))
