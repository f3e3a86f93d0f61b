"""From whom is drawn: the mines on the list, and people by what they stand for."""

from __future__ import annotations

from collections.abc import Iterable

from domain.supervision.store import listed_mines
from engine.actors import people_for
from engine.batches.draws.rules import Member
from engine.office import Office
from engine.store.database import Unit


def mines_pool(tx: Unit, office: Office) -> list[Member]:
    """The mines on the list as this tenant knows them, named by level and number.

    Rules: R-NAT-31, R-IM-46.
    """
    return [Member(one.mine, "", one.name) for one in listed_mines(tx, office)]


def people_pool(tx: Unit, principals: Iterable[str]) -> list[Member]:
    """The active people who stand for one of these roles and may act."""
    return [
        Member(f"person:{one.membership_id}", "", one.label)
        for one in people_for(tx, principals)
        if one.may_act
    ]
