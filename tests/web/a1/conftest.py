"""The tenant loaded once per kind of database, put back to a milestone for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.engine import URL

from tests.web.chain.shelf import PostgresStore, Shelf, SqliteStore

from .drive import A1, Drive

Arrive = Callable[[str], tuple[Drive, str]]


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """SQLite files at milestones."""
    made = Shelf(SqliteStore(tmp_path_factory.mktemp("a1")), A1)
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgres_shelf(
    postgres_server: URL, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shelf]:
    """PostgreSQL databases at milestones."""
    store = PostgresStore(tmp_path_factory.mktemp("a1"), postgres_server, postgres_template)
    made = Shelf(store, A1)
    yield made
    made.close()
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Both kinds of database; every branch on PostgreSQL as well is for the whole run."""
    return _shelf_of(request)


@pytest.fixture(params=["sqlite", "postgresql"])
def shelf_of_each(request: pytest.FixtureRequest) -> Shelf:
    """Both kinds of database in every run."""
    return _shelf_of(request)


def _shelf_of(request: pytest.FixtureRequest) -> Shelf:
    name = "sqlite_shelf" if request.param == "sqlite" else "postgres_shelf"
    found: Shelf = request.getfixturevalue(name)
    return found


@pytest.fixture
def drive_on_each(shelf_of_each: Shelf) -> Drive:
    """The product without cases, on both databases in every run."""
    return shelf_of_each.begin()


@pytest.fixture
def drive(shelf: Shelf) -> Drive:
    """The product without cases."""
    return shelf.begin()


@pytest.fixture
def arrive(shelf: Shelf) -> Arrive:
    """Gives the product with a case at a milestone."""
    return shelf.arrive


@pytest.fixture
def arrive_once(sqlite_shelf: Shelf) -> Arrive:
    """The same on SQLite alone, for what does not depend on the database."""
    return sqlite_shelf.arrive
