"""Values at dotted places in nested data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.forms.model import Json

MISSING: Any = object()


def get_at(values: Json, place: str) -> Json:
    """The value at a dotted place, or MISSING."""
    for part in place.split("."):
        if not isinstance(values, Mapping) or part not in values:
            return MISSING
        values = values[part]
    return values


def put_at(values: dict[str, Json], place: str, value: Json) -> None:
    """Set the value at a dotted place, making the maps on the way."""
    *way, last = place.split(".")
    for part in way:
        inner = values.get(part)
        if not isinstance(inner, dict):
            inner = values[part] = {}
        values = inner
    values[last] = value


def overlaid(below: Mapping[str, Json], above: Mapping[str, Json]) -> dict[str, Json]:
    """Both maps in one: maps are merged, anything else of ``above`` wins."""
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            merged[name] = overlaid(under, value)
        else:
            merged[name] = value
    return merged


def without(values: Mapping[str, Json], places: frozenset[str]) -> dict[str, Json]:
    """The map without the values at these dotted places."""
    kept: dict[str, Json] = {}
    for name, value in values.items():
        if name in places:
            continue
        inner = frozenset(p.partition(".")[2] for p in places if p.startswith(name + "."))
        kept[name] = without(value, inner) if inner and isinstance(value, Mapping) else value
    return kept
