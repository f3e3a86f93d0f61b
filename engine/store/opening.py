"""Opening a database: what every connection to it is told, and how a dead one is noticed."""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DisconnectionError

from engine.errors import Invalid
from engine.store.guard import READ_ONLY, watch_execution
from engine.store.prepared import NAMES
from engine.store.wire import Names

BUSY_TIMEOUT_MS = 15_000
CONNECT_SECONDS = 10
AUTO, ON, OFF = "auto", "on", "off"
"""Whether PostgreSQL keeps statements between transactions. A pooler in transaction mode gives
each transaction to another server process, which knows nothing of them: "auto" keeps none there."""


def open_engine(url: URL, *, prepares: str = AUTO) -> Engine:
    """The engine of a database, with what this product wants of its connections."""
    if prepares not in (AUTO, ON, OFF):
        raise Invalid(
            f"预备语句的设置“{prepares}”应为 auto、on 或 off",
            f"{prepares!r} is none of auto, on, off",
            setting="LUCHENG_PREPARED_STATEMENTS",
        )
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        url = url.set(drivername="postgresql+psycopg")
        # The driver itself prepares nothing, see ``wire`` for the statements that are.
        arguments = {"prepare_threshold": None, "connect_timeout": CONNECT_SECONDS}
        # What people typed stands in no error message (hide_parameters), and so in no log.
        engine = create_engine(url, hide_parameters=True, connect_args=arguments)
        _watch_postgres(engine, prepares)
    event.listen(engine, "before_cursor_execute", watch_execution, retval=True)
    return engine


def _watch_postgres(engine: Engine, prepares: str) -> None:
    def settle(raw: Any, record: Any) -> None:
        if prepares == ON or (prepares == AUTO and _is_direct(raw)):
            record.info[NAMES] = Names()

    def check(raw: Any, _record: Any, _proxy: object) -> None:
        if _is_quiet(raw):
            return
        try:
            engine.dialect.do_ping(raw)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the connection has ended") from error

    event.listen(engine, "connect", settle)
    event.listen(engine, "checkout", check)


def _is_direct(raw: Any) -> bool:
    """Whether the process that answers is the one that was connected to: a pooler makes one up."""
    answering = raw.execute("select pg_backend_pid()").fetchone()[0]
    raw.rollback()
    return bool(answering == raw.info.backend_pid)


def _is_quiet(raw: Any) -> bool:
    """Whether nothing has come on an idle connection; its end would have, and costs no asking."""
    if raw.closed:
        return False
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return not poll.poll(0)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we issue BEGIN ourselves, see _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute("PRAGMA " + pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later loses updates or fails at once.
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
