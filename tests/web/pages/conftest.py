"""The demonstration tenant at milestones, and the cast before their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.web.a1.drive import A1
from tests.web.chain.shelf import Shelf, SqliteStore
from tests.web.pages.desk import Desk
from tests.web.pages.full_town import Ids, Town, build_full_town, full_town

At = Callable[[str], tuple[Desk, str]]


@pytest.fixture(scope="session")
def page_shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Databases at milestones, made once a session; one of them is live."""
    made = Shelf(SqliteStore(tmp_path_factory.mktemp("pages")), A1)
    yield made
    made.close()


@pytest.fixture
def desk(page_shelf: Shelf) -> Desk:
    """The tenant with its people and no case."""
    return Desk(page_shelf.begin())


@pytest.fixture
def at(page_shelf: Shelf) -> At:
    """Gives the desk with a case that waits at a step."""

    def come(milestone: str) -> tuple[Desk, str]:
        drive, case = page_shelf.arrive(milestone)
        return Desk(drive), case

    return come


@pytest.fixture(scope="session")
def built_town(page_shelf: Shelf) -> Ids:
    """Puts the town with something behind every id on the shelf."""
    return build_full_town(page_shelf)


@pytest.fixture(scope="module")
def town(page_shelf: Shelf, built_town: Ids) -> Town:
    """The town with something behind every id; a module may change it."""
    return full_town(page_shelf, built_town)
