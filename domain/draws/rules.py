"""How many are drawn: a share of the batch, rounded up, and at least a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext
from types import MappingProxyType

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Share:
    """The tenant parameters that say how many cases of a batch are drawn, and what for."""

    purpose: str
    ratio: str
    minimum: str


SHARES: Mapping[str, Share] = MappingProxyType(
    {
        "spot-check": Share("入库前实地抽查", "spot_check.ratio", "spot_check.minimum"),
        "national-verification": Share(
            "遴选实地抽查核查", "verification.ratio", "verification.minimum"
        ),
    }
)
"""The kinds of batch whose cases are drawn (R-IM-31, R-NAT-24)."""


UP, NEAREST = "up", "nearest"
_WAYS = {UP: ROUND_CEILING, NEAREST: ROUND_HALF_UP}


def sample_size(count: int, percent: Decimal, minimum: int, rounding: str = UP) -> int:
    """How many of ``count`` are drawn: the share rounded up, at least the minimum, at most all.

    ``rounding`` may be ``nearest`` instead of ``up``.

    Rules: R-IM-31.
    """
    if count < 0 or not 0 <= percent <= HUNDRED:
        raise ValueError("a share lies between 0 and 100 percent of a number")
    with localcontext() as exact:
        exact.prec = 60
        share = (percent * count / HUNDRED).to_integral_value(_WAYS[rounding])
    return min(count, max(int(share), minimum))
