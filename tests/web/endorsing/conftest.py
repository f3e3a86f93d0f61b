"""The bureau whose assessments are signed, before browsers and the API."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "process"))

from signing import build_bureau

from engine.store.database import Database
from engine.timing.clock import FrozenClock
from tests.web.endorsing.office import Office
from tests.web.served import served


@pytest.fixture
def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    bureau = build_bureau(database, clock, tmp_path)
    return Office(bureau, served(bureau.product))
