"""The demonstration tenant at milestones, and the cast before their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web.a1.drive import Drive
from tests.web.a1.shelf import Shelf, SqliteStore
from tests.web.pages.desk import Desk

At = Callable[[str], tuple[Desk, str]]


@pytest.fixture(scope="session")
def page_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Databases at milestones, made once a session."""
    return Shelf(SqliteStore(), lambda: tmp_path_factory.mktemp("pages"))


@pytest.fixture
def desk(page_shelf: Shelf, tmp_path: Path) -> Iterator[Desk]:
    """The tenant with its people and no case."""
    drive, _place = page_shelf.begin(tmp_path)
    yield Desk(drive)
    drive.product.db.dispose()


@pytest.fixture
def at(page_shelf: Shelf, tmp_path: Path) -> Iterator[At]:
    """Gives the desk with a case that waits at a step."""
    opened: list[Drive] = []

    def come(milestone: str) -> tuple[Desk, str]:
        drive, case, _place = page_shelf.arrive(milestone, tmp_path)
        opened.append(drive)
        return Desk(drive), case

    yield come
    for drive in opened:
        drive.product.db.dispose()
