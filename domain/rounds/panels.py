"""Panels of experts (专家论证): frozen, drawn in public, a recused seat goes to the next rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.rounds.rules import Expert, pool_of
from engine.actors import Actor, people_for
from engine.batches.draws.rules import ONE_STRATUM, Excluded, Member
from engine.batches.draws.store import Freezing, freeze, load_draw, refuse, seated
from engine.errors import Conflict
from engine.office import Office
from engine.store.database import Unit

KIND, ROLE = "panel", "expert"
OF_THE_PROVINCE = "推荐省份专家"


@dataclass(frozen=True)
class Panel:
    """A panel about to be frozen: of which case, about a mine of which province, how large."""

    case_id: UUID
    number: str
    province: str
    size: int
    source: Mapping[str, Any]


@dataclass(frozen=True)
class Frozen:
    """What was frozen: the draw, its digest, how many may be drawn and how many are recused."""

    draw_id: UUID
    digest: str
    pool: int
    recused: int


def freeze_panel(tx: Unit, office: Office, panel: Panel, actor: Actor, now: datetime) -> Frozen:
    """Fix from whom the panel of a case is drawn; the seed is a public number of a later day.

    Experts of the province that recommends are left out with the reason; Conflict when fewer
    than a panel are left. Who sits in a panel is not made public.

    Rules: R-NAT-24.
    """
    experts = [Expert(str(p.membership_id), _province(p)) for p in people_for(tx, [ROLE])]
    pool, recused = pool_of(experts, panel.province)
    if len(pool) < panel.size:
        raise Conflict(
            f"专家库中可参加论证的专家 {len(pool)} 人，不足 {panel.size} 人",
            "the pool has fewer experts than a panel needs",
            code="panel_too_small",
        )
    made = Freezing(
        KIND,
        f"专家论证 {panel.number}",
        [Member(one) for one in (*pool, *recused)],
        {ONE_STRATUM: panel.size},
        [Excluded(one, OF_THE_PROVINCE) for one in recused],
        source=panel.source,
        case_id=panel.case_id,
        shows_names=False,
    )
    draw_id = freeze(tx, office, made, actor.membership_id, now)
    return Frozen(draw_id, load_draw(tx, draw_id).frozen_digest, len(pool), len(recused))


def _province(person: Actor) -> str:
    return (person.unit or "").partition(".")[0]


def seats(tx: Unit, draw_id: UUID) -> Sequence[str]:
    """Who sits in the panel now; nobody before it is drawn."""
    return seated(tx, load_draw(tx, draw_id))


def give_on(tx: Unit, draw_id: UUID, member: UUID, reason: str, by: UUID, now: datetime) -> str:
    """An expert steps back; gives who of the next rank takes the seat: nobody draws anew."""
    before = set(seats(tx, draw_id))
    after = refuse(tx, draw_id, str(member), reason, by, now)
    (following,) = set(after) - before
    return following
