"""A zone by its corner points, and a plan by its years: pure, on what the tenant's file says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import combinations, pairwise

from engine.errors import Invalid

FEWEST_CORNERS = 1 + 2
SQUARE_METRES = Decimal(1000) ** 2
"""In a square kilometre."""


@dataclass(frozen=True)
class Corner:
    """A corner in metres of the projection the source prints: northing and easting."""

    north: Decimal
    east: Decimal


def read_corners(lines: Iterable[str]) -> tuple[Corner, ...]:
    """The corners of lines ``northing,easting``; Invalid names the one that cannot be read."""
    found = []
    for number, line in enumerate(lines, 1):
        try:
            north, east = (Decimal(part) for part in line.split(","))
        except (InvalidOperation, ValueError) as error:
            raise Invalid(
                f"第 {number} 个拐点不是“纵坐标,横坐标”",
                f"corner {number} is not northing,easting",
                code="zone_corner",
            ) from error
        found.append(Corner(north, east))
    if len(found) < FEWEST_CORNERS:
        raise Invalid("拐点不足，围不成区域", "too few corners for an area", code="zone_corners")
    return tuple(found)


def area(corners: Sequence[Corner]) -> Decimal:
    """The area inside in square kilometres, in the plane of the projection.

    Rules: R-YJ-22.
    """
    twice = sum((a.north * b.east - b.north * a.east for a, b in _sides(corners)), start=Decimal(0))
    return abs(twice) / 2 / SQUARE_METRES


def crosses_itself(corners: Sequence[Corner]) -> bool:
    """Whether two sides that are not neighbours meet: then the area means nothing."""
    sides = _sides(corners)
    return any(
        _cross(*one, *other)
        for one, other in combinations(sides, 2)
        if not {one[0], one[1]} & {other[0], other[1]}
    )


def outline(
    corners: Sequence[Corner], width: int, margin: int
) -> tuple[list[tuple[int, int]], int]:
    """The corners on a picture of this width, north up, and the height it needs."""
    west, south = min(c.east for c in corners), min(c.north for c in corners)
    wide = max(c.east for c in corners) - west
    high = max(c.north for c in corners) - south
    scale = Decimal(width - 2 * margin) / wide
    top = int(high * scale) + margin
    points = [
        (margin + int((c.east - west) * scale), top - int((c.north - south) * scale))
        for c in corners
    ]
    return points, top + margin


def metres_across(corners: Sequence[Corner]) -> Decimal:
    """How wide the zone is from west to east."""
    return max(c.east for c in corners) - min(c.east for c in corners)


def _sides(corners: Sequence[Corner]) -> list[tuple[Corner, Corner]]:
    return list(pairwise([*corners, corners[0]]))


def _cross(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    return _side(a, b, c) != _side(a, b, d) and _side(c, d, a) != _side(c, d, b)


def _side(a: Corner, b: Corner, point: Corner) -> bool:
    """On which side of the line through both a point lies."""
    return (b.north - a.north) * (point.east - a.east) > (b.east - a.east) * (point.north - a.north)
