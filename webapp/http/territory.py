"""本地区名录、规划和示范区: the territory of a tenant that keeps no list of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.register.copies import Copied
from webapp.http.frame import actor, page, product, signed_in
from webapp.http.list_words import METHODS, SCALES, TONES, status_word
from webapp.usecases.territory import ZoneMap, read_territory, read_zone

blueprint = Blueprint("territory", __name__)

SCALE_STEPS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
"""Lengths of the scale bar, in metres: the longest that takes no more than a fifth of the width."""


@blueprint.get("/territory")
@signed_in
def show() -> ResponseReturnValue:
    """The mines of the territory, the plan beside them and the zone on a map."""
    found = read_territory(product(), actor())
    rows = [_row(entry, found.places) for entry in found.entries]
    return page("territory/show.html", found=found, rows=rows, zone=_drawn(found.zone))


def _row(entry: Copied, places: Mapping[str, str]) -> dict[str, Any]:
    tone = TONES.get(entry.status, "mute")
    return {
        "no": entry.number,
        "name": entry.name,
        "holder": entry.holder or _("待确认"),
        "place": places.get(entry.division, ""),
        "mineral": entry.mineral,
        "method": _(METHODS[entry.method]),
        "scale": _(SCALES[entry.scale]),
        "status": status_word(entry.status, frozenset(entry.marks)),
        "tone": "soon" if tone == "ok" and entry.marks else tone,
        "listed_on": entry.listed_on,
        "source": entry.source,
        "digest": entry.digest,
        "published_at": entry.published_at,
    }


@blueprint.get("/territory/zone.json")
@signed_in
def show_zone() -> dict[str, Any]:
    """The zone for programs: corners, recomputed and printed area."""
    zone = read_zone(product(), actor())
    return {
        "name": zone.name,
        "area": f"{zone.area:.4f}",
        "printed": str(zone.printed),
        "corners": [{"no": n, "north": str(x), "east": str(y)} for n, x, y in zone.corners],
    }


def _drawn(zone: ZoneMap | None) -> dict[str, Any] | None:
    if zone is None:
        return None
    longest = zone.metres_a_pixel * zone.width / 5
    metres = max((step for step in SCALE_STEPS if step <= longest), default=SCALE_STEPS[0])
    return {
        "map": zone,
        "path": " ".join(f"{x},{y}" for x, y in zone.points),
        "bar": int(metres / zone.metres_a_pixel),
        "bar_text": _("%(km)s 千米", km=metres // 1_000),
    }
