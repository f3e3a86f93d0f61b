"""Random complete sheets for property tests, each from one draw of bytes: three for every row."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

from hypothesis import strategies as st

from domain.scoring.indicators import Catalogue, Item

from .builders import Sheet, does_not_apply

_VARIANTS = {
    "g1": ("open_pit", "underground", "fluid", "oil_gas", "geothermal_water"),
    "g2": ("open_pit", "underground", "aggregate_stone", "cement_limestone"),
}
_PLACES = (Decimal(1), Decimal("0.1"), Decimal("0.01"), Decimal("0.000001"))


def score_from(item: Item, byte: int) -> str:
    """A valid score: 0 gives full points, the higher the byte the less, 255 nothing."""
    if item.scoring.type == "all_or_nothing":
        return str(item.points if byte < 170 else 0)
    share = item.points * (255 - byte) / 255
    return str(share.quantize(_PLACES[byte % 4], ROUND_DOWN))


def _row(item: Item, may_be_idle: bool, found: bytes) -> dict[str, Any]:
    idle, proof, points = found
    if may_be_idle and idle > 210:
        return does_not_apply()
    return {"score": score_from(item, points), "proof": proof < 235}


@st.composite
def sheets(draw: st.DrawFn, catalogue: Catalogue) -> Sheet:
    """Any sheet that can be scored: the first item of a part always applies, so none is empty."""
    group = draw(st.sampled_from(["g1", "g2"]))
    variant = draw(st.sampled_from(_VARIANTS[group]))
    selection = catalogue.select(group, variant)
    judged = [item for item in selection.items if item.id not in selection.excused]
    first = {part.id: next(i.id for i in judged if i.part == part.id) for part in catalogue.parts}
    dice = draw(st.binary(min_size=3 * len(judged), max_size=3 * len(judged)))
    met = draw(st.lists(st.booleans(), min_size=5, max_size=5))
    names = [found.id for found in catalogue.prerequisites]
    return {
        "group": group,
        "variant": variant,
        "prerequisites": dict(zip(names, met, strict=True)),
        "items": {
            item.id: _row(item, item.id != first[item.part], dice[3 * n : 3 * n + 3])
            for n, item in enumerate(judged)
        },
    }


@st.composite
def scored_items(draw: st.DrawFn, catalogue: Catalogue, sheet: Sheet) -> Item:
    """Any item that has a score on the sheet."""
    names = [name for name, row in sheet["items"].items() if "score" in row]
    chosen = draw(st.sampled_from(names))
    return next(item for item in catalogue.items if item.id == chosen)
