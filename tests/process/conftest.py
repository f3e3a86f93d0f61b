"""The town of the walking procedure, on both databases."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from town import Town, build_town

from engine.store.database import Database
from engine.timing.clock import FrozenClock


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return build_town(database, clock)
