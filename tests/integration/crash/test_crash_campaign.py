"""Nodes and database die all the time; what was acknowledged stands exactly once."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from .campaign import check, examine, file_is_sound, finish, run
from .house import MARKED
from .installations import install, own_postgres
from .report import EVIDENCE, Figures, figures_of, keep

SEED = 20261121
KINDS = ["sqlite", "postgresql"]
KILLS, STOPS = 32, 2
MANY_KILLS, MANY_STOPS = 520, 20


def survive(kind: str, folder: Path, kills: int, stops: int) -> Figures:
    """Crash an installation, examine what stands, and give the figures."""
    with ExitStack() as stack:
        server = None
        if kind == "postgresql":
            # Not below a folder of pytest, which every further run of it closes to other accounts.
            room = stack.enter_context(TemporaryDirectory(prefix="pg"))
            server = stack.enter_context(own_postgres(Path(room)))
        place = install(server and server.url, folder)
        campaign = run(place, kills, SEED, server, stops)
        product = finish(campaign)
        stack.callback(product.db.dispose)
        standing = examine(product, campaign.tenant_id)
        check(campaign, standing)
        assert server is None or server.stops == stops
        assert server is not None or file_is_sound(place)
    assert campaign.house.kills.total() >= kills
    assert campaign.house.kills.keys() >= MARKED, "nobody died at one of the marked points"
    return figures_of(campaign, standing)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_acknowledged_stands_once_whatever_dies(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = survive(kind, tmp_path, KILLS, STOPS)
    with capsys.disabled():
        print(f"\n{figures.kind}\n{figures.table()}")


@pytest.mark.full
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_acknowledged_stands_once_after_a_thousand_kills(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = survive(kind, tmp_path, MANY_KILLS, MANY_STOPS)
    with capsys.disabled():
        print(f"\n{figures.kind}\n{figures.table()}")
    keep(figures, EVIDENCE / "crash.md", date.today())
