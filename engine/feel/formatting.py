"""Values written as text, as string(…) and the storage see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from engine.feel.limits import MAX_DEPTH, MAX_STRING, too_deep, too_long_text
from engine.feel.temporal import temporal_text
from engine.feel.values import Months, Range, Value


def number_text(number: Decimal) -> str:
    """The number in plain digits, without exponent, without zeros that say nothing."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def value_text(value: Value, spend: Callable[[int], None]) -> str:
    """How FEEL writes a value; texts inside lists and contexts are quoted."""
    if type(value) is str:
        return value
    writer = _Writer(spend)
    writer.write(value, 0)
    return "".join(writer.pieces)


class _Writer:
    """Collects pieces of text and stops when they grow too long."""

    def __init__(self, spend: Callable[[int], None]) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.spend = spend

    def add(self, piece: str) -> None:
        self.length += len(piece)
        if self.length > MAX_STRING:
            raise too_long_text()
        self.spend(len(piece) // 16)
        self.pieces.append(piece)

    def write(self, value: Value, depth: int) -> None:
        self.spend(8)
        if depth > MAX_DEPTH:
            raise too_deep()
        if type(value) is list:
            self.add("[")
            self.entries([("", entry) for entry in value], depth)
            self.add("]")
        elif type(value) is dict:
            self.add("{")
            self.entries([(f"{key}: ", entry) for key, entry in value.items()], depth)
            self.add("}")
        elif type(value) is Range:
            self.interval(value, depth)
        else:
            self.add(scalar_text(value))

    def entries(self, entries: list[tuple[str, Value]], depth: int) -> None:
        for place, (lead, entry) in enumerate(entries):
            self.add(f"{', ' if place else ''}{lead}")
            self.write(entry, depth + 1)

    def interval(self, value: Range, depth: int) -> None:
        self.add("[" if value.start_included else "(")
        self.write(value.start, depth + 1)
        self.add("..")
        self.write(value.end, depth + 1)
        self.add("]" if value.end_included else ")")


def scalar_text(value: Value) -> str:
    """How FEEL writes a value without parts, texts in quotes."""
    if type(value) is str:
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    if type(value) is Decimal:
        return number_text(value)
    if isinstance(value, dt.date | dt.time | dt.timedelta | Months):
        return temporal_text(value)
    return {True: "true", False: "false"}.get(value, "null") if type(value) is bool else "null"
