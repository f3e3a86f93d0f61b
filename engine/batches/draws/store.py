"""Draws as they are kept: frozen, given their chance, settled once; or void, and then repeated.

State machine, verb: source → target. freeze: → frozen · settle: frozen → drawn · void: frozen →
void, which freezes a repeat. Nothing leaves drawn or void; a refusal afterwards moves the seat on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.batches.draws.rules import (
    Excluded,
    Member,
    Ranked,
    content_digest,
    faults_of_content,
    frozen_content,
    ranking_of,
    seats_of,
)
from engine.batches.draws.seeds import (
    COMMITTED,
    ENTERED,
    NONCES,
    NUMBER,
    REVEALED,
    SYSTEM,
    commitment_of,
    defaulters,
    faults_of_source,
    given_by,
    number_source,
    read_hex,
    read_number,
    seed_from,
    system_source,
)
from engine.cases.lifecycle import next_number
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import draw_entries, draw_refusals, draws
from engine.timing.dispatch import Due, finish, schedule
from engine.world import World

KIND = "draw"
"""The kind of due work that looks whether a draw is void."""
MIN_SEED = 16
MOST_MEMBERS = 20_000


@dataclass(frozen=True)
class Freezing:
    """A draw about to be frozen: of what kind, for what, from whom, how many, by whose chance."""

    kind: str
    purpose: str
    members: Sequence[Member]
    sizes: Mapping[str, int]
    excluded: Sequence[Excluded] = ()
    source: Mapping[str, Any] = field(default_factory=system_source)
    batch_id: UUID | None = None
    case_id: UUID | None = None
    shows_names: bool = True


def freeze(tx: Unit, office: Office, made: Freezing, by: UUID, now: datetime) -> UUID:
    """Record who may be drawn before there is a seed; returns the draw's id."""
    content = frozen_content(made.purpose, made.members, made.excluded, made.sizes, made.source)
    today = local_date(office, now)
    faults = faults_of_content(content) + faults_of_source(made.source, today)
    if len(content["members"]) > MOST_MEMBERS:
        faults.append((f"名单最多 {MOST_MEMBERS} 个对象", "the pool is too large"))
    if faults:
        zh, en = ("；".join(one) for one in zip(*faults, strict=True))
        raise Invalid(zh, en, code="empty_pool" if not content["members"] else "unfit_draw")
    people: list[Member | Excluded] = [*made.members, *made.excluded]
    labels = {one.id: one.label for one in people if one.label} if made.shows_names else None
    facts = {"kind": made.kind, "batch_id": made.batch_id, "case_id": made.case_id}
    return _keep(tx, content, today.year, now, **facts, labels=labels, by=by)


def _keep(tx: Unit, content: Mapping[str, Any], year: int, now: datetime, **facts: Any) -> UUID:
    source = content["source"]
    draw_id = tx.insert(
        draws,
        number=f"{year}-{next_number(tx, f'draw:{year}'):04}",
        content=content,
        frozen_digest=content_digest(content),
        frozen_at=now,
        **facts,
    )
    if source["kind"] == NONCES:
        schedule(tx, KIND, draw_id, datetime.fromisoformat(source["commitUntil"]))
    return draw_id


def load_draw(tx: Unit, draw_id: UUID, *, lock: bool = False) -> Any:
    """A draw of this tenant; NotFound when there is none."""
    row = tx.get(draws, draw_id, lock=lock)
    if row is None:
        raise NotFound("抽取记录不存在", "there is no such draw")
    return row


def entries_of(tx: Unit, draw_id: UUID) -> list[dict[str, Any]]:
    """What people entered for a draw, in its order; ``by`` says who of them it was."""
    rows = tx.all(
        select(draw_entries)
        .where(draw_entries.c.tenant_id == TENANT, draw_entries.c.draw_id == draw_id)
        .order_by(draw_entries.c.seq)
    )
    return [{**row._mapping, "by": row.party} for row in rows]


def refusals_of(tx: Unit, draw_id: UUID) -> Sequence[Any]:
    """Who was drawn and stepped back, in the order of it."""
    return tx.all(
        select(draw_refusals)
        .where(draw_refusals.c.tenant_id == TENANT, draw_refusals.c.draw_id == draw_id)
        .order_by(draw_refusals.c.at, draw_refusals.c.member)
    )


def ranked(row: Any) -> list[Ranked]:
    """The ranking of a settled draw; none of one that is not."""
    return [] if row.seed is None else ranking_of(row.content, row.seed)


def seated(tx: Unit, row: Any) -> list[str]:
    """Who is drawn now: those who refused are passed over."""
    return seats_of(ranked(row), {one.member for one in refusals_of(tx, row.id)})


# ---------------------------------------------------------------- chance


def record_draw(tx: Unit, draw_id: UUID, seed: str, now: datetime) -> list[Ranked]:
    """Draw with a seed of the system's own chance, made after the freezing; never twice."""
    row = _frozen(tx, draw_id, SYSTEM)
    if len(seed) < MIN_SEED:
        raise ValueError("the seed is too short to be chance")
    return _settle(tx, row, seed, now)


def enter_number(
    tx: Unit, office: Office, draw_id: UUID, typed: str, actor: Actor, now: datetime
) -> list[Ranked] | None:
    """Keep the public number one person read; the ranking once a second person read the same."""
    row = _frozen(tx, draw_id, NUMBER)
    today = local_date(office, now)
    if today < date.fromisoformat(row.content["source"]["day"]):
        raise Conflict(
            f"公开号码于 {row.content['source']['day']} 产生，届时录入",
            "the number is not out yet",
            code="number_not_out",
        )
    # one account may have several capacities here, and is one person all the same
    who, number = str(actor.account_id), read_number(typed)
    _add(tx, row, Entry(ENTERED, who, actor.label, number, today, now))
    return _settle_when_complete(tx, row, now)


def commit_nonce(
    tx: Unit, office: Office, draw_id: UUID, typed: str, actor: Actor, now: datetime
) -> None:
    """Bind a party to its nonce, once and in time."""
    row = _frozen(tx, draw_id, NONCES)
    source, party = row.content["source"], _party(row, actor)
    _check_until(source["commitUntil"], now, "承诺期限已过", "commitments are closed")
    if party in given_by(entries_of(tx, draw_id), COMMITTED):
        raise Conflict("已经提交承诺，不能更改", "the commitment stands", code="committed")
    today = local_date(office, now)
    _add(tx, row, Entry(COMMITTED, party, actor.label, read_hex(typed), today, now))


def reveal_nonce(
    tx: Unit, office: Office, draw_id: UUID, typed: str, actor: Actor, now: datetime
) -> list[Ranked] | None:
    """Take a party's nonce once all are bound; the ranking with the last of them."""
    row = _frozen(tx, draw_id, NONCES)
    source, party, nonce = row.content["source"], _party(row, actor), read_hex(typed)
    committed = given_by(entries_of(tx, draw_id), COMMITTED)
    if len(committed) < len(source["parties"]):
        raise Conflict("须等各方都提交承诺", "not everybody has committed", code="early_reveal")
    _check_until(source["revealUntil"], now, "公布期限已过", "it is too late to reveal")
    if party in given_by(entries_of(tx, draw_id), REVEALED):
        raise Conflict("已经公布，不能更改", "the nonce is out", code="revealed")
    if commitment_of(row.frozen_digest, party, nonce) != committed[party]:
        said = "与您提交的承诺不符"
        errors = [{"field": "value", "message": said}]
        raise Invalid(said, "this is not what was committed", code="other_nonce", errors=errors)
    _add(tx, row, Entry(REVEALED, party, actor.label, nonce, local_date(office, now), now))
    return _settle_when_complete(tx, row, now)


def _frozen(tx: Unit, draw_id: UUID, source: str) -> Any:
    row = load_draw(tx, draw_id, lock=True)
    if row.settled_at is not None:
        said = "已经抽取，不能重新抽取" if row.void is None else "此次抽取已经作废"
        raise Conflict(said, "it was drawn or is void; nothing is drawn twice", code="settled")
    if row.content["source"]["kind"] != source:
        raise Conflict("此次抽取的种子不是这样产生的", "its chance comes from elsewhere")
    return row


def _party(row: Any, actor: Actor) -> str:
    party = str(actor.membership_id)
    if party not in {one["id"] for one in row.content["source"]["parties"]}:
        raise Forbidden("您不是此次抽取的参与方", "you are no party of this draw")
    return party


def _check_until(moment: str, now: datetime, zh: str, en: str) -> None:
    if now >= datetime.fromisoformat(moment):
        raise Conflict(zh, en, code="too_late")


@dataclass(frozen=True)
class Entry:
    """Something a person enters for a draw: on which day of the tenant, at which moment."""

    kind: str
    party: str
    label: str
    value: str
    day: date
    at: datetime


def _add(tx: Unit, row: Any, entry: Entry) -> None:
    before = entries_of(tx, row.id)
    tx.insert(draw_entries, draw_id=row.id, seq=len(before) + 1, **vars(entry))
    parties = row.content["source"].get("parties", ())
    if entry.kind == COMMITTED and len(given_by(before, COMMITTED)) + 1 == len(parties):
        schedule(tx, KIND, row.id, datetime.fromisoformat(row.content["source"]["revealUntil"]))


def _settle_when_complete(tx: Unit, row: Any, now: datetime) -> list[Ranked] | None:
    seed = seed_from(row.content["source"], row.frozen_digest, entries_of(tx, row.id))
    return None if seed is None else _settle(tx, row, seed, now)


def _settle(tx: Unit, row: Any, seed: str, now: datetime) -> list[Ranked]:
    ranking = ranking_of(row.content, seed)
    order = [member.id for member in ranking]
    tx.update(draws, draws.c.id == row.id, settled_at=now, seed=seed, ranking=order)
    return ranking


# ---------------------------------------------------------------- what goes wrong


def refuse(tx: Unit, draw_id: UUID, member: str, reason: str, by: UUID, now: datetime) -> list[str]:
    """Somebody drawn steps back (回避), with a reason; returns who is drawn then."""
    row = load_draw(tx, draw_id, lock=True)
    if member not in seated(tx, row):
        raise Conflict("此对象没有被抽中", "it is not drawn", code="not_drawn")
    if not reason.strip():
        said = "请填写回避理由"
        raise Invalid(said, "a reason is needed", errors=[{"field": "reason", "message": said}])
    before = len(seated(tx, row))
    tx.insert(
        draw_refusals, draw_id=draw_id, member=member, reason=reason.strip()[:200], by=by, at=now
    )
    after = seated(tx, row)
    if len(after) < before:
        raise Conflict("没有候补对象", "there is no next rank left", code="no_reserve")
    return after


def look_at_draw(tx: Unit, world: World, due: Due) -> None:
    """Void a draw whose parties kept it waiting, name them, and freeze the repeat."""
    row = load_draw(tx, due.ref_id, lock=True)
    now, source = world.clock.now(), row.content["source"]
    entries = entries_of(tx, row.id)
    is_bound = len(given_by(entries, COMMITTED)) == len(source["parties"])
    until = datetime.fromisoformat(source["revealUntil" if is_bound else "commitUntil"])
    if row.settled_at is None and now < until:
        schedule(tx, KIND, row.id, until)
        return
    if row.settled_at is None:
        void_draw(tx, world.offices.get(tx), row, defaulters(source, entries), now)
    finish(tx, due)


def void_draw(tx: Unit, office: Office, row: Any, missing: Sequence[str], now: datetime) -> UUID:
    """Make a draw void, the defaulters named; the repeat, by the public number, is frozen."""
    names = {one["id"]: one["name"] for one in row.content["source"]["parties"]}
    named = [{"id": one, "name": names[one]} for one in missing]
    tx.update(draws, draws.c.id == row.id, settled_at=now, void={"defaulters": named})
    fallback = row.content["source"]["fallback"]
    day = local_date(office, now) + timedelta(days=int(fallback["days"]))
    source = number_source(fallback["name"], day)
    content = {**row.content, "source": source, "repeats": row.frozen_digest}
    facts = {"kind": row.kind, "batch_id": row.batch_id, "case_id": row.case_id}
    kept = {**facts, "labels": row.labels, "by": row.by, "repeats_id": row.id}
    return _keep(tx, content, local_date(office, now).year, now, **kept)


def repeated_by(tx: Unit, row: Any) -> Any:
    """The draw that counts: this one, or the last repeat of it."""
    following = tx.one(
        select(draws).where(draws.c.tenant_id == TENANT, draws.c.repeats_id == row.id)
    )
    return row if following is None else repeated_by(tx, following)


DRAW_DOERS = {KIND: look_at_draw}
