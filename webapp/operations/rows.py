"""Rows as lines of JSON, one a line, the same from every database."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Date, LargeBinary, Table, Uuid
from sqlalchemy.types import TypeEngine

from engine.store.types import Moment

BATCH = 200


def write_rows(target: IO[bytes], table: Table, rows: Iterable[Any]) -> int:
    """Write rows in the order they come; returns how many."""
    count = 0
    for row in rows:
        facts = {column.name: _plain(getattr(row, column.name)) for column in table.columns}
        line = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        target.write(line.encode() + b"\n")
        count += 1
    return count


def read_rows(source: IO[bytes], table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a part, as values for the table's columns."""
    kinds = {column.name: column.type for column in table.columns}
    for line in source:
        yield {name: _value(kinds[name], value) for name, value in json.loads(line).items()}


def batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """The rows some at a time."""
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _value(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, Moment):
        return dt.datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return dt.date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value
