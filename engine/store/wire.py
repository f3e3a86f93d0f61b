"""Statements on the wire to PostgreSQL: many of them, one round trip, planned once.

The driver's own pipeline waits once more for BEGIN and once more after COMMIT, and converts every
statement anew. Here all of them and the end of the transaction leave together, as libpq sends
them; the server keeps their plans under names where nobody stands between it and us.
"""

from __future__ import annotations

import json
import select
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, DataError, OperationalError, errors
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.types.json import Jsonb

_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED)
_STALE = ("0A000", "26000")
"""A plan whose tables have changed since, a name the server has forgotten."""
_READ = select.POLLIN
_BOTH = select.POLLIN | select.POLLOUT


class Names:
    """The statements that the server keeps for one connection."""

    def __init__(self) -> None:
        self._made: dict[str, bytes] = {}
        self._count = 0

    def get(self, sql: str) -> bytes | None:
        """The name of a kept statement."""
        return self._made.get(sql)

    def make(self, sql: str) -> bytes:
        """A name that was never used before."""
        self._count += 1
        name = self._made[sql] = b"s%d" % self._count
        return name

    def forget(self) -> None:
        """Have everything prepared anew."""
        self._made.clear()


class Result(NamedTuple):
    """What one statement gave: its rows, and how many rows it concerned."""

    rows: list[tuple[Any, ...]]
    touched: int


def text_of(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it; its type is told by the statement."""
    dump = _DUMPS.get(type(value))
    if dump is None and isinstance(value, str):
        return _text(str(value))  # a member of an enumeration of words
    if dump is None:
        raise TypeError(f"nothing writes a {type(value).__name__} to the wire")
    return dump(value)


def _text(value: str) -> bytes:
    if "\0" in value:
        raise DataError("a text cannot hold the character NUL")
    return value.encode()


_DUMPS: dict[type, Callable[[Any], bytes | None]] = {
    type(None): lambda _value: None,
    str: _text,
    UUID: lambda value: value.hex.encode(),
    int: lambda value: b"%d" % value,
    bool: lambda value: b"t" if value else b"f",
    bytes: lambda value: b"\\x" + value.hex().encode(),
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    time: lambda value: value.isoformat().encode(),
    Decimal: lambda value: str(value).encode(),
    float: lambda value: repr(value).encode(),
    Jsonb: lambda value: json.dumps(value.obj).encode(),
}


class Wire:
    """One connection's end of the wire."""

    def __init__(self, raw: Connection[Any], names: Names | None) -> None:
        """``names`` are the statements the server has kept for this connection; None: it may not
        keep any."""
        self._raw, self._pg, self._names = raw, raw.pgconn, names
        self._poll = select.poll()

    def run(
        self, statements: Sequence[tuple[str, Sequence[bytes | None]]], *, commit: bool = False
    ) -> list[Result]:
        """Send statements, BEGIN before them where none is open; the first error is raised.

        After an error nothing that follows it is done, the COMMIT neither.
        """
        kinds: list[str] = []
        self._pg.enter_pipeline_mode()
        try:
            if self._pg.transaction_status == TransactionStatus.IDLE:
                self._put("", self._begin(), (), kinds)
            for sql, values in statements:
                self._put(sql, sql.encode(), values, kinds)
            if commit:
                self._put("", b"COMMIT", (), kinds)
            self._pg.pipeline_sync()
            self._flush()
            found = [self._take() for _ in kinds]
            self._take()  # the end of the pipeline
            self._pg.exit_pipeline_mode()
        except BaseException:
            self._raw.close()  # half an answer may be under way
            raise
        return self._sorted(kinds, found)

    def _put(self, sql: str, text: bytes, values: Any, kinds: list[str]) -> None:
        """One statement, or a kept one by its name; ``kinds`` tells how to read what comes."""
        if self._names is None or not sql:
            self._pg.send_query_params(text, values or None)
        else:
            name = self._names.get(sql)
            if name is None:
                name = self._names.make(sql)
                self._pg.send_prepare(name, text)
                kinds.append("prepare")
            self._pg.send_query_prepared(name, values or None)
        kinds.append("statement" if sql else "frame")

    def _begin(self) -> bytes:
        level = self._raw.isolation_level
        named = "" if level is None else f" ISOLATION LEVEL {level.name.replace('_', ' ')}"
        return f"BEGIN{named}".encode()

    def _flush(self) -> None:
        """Send everything; read meanwhile, lest both sides wait for the other to read."""
        while self._pg.flush():
            if self._wait(_BOTH) & _READ:
                self._pg.consume_input()

    def _take(self) -> Any:
        """The result of the next statement, and past its end."""
        result = self._next()
        if result is not None and result.status != ExecStatus.PIPELINE_SYNC:
            while self._next() is not None:
                pass
        return result

    def _next(self) -> Any:
        while self._pg.is_busy():
            self._wait(_READ)
            self._pg.consume_input()
        result = self._pg.get_result()
        if self._pg.status == ConnStatus.BAD:
            if result is not None and result.status in _FAILED:
                raise errors.error_from_result(result, encoding="utf-8")
            raise OperationalError("the connection to the database is lost")
        return result

    def _wait(self, events: int) -> int:
        self._poll.register(self._pg.socket, events)
        ((_, happened),) = self._poll.poll()
        return happened

    def _sorted(self, kinds: Sequence[str], found: Sequence[Any]) -> list[Result]:
        """The results of the statements in their order."""
        failed = next((result for result in found if result.status in _FAILED), None)
        if failed is not None:
            error = errors.error_from_result(failed, encoding="utf-8")
            is_unmade = "prepare" in kinds  # it may not have come to that
            if self._names is not None and (is_unmade or error.sqlstate in _STALE):
                self._names.forget()
            raise error
        reader = Transformer.from_context(self._raw)
        return [
            _result(reader, result)
            for kind, result in zip(kinds, found, strict=True)
            if kind == "statement"
        ]


def _result(reader: Any, result: Any) -> Result:
    if result.status != ExecStatus.TUPLES_OK:
        return Result([], int(result.command_tuples or 0))
    reader.set_pgresult(result)
    rows = reader.load_rows(0, result.ntuples, tuple)
    return Result(rows, len(rows))
