"""What differs between two states of a tenant's files, told in words, file by file."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from engine.comparing.compare import compare
from engine.comparing.read import drawn_process
from engine.errors import LuchengError
from engine.tenancy.organisation import COLUMNS

NAMED_BY = ("code", "id", "date", "key")
"""The keys by which the tables of a list are told apart."""
_LONGEST = 60


@dataclass(frozen=True)
class FileChange:
    """One difference: the file, the place in it, and a sentence in both languages."""

    path: str
    place: str
    zh: str
    en: str

    def __str__(self) -> str:
        where = f"{self.path} {self.place}" if self.place else self.path
        return f"{where}: {self.zh} / {self.en}"


def compare_files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[FileChange]:
    """Every difference, in the order of paths; empty when both are the same, byte for byte."""
    return [
        change
        for path in sorted(old.keys() | new.keys())
        for change in _of_file(path, old.get(path), new.get(path))
    ]


def _of_file(path: str, old: bytes | None, new: bytes | None) -> Iterator[FileChange]:
    if old == new:
        return
    if old is None:
        yield FileChange(path, "", "新增此文件", "the file is new")
        return
    if new is None:
        yield FileChange(path, "", "没有此文件了", "the file is gone")
        return
    try:
        found = list(_inside(path, old, new))
    except (LuchengError, ValueError, csv.Error, KeyError):
        found = []  # one of them cannot be read: that they differ is all that can be told
    yield from found or [FileChange(path, "", "内容不同", "the content differs")]


def _inside(path: str, old: bytes, new: bytes) -> Iterator[FileChange]:
    ending = PurePosixPath(path).suffix
    if ending == ".toml":
        yield from _between(path, "", _toml(old), _toml(new))
    elif ending == ".csv":
        yield from _between(path, "", _rows(old), _rows(new))
    elif ending == ".bpmn":
        process = PurePosixPath(path).stem
        for one in compare(drawn_process(old, process), drawn_process(new, process)).changes:
            yield FileChange(path, one.element, one.zh, one.en)


def _toml(body: bytes) -> Any:
    return tomllib.loads(body.decode("utf-8-sig"), parse_float=Decimal)


def _rows(body: bytes) -> dict[str, dict[str, str]]:
    reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    return {row[COLUMNS[0]]: dict(row) for row in reader}


def _between(path: str, place: str, old: Any, new: Any) -> Iterator[FileChange]:
    """The differences of two values; tables by key, lists of tables by what names them."""
    old, new = _by_name(old), _by_name(new)
    if old == new:
        return
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        yield FileChange(path, place, *_changed(old, new))
        return
    for key in dict.fromkeys([*old, *new]):
        inner = f"{place}.{key}" if place else str(key)
        if key not in old:
            yield FileChange(path, inner, f"新增 {_said(new[key])}", f"added: {_said(new[key])}")
        elif key not in new:
            yield FileChange(path, inner, f"删去 {_said(old[key])}", f"removed: {_said(old[key])}")
        else:
            yield from _between(path, inner, old[key], new[key])


def _by_name(value: Any) -> Any:
    """A list of named tables as one table; everything else as it is."""
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        for name in NAMED_BY:
            if all(name in one for one in value):
                return {str(one[name]): one for one in value}
    return value


def _changed(old: Any, new: Any) -> tuple[str, str]:
    before, after = _said(old), _said(new)
    return f"由 {before} 改为 {after}", f"{before} became {after}"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        text = ", ".join(f"{key} = {inner}" for key, inner in value.items())
    elif isinstance(value, list):
        text = "、".join(map(str, value))
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
