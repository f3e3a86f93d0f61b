"""Writes to an SQLite file again and again: reads a number, adds one, and leaves a row of its own.

Run as a program by several processes at once; says how often it wrote and how often it could not.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.messaging.outbox import post_message
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import counters

NAME = "writes"


def write(db: Database, tenant_id: UUID, key: str) -> None:
    """One transaction that reads first and writes then: what a lost update would show."""
    mine = counters.c.name == NAME
    with db.tenant(tenant_id) as tx:
        value = tx.scalar(select(counters.c.value).where(counters.c.tenant_id == TENANT, mine))
        tx.update(counters, mine, value=value + 1)
        post_message(tx, "test", key, {}, datetime.now(UTC))


def main() -> None:
    """Write as often as told."""
    url, tenant_id, name, times = sys.argv[1:]
    db = Database(url)
    written = refused = 0
    for number in range(int(times)):
        try:
            write(db, UUID(tenant_id), f"{name} {number}")
            written += 1
        except OperationalError:
            refused += 1
    db.dispose()
    sys.stdout.write(f"{written} {refused}")


if __name__ == "__main__":
    main()
