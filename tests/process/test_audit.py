"""The audit log only grows, and shows when somebody went behind its back."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from engine.audit import note_act, verify_audit
from engine.store.database import Database
from engine.store.guard import WriteRefused
from engine.store.tables import audit
from engine.timing.clock import FrozenClock
from tests.process.town import Town, build_town


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return build_town(database, clock)


def test_acts_are_numbered_and_chained_and_neither_changed_nor_deleted(town: Town) -> None:
    with town.db.tenant(town.tenant_id) as tx:
        for number in (1, 2, 3):
            content = {"before": 5, "after": number}
            at = town.clock.now()
            assert note_act(tx, town["officer"], "parameter.set", "k", at, content) == number
        assert verify_audit(tx) is None

    for change in ("update", "delete"):
        refused = pytest.raises((WriteRefused, DBAPIError))
        with refused, town.db.tenant(town.tenant_id) as tx:
            if change == "update":
                tx.update(audit, audit.c.seq == 1, act="other")
            else:
                tx.delete(audit, audit.c.seq == 3)


def test_what_was_altered_or_cut_off_behind_its_back_is_found(
    sqlite: Database, clock: FrozenClock
) -> None:
    town = build_town(sqlite, clock)
    with sqlite.tenant(town.tenant_id) as tx:
        for number in (1, 2, 3):
            note_act(tx, None, "tenant.load", f"n{number}", town.clock.now())
    for sql, first in (
        ("update audit set about = 'n9' where seq = 2", 2),
        ("update audit set about = 'n2' where seq = 2", None),
        ("delete from audit where seq = 3", 3),
    ):
        with sqlite.engine.begin() as connection:
            connection.execution_options(compiled_cache=None)
            connection.connection.driver_connection.execute(sql)  # type: ignore[union-attr]
        with sqlite.tenant(town.tenant_id, read_only=True) as tx:
            assert verify_audit(tx) == first
