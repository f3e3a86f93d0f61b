"""A tenant's files changed in the product: what was written around a value, comments and order
included, stays as it is."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import tomlkit
from tomlkit.items import AoT
from tomlkit.toml_document import TOMLDocument

from engine.tenancy.organisation import COLUMNS

PARAMETERS = "parameters"


def edited_table(body: bytes, name: str, values: Mapping[str, Any]) -> bytes:
    """The file with other values in one of its tables; without a ``name`` at the top of it.

    A value that is None takes its key away; keys that are not mentioned stay.
    """
    document = _read(body)
    table: Any = document
    if name:
        if name not in document:
            document[name] = tomlkit.table()
        table = document[name]
    _set(table, values)
    return _written(document)


def edited_list(body: bytes, name: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The file with these tables under a name; it stays as it is when they are there already."""
    document = _read(body)
    if _plain(document.get(name, [])) == [dict(row) for row in rows]:
        return body
    if name in document:
        del document[name]
    tables = tomlkit.aot()
    for row in rows:
        table = tomlkit.table()
        _set(table, row)
        tables.append(table)
    _put(document, name, tables)
    return _written(document)


def edited_parameter(body: bytes, key: str, values: Mapping[str, Any] | None) -> bytes:
    """The file with other values of one parameter; None lets what stands above hold again."""
    document = _read(body)
    parameters: Any = document.get(PARAMETERS)
    if values is None:
        if parameters is not None and key in parameters:
            del parameters[key]
        return _written(document)
    if parameters is None:
        parameters = tomlkit.table(is_super_table=True)
        document[PARAMETERS] = parameters
    if key not in parameters:
        parameters[key] = tomlkit.table()
    _set(parameters[key], values)
    return _written(document)


def written_units(rows: Iterable[Mapping[str, str]]) -> bytes:
    """``organisation.csv`` with these units."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: row[name] for name in COLUMNS} for row in rows)
    return out.getvalue().encode()


def _read(body: bytes) -> TOMLDocument:
    return tomlkit.parse(body.decode("utf-8-sig"))


def _written(document: TOMLDocument) -> bytes:
    return tomlkit.dumps(document).encode()


def _plain(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value


def _set(table: Any, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        elif key not in table or _plain(table[key]) != value:
            table[key] = _item(value)


def _item(value: Any) -> Any:
    """The value as it stands in a file; a number keeps the digits it has."""
    if isinstance(value, Decimal):
        return tomlkit.parse(f"it = {value:f}")["it"]
    if isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        for key, inner in value.items():
            if inner is not None:
                inline[key] = _item(inner)
        return inline
    if isinstance(value, list | tuple):
        return [_item(inner) for inner in value]
    if isinstance(value, dt.time | dt.date | str | bool | int):
        return value
    raise TypeError(type(value).__name__)


def _put(document: TOMLDocument, name: str, tables: AoT) -> None:
    """Add a list of tables; after the plain keys, or it would swallow them."""
    if len(tables):
        document[name] = tables
