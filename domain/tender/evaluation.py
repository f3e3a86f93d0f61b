"""Evaluation in the database: committee drawn, recusal, points, result, contract, assignment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.assessors.rules import Obstacle
from domain.assessors.store import check_body, commission
from domain.draws.store import chance_source, is_by_system
from domain.tender.model import bid_scores, bids, committee_members, tender_cases, tenders
from domain.tender.openings import enterprise_of
from domain.tender.rules import BidStatus, TenderStands, TenderStatus
from domain.tender.scoring import Compared, Line, check_points, criteria_of, rank_bids
from domain.tender.store import bids_of, load_tender, move_tender, officers_of
from engine.actors import Actor
from engine.batches.draws.rules import ONE_STRATUM, Excluded, Member, Ranked
from engine.batches.draws.store import Freezing, freeze, ranked, record_draw, refuse
from engine.errors import Conflict, Forbidden, NotFound
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import draws, memberships

PURPOSE = "评标委员会"
COMMITTEE = "committee"
WORKS_FOR_BIDDER, OPENED_BIDS = "投标机构人员", "开标人"
SEATED, RESERVE, RECUSED = "seated", "reserve", "recused"


def freeze_committee(
    tx: Unit, office: Office, tender: Any, pool: Sequence[Actor], actor: Actor, now: datetime
) -> UUID:
    """Fix from whom the committee is drawn; the seed may be made only after this is committed.

    Who works for a bidder, or opened the bids, is left out with the reason. Freezing again gives
    the same. Who sits in a committee is not made public.
    """
    if tender.draw_id is not None:
        found: UUID = tender.draw_id
        return found
    if tender.status != TenderStatus.OPENED:
        raise TenderStands(TenderStatus(tender.status))
    people = [person for person in pool if person.may_act]
    excluded = _recused(tx, tender, people)
    size = int(tender.terms["committee"])
    if len(people) - len(excluded) < size:
        raise Conflict(
            f"可供抽取的评标专家不足 {size} 人",
            "too few people to draw the committee from",
            code="small_pool",
            found=len(people) - len(excluded),
        )
    members = [Member(str(person.membership_id)) for person in people]
    sizes = {ONE_STRATUM: size}
    source = chance_source(office, now)
    made = Freezing(COMMITTEE, PURPOSE, members, sizes, excluded, source, shows_names=False)
    draw_id = freeze(tx, office, made, actor.membership_id, now)
    tx.update(tenders, tenders.c.id == tender.id, draw_id=draw_id)
    return draw_id


def _recused(tx: Unit, tender: Any, people: Sequence[Actor]) -> list[Excluded]:
    bidders = {row.body_id for row in bids_of(tx, tender.id)}
    openers = {row.membership_id for row in officers_of(tx, tender.id)}
    found = []
    for person in people:
        if person.body_id in bidders:
            found.append(Excluded(str(person.membership_id), WORKS_FOR_BIDDER))
        elif person.membership_id in openers:
            found.append(Excluded(str(person.membership_id), OPENED_BIDS))
    return found


def frozen_pool(tx: Unit, tender: Any) -> Any:
    """The draw by which the committee is drawn; NotFound before the pool is frozen."""
    found = None if tender.draw_id is None else tx.get(draws, tender.draw_id)
    if found is None:
        raise NotFound("评标专家名单尚未冻结", "the pool has not been frozen")
    return found


def draw_committee(tx: Unit, tender: Any, seed: str, now: datetime) -> Sequence[Any]:
    """Draw the committee from the frozen pool; those behind the number are its reserve, by rank.

    ``seed`` is the node's chance; of a draw by a public number it is not looked at: nobody sits
    before the number was entered.
    """
    frozen = frozen_pool(tx, tender)
    if not is_by_system(frozen):
        return _seat(tx, tender, ranked(frozen)) if frozen.seed is not None else []
    if frozen.frozen_at >= now:
        raise Conflict(
            "冻结名单与抽取须分两步办理",
            "pool and seed may not be made in one step",
            code="draw_at_once",
        )
    return _seat(tx, tender, record_draw(tx, tender.draw_id, seed, now))


def _seat(tx: Unit, tender: Any, ranking: Iterable[Ranked]) -> Sequence[Any]:
    for member in ranking:
        tx.insert(
            committee_members,
            tender_id=tender.id,
            membership_id=UUID(member.id),
            rank=member.rank,
            status=SEATED if member.drawn else RESERVE,
        )
    move_tender(tx, tender, TenderStatus.EVALUATION)
    return committee_of(tx, tender.id)


def committee_of(tx: Unit, tender_id: UUID) -> Sequence[Any]:
    """Everybody the draw ranked, with names, by rank."""
    members = committee_members
    return tx.all(
        select(members, memberships.c.name)
        .join(
            memberships,
            (memberships.c.tenant_id == members.c.tenant_id)
            & (memberships.c.id == members.c.membership_id),
        )
        .where(members.c.tenant_id == TENANT, members.c.tender_id == tender_id)
        .order_by(members.c.rank)
    )


def recuse(tx: Unit, actor: Actor, tender_id: UUID, reason: str, now: datetime) -> UUID:
    """A member steps back; the next rank of the same draw takes the seat, nobody draws anew.

    Returns who has the seat now.
    """
    tender = load_tender(tx, tender_id, lock=True)
    own = seat_of(tx, tender, actor)
    everyone = committee_of(tx, tender_id)
    following = next((row for row in everyone if row.status == RESERVE), None)
    if following is None:
        raise Conflict(
            "没有候补评标专家，请联系采购人", "there is no reserve left", code="no_reserve"
        )
    who = actor.membership_id
    refuse(tx, tender.draw_id, str(who), reason, who, now)
    members = committee_members
    tx.update(members, members.c.id == own.id, status=RECUSED, reason=reason.strip())
    tx.update(members, members.c.id == following.id, status=SEATED)
    tx.delete(
        bid_scores,
        bid_scores.c.tender_id == tender_id,
        bid_scores.c.member == actor.membership_id,
    )
    successor: UUID = following.membership_id
    return successor


def seat_of(tx: Unit, tender: Any, actor: Actor) -> Any:
    """The person's seat in the committee while it works; Forbidden when he has none."""
    for row in committee_of(tx, tender.id):
        if row.membership_id == actor.membership_id and row.status == SEATED:
            if tender.status != TenderStatus.EVALUATION:
                raise TenderStands(TenderStatus(tender.status))
            return row
    raise Forbidden("您不是评标委员会成员", "you have no seat in the committee")


def score_bid(
    tx: Unit, actor: Actor, bid_id: UUID, points: Mapping[str, Decimal], now: datetime
) -> None:
    """Keep a member's points for a valid bid; until the result stands they may be changed."""
    bid = tx.one(select(bids.c.tender_id).where(bids.c.tenant_id == TENANT, bids.c.id == bid_id))
    if bid is None:
        raise NotFound("投标不存在", "there is no such bid")
    tender = load_tender(tx, bid.tender_id, lock=True)
    seat_of(tx, tender, actor)
    if bid_id not in {row.id for row in valid_bids(tx, tender.id)}:
        raise Conflict("此投标无效，不评分", "the bid does not count", code="bid_invalid")
    check_points(criteria_of(tender.terms["criteria"]), points)
    tx.delete(
        bid_scores,
        bid_scores.c.bid_id == bid_id,
        bid_scores.c.member == actor.membership_id,
    )
    for criterion, value in points.items():
        tx.insert(
            bid_scores,
            tender_id=tender.id,
            bid_id=bid_id,
            member=actor.membership_id,
            criterion=criterion,
            points=str(value),
            scored_at=now,
        )


def valid_bids(tx: Unit, tender_id: UUID) -> list[Any]:
    """The bids that count."""
    return [row for row in bids_of(tx, tender_id) if row.status == BidStatus.VALID]


def points_of(tx: Unit, tender_id: UUID) -> dict[UUID, dict[UUID, dict[str, Decimal]]]:
    """All points of the committee: by bid, member, criterion."""
    rows = tx.all(
        select(bid_scores).where(
            bid_scores.c.tenant_id == TENANT, bid_scores.c.tender_id == tender_id
        )
    )
    found: dict[UUID, dict[UUID, dict[str, Decimal]]] = {}
    for row in rows:
        of_member = found.setdefault(row.bid_id, {}).setdefault(row.member, {})
        of_member[row.criterion] = Decimal(row.points)
    return found


def unscored(tx: Unit, tender_id: UUID) -> list[str]:
    """The members of the committee who have not scored every valid bid, by name."""
    given, valid = points_of(tx, tender_id), valid_bids(tx, tender_id)
    return [
        str(member.name)
        for member in committee_of(tx, tender_id)
        if member.status == SEATED
        and any(member.membership_id not in given.get(bid.id, {}) for bid in valid)
    ]


def record_result(tx: Unit, tender: Any, now: datetime) -> list[Line]:
    """Rank the valid bids and keep who won; Conflict while somebody has not scored.

    Rules: R-ORD-37.
    """
    valid = {row.id: row for row in valid_bids(tx, tender.id)}
    seated = [r.membership_id for r in committee_of(tx, tender.id) if r.status == SEATED]
    compared = [Compared(r.id, Decimal(r.price), r.received_at) for r in valid.values()]
    criteria = criteria_of(tender.terms["criteria"])
    ranking = rank_bids(criteria, compared, points_of(tx, tender.id), seated)
    kept = [
        {
            "body": valid[line.bid].body_name,
            "rank": line.rank,
            "price": str(valid[line.bid].price),
            "points": {code: str(value) for code, value in line.points.items()},
            "total": str(line.total),
        }
        for line in ranking
    ]
    winner = valid[ranking[0].bid].body_id
    move_tender(
        tx, tender, TenderStatus.RESULT, result={"ranking": kept}, result_at=now, winner_id=winner
    )
    return ranking


def reopen_evaluation(tx: Unit, tender: Any) -> None:
    """An objection to the result was upheld: the committee looks again, nobody has won."""
    move_tender(tx, tender, TenderStatus.EVALUATION, result=None, result_at=None, winner_id=None)


def record_contract(tx: Unit, tender: Any, number: str, day: date) -> None:
    """Keep which contract the winner signed."""
    move_tender(tx, tender, TenderStatus.CONTRACTED, contract=number.strip(), contract_on=day)


def assign_case(
    tx: Unit, office: Office, tender: Any, case_id: UUID, actor: Actor | None, now: datetime
) -> tuple[Obstacle, ...]:
    """Commission the winner for a case of the tender; returns why it may not assess it, if so.

    A case the winner may not assess stays behind with the reasons and holds up no other.

    Rules: R-ORD-14, R-ORD-35.
    """
    if tender.status != TenderStatus.ASSIGNED:
        move_tender(tx, tender, TenderStatus.ASSIGNED)
    checked = check_body(tx, tender.winner_id, enterprise_of(tx, case_id), local_date(office, now))
    if checked.is_eligible:
        commission(tx, case_id, checked.body, actor, now)
        tx.update(
            tender_cases,
            tender_cases.c.tender_id == tender.id,
            tender_cases.c.case_id == case_id,
            assigned_at=now,
        )
    return checked.obstacles
