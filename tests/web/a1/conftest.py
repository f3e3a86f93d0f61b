"""The tenant loaded once per kind of database, and a copy of it for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from .drive import Drive
from .shelf import PostgresStore, Shelf, SqliteStore

Arrive = Callable[[str], tuple[Drive, str]]


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """SQLite files at milestones."""
    return Shelf(SqliteStore(), lambda: tmp_path_factory.mktemp("a1"))


@pytest.fixture(scope="session")
def postgres_shelf(
    postgres_server: URL, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shelf]:
    """PostgreSQL databases at milestones."""
    store = PostgresStore(postgres_server, postgres_template)
    yield Shelf(store, lambda: tmp_path_factory.mktemp("a1"))
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Both kinds of database, one after the other."""
    name = "sqlite_shelf" if request.param == "sqlite" else "postgres_shelf"
    found: Shelf = request.getfixturevalue(name)
    return found


@pytest.fixture
def drive(shelf: Shelf, tmp_path: Path) -> Iterator[Drive]:
    """The product without cases, on both databases."""
    started, place = shelf.begin(tmp_path)
    yield started
    started.product.db.dispose()
    shelf.drop(place)


@pytest.fixture
def arrive(shelf: Shelf, tmp_path: Path) -> Iterator[Arrive]:
    """Gives the product with a case at a milestone, on both databases; once a test."""
    yield from _arriving(shelf, tmp_path)


@pytest.fixture
def arrive_once(sqlite_shelf: Shelf, tmp_path: Path) -> Iterator[Arrive]:
    """The same on SQLite alone, for what does not depend on the database."""
    yield from _arriving(sqlite_shelf, tmp_path)


def _arriving(shelf: Shelf, folder: Path) -> Iterator[Arrive]:
    opened: list[tuple[Drive, str]] = []

    def come(milestone: str) -> tuple[Drive, str]:
        drive, case, place = shelf.arrive(milestone, folder)
        opened.append((drive, place))
        return drive, case

    yield come
    for drive, place in opened:
        drive.product.db.dispose()
        shelf.drop(place)
