"""The documented script does what it says against a live server; so does the API page."""

from __future__ import annotations

import re
import runpy
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.web.chain.shelf import Shelf

from .drive import Drive
from .visitor import visitor

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def live(sqlite_shelf: Shelf) -> Iterator[tuple[Drive, str]]:
    """A server whose clock begins today, and its address."""
    drive = sqlite_shelf.begin()
    drive.clock.moment = datetime.now(UTC)  # the script writes today's date into forms
    server = make_server("127.0.0.1", 0, drive.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield drive, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_script_drives_an_application_to_the_list(
    live: tuple[Drive, str], capsys: pytest.CaptureFixture[str]
) -> None:
    drive, base = live
    run: Any = runpy.run_path(str(DOCS / "examples" / "apply.py"))["main"]
    case = run(["--base", base])
    told = capsys.readouterr().out
    assert f"--case {case} --until list" in told
    assert visitor(drive).list() == []
    with pytest.raises(SystemExit, match="公示期未满"):
        run(["--base", base, "--case", case, "--until", "list"])

    drive.wait(7)  # today may be a day off
    capsys.readouterr()
    run(["--base", base, "--case", case, "--until", "list"])
    assert "纳入名录并公告" in capsys.readouterr().out
    assert [entry["no"] for entry in visitor(drive).list()] == ["1"]
    assert drive.breaks(case) == []


def test_the_script_runs_as_often_as_one_likes(live: tuple[Drive, str]) -> None:
    drive, base = live
    run: Any = runpy.run_path(str(DOCS / "examples" / "apply.py"))["main"]
    first, second = run(["--base", base]), run(["--base", base])
    titles = {drive.case(case)["title"] for case in (first, second)}
    assert len(titles) == 2


def test_the_script_ends_when_the_mine_may_not_apply(live: tuple[Drive, str]) -> None:
    _, base = live
    parts: Any = runpy.run_path(str(DOCS / "examples" / "apply.py"))
    steps = parts["Application"](parts["Api"](base, "neimenggu"), None)
    steps.mine_of_its_own({"mineName": "甲", "licenceNumber": "C1500002010011110000001"})
    with pytest.raises(SystemExit, match="不能申报"):
        steps.walk()


def test_the_page_about_the_api_names_operations_that_exist(live: tuple[Drive, str]) -> None:
    drive, _ = live
    rules = drive.client.application.url_map.iter_rules()
    known = {re.sub(r"<[^>]+>", "*", rule.rule) for rule in rules}
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\$BASE(/[\w/$-]*)", page))
    assert len(named) > 12
    for path in named:
        address = "/api/v1" + re.sub(r"\$\w+", "*", path)
        acts = [address.rpartition("/")[0] + "/*", address]
        assert known & set(acts), f"{path} is no operation"
