"""From whom is drawn: the mines on the list, and people by what they stand for."""

from __future__ import annotations

from collections.abc import Iterable

from domain.register.rules import LEVEL_WORDS, SCALE_WORDS, Level, printed
from domain.supervision.store import KnownMine, listed_mines
from engine.actors import people_for
from engine.batches.draws.rules import ONE_STRATUM, Member
from engine.office import Office
from engine.store.database import Unit

BY_SCALE, BY_LEVEL = "scale", "level"
STRATA = (BY_SCALE, BY_LEVEL)
"""By what the mines of a draw may be parted."""


def mines_pool(tx: Unit, office: Office, strata: str = "") -> list[Member]:
    """The mines on the list as this tenant knows them, named by level and number.

    ``strata`` (``scale`` or ``level``) parts them; each stratum bears its printed word.

    Rules: R-NAT-31, R-IM-46.
    """
    return [Member(one.mine, _stratum(one, strata), one.name) for one in listed_mines(tx, office)]


def _stratum(mine: KnownMine, strata: str) -> str:
    if strata == BY_SCALE and mine.scale is not None:
        return printed(SCALE_WORDS, mine.scale)
    if strata == BY_LEVEL:
        return printed(LEVEL_WORDS, Level(mine.mine.partition(":")[0]))
    return ONE_STRATUM


def people_pool(tx: Unit, principals: Iterable[str]) -> list[Member]:
    """The active people who stand for one of these roles and may act."""
    return [
        Member(f"person:{one.membership_id}", "", one.label)
        for one in people_for(tx, principals)
        if one.may_act
    ]
