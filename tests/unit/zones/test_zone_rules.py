"""A zone by its corners: area, crossings, the picture."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.zones.rules import area, crosses_itself, outline, read_corners
from engine.errors import Invalid
from engine.tenancy.chain import resolve_parameters
from webapp.product import shipped_sources

SQUARE = ("0,0", "0,2000", "3000,2000", "3000,0")
BOW = ("0,0", "3000,2000", "0,2000", "3000,0")


def test_a_rectangle_of_two_by_three_kilometres_has_six() -> None:
    assert area(read_corners(SQUARE)) == 6
    assert area(read_corners(reversed(SQUARE))) == 6, "whichever way round"
    assert not crosses_itself(read_corners(SQUARE))


def test_sides_that_cross_are_seen() -> None:
    assert crosses_itself(read_corners(BOW))


@pytest.mark.parametrize("lines", [("1,2", "3,4"), ("1,2", "3,4", "five,6"), ("1,2", "3,4", "5")])
def test_what_is_no_corner_or_too_few_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        read_corners(lines)


def test_the_picture_has_north_above_and_keeps_proportions() -> None:
    points, height = outline(read_corners(SQUARE), 240, 20)
    assert (points, height) == ([(20, 320), (220, 320), (220, 20), (20, 20)], 340)


@pytest.mark.rule("R-YJ-22")
def test_the_printed_zone_has_its_printed_area() -> None:
    values = resolve_parameters("yijinhuoluo", shipped_sources())
    lines = values["zone.corners"].as_feel
    assert isinstance(lines, list)
    corners = read_corners(lines)
    assert len(corners) == 23
    assert not crosses_itself(corners)
    assert abs(area(corners) - Decimal("1202.62")) < Decimal("0.01")
    moved = [*lines[:-1], "4381378.65,37415949.13"]
    assert abs(area(read_corners(moved)) - Decimal("1202.62")) > Decimal("0.01")
