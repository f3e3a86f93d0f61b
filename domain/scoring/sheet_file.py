"""A score sheet (评分表) from JSON text, with decimals instead of binary floats."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

from domain.scoring.errors import Place, SheetInvalid

MAX_BYTES = 1_000_000
_LONGEST_INT = 18


def parse_sheet(raw: bytes) -> object:
    """The sheet as plain values, numbers exact; ``SheetInvalid`` when it is not JSON."""
    if len(raw) > MAX_BYTES:
        raise _not_json(f"超过 {MAX_BYTES} 字节", f"it exceeds {MAX_BYTES} bytes")
    try:
        value: object = json.loads(
            raw.decode("utf-8-sig"),
            parse_float=_number,
            parse_int=_number,
            parse_constant=_number,
            object_pairs_hook=_without_doubles,
        )
    except UnicodeDecodeError as error:
        raise _not_json("不是 UTF-8 编码", "it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise _not_json(
            f"第 {error.lineno} 行第 {error.colno} 列不是有效的 JSON",
            f"line {error.lineno}, column {error.colno} is not JSON",
        ) from error
    except RecursionError as error:
        raise _not_json("嵌套过深", "it is nested too deeply") from error
    return value


def _number(text: str) -> Decimal | int:
    """The number exactly; one that no decimal can hold is no number to any reader of the sheet."""
    if len(text) <= _LONGEST_INT and text.lstrip("-").isdecimal():
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table: dict[str, object] = {}
    for key, value in pairs:
        if key in table:
            name = key[:40]
            raise _not_json(f"键“{name}”重复", f"the key {name} stands twice")
        table[key] = value
    return table


def _not_json(zh: str, en: str) -> SheetInvalid:
    return SheetInvalid([Place("sheet", "not_json", f"评分表文件{zh}", f"score sheet file: {en}")])
