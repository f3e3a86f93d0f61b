"""A failure logs where it happened, and never what was typed or who held which key.

`rich` is installed here: with it a log renders the local variables of every frame, unless told
not to.
"""

from __future__ import annotations

import importlib.util
import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import request

from webapp.app import create_app
from webapp.operations.logs import configure_logs

from .conftest import House

PASSWORD = "Geheim-Passwort-1234"
TOKEN = "token-that-opens-doors"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root, kept = logging.getLogger(), list(logging.getLogger().handlers)
    level, before, known = root.level, structlog.get_config(), structlog.is_configured()
    yield
    root.handlers, root.level = kept, level
    structlog.reset_defaults()
    if known:
        structlog.configure(**before)
    structlog.contextvars.clear_contextvars()


def fail(house: House) -> None:
    """Let a request fail while its password and its token are local variables."""
    app = create_app(house.product)

    @app.get("/api/boom")
    def boom() -> str:
        password = request.args["p"]
        token = request.headers["Authorization"]
        raise UnicodeEncodeError("utf-8", f"{password} {token}", 0, 1, "out of order")

    client = app.test_client()
    answer = client.get(f"/api/boom?p={PASSWORD}", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 500


def check(said: str) -> None:
    assert "unexpected_error" in said
    assert "in boom" in said
    assert PASSWORD not in said
    assert TOKEN not in said


def test_rich_is_there_to_be_kept_from_telling() -> None:
    assert importlib.util.find_spec("rich") is not None


@pytest.mark.parametrize("log_format", ["json", "text", "auto"])
def test_a_failure_logs_no_local_variable(house: House, log_format: str) -> None:
    for stream in (io.StringIO(), Terminal()):
        configure_logs(log_format, stream)
        fail(house)
        check(stream.getvalue())


def test_nor_does_an_application_whose_host_configured_no_logs(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()
    fail(house)
    said = capsys.readouterr()
    check(said.out + said.err)
