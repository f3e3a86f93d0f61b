"""The web server of a node: serves until it is told to stop, then finishes what is running."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import structlog
import waitress
from flask import Flask
from waitress import wasyncore

from engine.errors import Unavailable
from webapp.http.sealed_intake import channel_of
from webapp.settings import Settings
from webapp.usecases.files import MEGABYTE

log = structlog.get_logger(__name__)

GLANCE_SECONDS = 0.25
PROXY_HEADERS = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}


class WebNode:
    """One listening socket with its threads."""

    def __init__(self, app: Flask, settings: Settings, port: int) -> None:
        """Listen; Unavailable when somebody else does already."""
        self._app = app
        self._patience = settings.stop_seconds
        self._stop = Event()
        self._connections: dict[int, Any] = {}
        try:
            self._server = waitress.create_server(
                app, map=self._connections, **_adjustments(settings, port)
            )
            for one in self._connections.values():
                one.channel_class = channel_of((settings.bid_limit_mb + 2) * MEGABYTE)
        except OSError as error:
            raise Unavailable(
                f"端口 {port} 已被占用，请换一个：PORT=8001 make run",
                f"port {port} is in use; choose another: PORT=8001 make run",
            ) from error

    def stop(self) -> None:
        """Ask the node to stop; safe in a signal handler and from any thread."""
        self._stop.set()

    def run(self) -> None:
        """Serve until :meth:`stop`, then take nothing new, finish what runs, and return."""
        while not self._stop.is_set():
            self._look()
        self._app.extensions["lucheng_stopping"] = True
        self._take_who_has_come()
        self._stop_listening()
        deadline = time.monotonic() + self._patience
        while self._running() and time.monotonic() < deadline:
            self._look()
        log.info("web_stopped", unfinished=self._running())
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._connections)

    def _look(self, seconds: float = GLANCE_SECONDS) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._connections, count=1)

    def _take_who_has_come(self) -> None:
        """Let in the connections that were made before the signal, and read what they say."""
        known = -1
        while known != len(self._connections):
            known = len(self._connections)
            self._look(0)
        self._look(0)

    def _stop_listening(self) -> None:
        for one in list(self._connections.values()):
            if getattr(one, "accepting", False):
                one.del_channel()
                one.socket.close()

    def _running(self) -> int:
        """How many connections have a request under way; idle ones are let go."""
        running = 0
        for one in list(self._connections.values()):
            if not hasattr(one, "total_outbufs_len"):
                continue
            if one.requests or one.request is not None or one.total_outbufs_len:
                running += 1
            else:
                one.will_close = True
        return running


def _adjustments(settings: Settings, port: int) -> dict[str, Any]:
    adjustments: dict[str, Any] = {
        "host": settings.host,
        "port": port,
        "threads": settings.threads,
        "ident": "lucheng",
        "max_request_body_size": (settings.upload_limit_mb + 2) * 1_048_576,
    }
    if settings.trusted_proxy:
        return adjustments | {
            "trusted_proxy": settings.trusted_proxy,
            "trusted_proxy_headers": PROXY_HEADERS,
        }
    # Nothing trusts these headers then, but /metrics must see that somebody else is behind them.
    return adjustments | {"clear_untrusted_proxy_headers": False}
