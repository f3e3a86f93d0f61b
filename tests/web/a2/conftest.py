"""The city loaded once per kind of database, put back to a milestone for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.engine import URL

from tests.web.chain.drive import Drive
from tests.web.chain.shelf import PostgresStore, Shelf, SqliteStore

from .chain import A2

Arrive = Callable[[str], tuple[Drive, str]]


@pytest.fixture(scope="session")
def city_shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """SQLite files at milestones."""
    made = Shelf(SqliteStore(tmp_path_factory.mktemp("a2")), A2)
    yield made
    made.close()


@pytest.fixture
def arrive(city_shelf: Shelf) -> Arrive:
    """Gives the product with a case at a milestone."""
    return city_shelf.arrive


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def drive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drive]:
    """The product without cases, for the main path; on PostgreSQL in the whole run."""
    if request.param == "sqlite":
        shelf: Shelf = request.getfixturevalue("city_shelf")
        yield shelf.begin()
        return
    server: URL = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("postgres_template")
    store = PostgresStore(tmp_path_factory.mktemp("a2"), server, template)
    made = Shelf(store, A2)
    yield made.begin()
    made.close()
    store.close()
