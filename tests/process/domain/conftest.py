"""The desk of one tenant, on both databases."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from desk import Desk, build_desk
from hall import Hall, build_hall, build_tail

from engine.store.database import Database
from engine.timing.clock import FrozenClock


@pytest.fixture
def desk(database: Database, clock: FrozenClock) -> Desk:
    return build_desk(database, clock)


@pytest.fixture
def other_desk(database: Database, clock: FrozenClock, desk: Desk) -> Desk:
    """A second tenant in the same database."""
    return build_desk(database, clock)


@pytest.fixture
def hall(database: Database, clock: FrozenClock) -> Hall:
    return build_hall(database, clock)


@pytest.fixture
def tail(database: Database, clock: FrozenClock) -> Hall:
    """The end of the listing."""
    return build_tail(database, clock)
