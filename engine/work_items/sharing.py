"""Sharing a case: copies (抄送), circulation with a sign-off (传阅), questions (沟通)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_

from engine.actors import Actor, load_actor
from engine.canonical import storable
from engine.cases.command import Command, open_case
from engine.cursors import decode_cursor, encode_cursor
from engine.errors import Conflict, Invalid, NotFound
from engine.history import Act
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, copies, memberships, questions, work_items
from engine.tenancy.model import OUTSIDE
from engine.work_items.barring import check_allowed, check_person
from engine.work_items.lists import PAGE, Page, may_see
from engine.work_items.offered import item_rows
from engine.work_items.telling import person, tell
from engine.work_items.turns import check_turn, open_item
from engine.work_items.viewers import admit
from engine.world import World

COPY, CIRCULATE = "copy", "circulate"
KINDS = (COPY, CIRCULATE)
MOST_COPIES = 50
MOST_TEXT = 2_000


def copy_item(
    tx: Unit,
    world: World,
    actor: Actor,
    item_id: UUID,
    people: Sequence[UUID],
    kind: str = COPY,
    note: str = "",
) -> int:
    """Let colleagues read along; returns how many are new to it. Outsiders are sent no copies."""
    if kind not in KINDS or not people or len(set(people)) > MOST_COPIES:
        raise Invalid("请选择抄送对象", "choose who gets a copy")
    command, item = _own(tx, world, actor, item_id, "copy")
    chosen = [_inside(tx, to) for to in dict.fromkeys(people)]
    rows: list[dict[str, Any]] = [
        {"recipient": one.membership_id, "kind": kind, "note": _text(note, is_needed=False)}
        for one in chosen
        if one.membership_id != actor.membership_id
    ]
    for row in rows:
        own = {"case_id": item.case_id, "item_id": item.id, "sender": actor.membership_id}
        tx.insert(copies, **row, **own, at=command.now)
    to = [person(row["recipient"]) for row in rows]
    admit(tx, item.case_id, to)
    told = {"kind": kind, "who": [str(row["recipient"]) for row in rows]}
    names = [one.label for one in chosen]
    command.conclude(Act("item.copied", item.element, item.id, {**told, "names": names}))
    subject = f"传阅：{item.name}" if kind == CIRCULATE else f"抄送：{item.name}"
    tell(command, "copied", subject, to, [note.strip()])
    return len(rows)


def _inside(tx: Unit, to: UUID) -> Actor:
    found = load_actor(tx, to)
    if found is None:
        raise NotFound("没有此人，或已停用", "there is no such person at work")
    if found.capacity in OUTSIDE:
        raise Invalid("只能抄送本单位人员", "copies go to people of the authority only")
    return found


def has_unread_copy(tx: Unit, actor: Actor, case_id: UUID) -> bool:
    """Whether a person got a copy of a case and has not opened it since."""
    own = (copies.c.recipient == actor.membership_id, copies.c.case_id == case_id)
    unread = select(copies.c.id).where(copies.c.tenant_id == TENANT, *own)
    return tx.one(unread.where(copies.c.read_at.is_(None)).limit(1)) is not None


def note_receipt(tx: Unit, actor: Actor, case_id: UUID, now: datetime) -> None:
    """Note that a person has opened a case he got copies of: the receipt."""
    own = (copies.c.recipient == actor.membership_id, copies.c.case_id == case_id)
    tx.update(copies, *own, copies.c.read_at.is_(None), read_at=now)


def sign_off(tx: Unit, world: World, actor: Actor, copy_id: UUID) -> None:
    """Say that one has read what was circulated; once."""
    row = tx.get(copies, copy_id)
    if row is None or row.recipient != actor.membership_id:
        raise NotFound("没有此传阅件", "there is no such copy")
    if row.kind != CIRCULATE:
        raise Invalid("抄送件无需签收", "a plain copy asks for no sign-off")
    if row.signed_at is not None:
        return
    now = world.clock.now()
    tx.update(copies, copies.c.id == copy_id, signed_at=now, read_at=row.read_at or now)


def copied_cases(
    tx: Unit, actor: Actor, *, cursor: str | None = None, limit: int = PAGE, search: str = ""
) -> Page:
    """What a person got copies of, latest first."""
    statement = (
        select(
            copies,
            cases.c.number.label("case_number"),
            cases.c.title.label("case_title"),
            cases.c.status.label("case_status"),
            cases.c.stage.label("case_stage"),
            memberships.c.name.label("sender_name"),
        )
        .join(cases, (cases.c.tenant_id == copies.c.tenant_id) & (cases.c.id == copies.c.case_id))
        .join(
            memberships,
            (memberships.c.tenant_id == copies.c.tenant_id) & (memberships.c.id == copies.c.sender),
        )
        .where(copies.c.tenant_id == TENANT, copies.c.recipient == actor.membership_id)
    )
    if search:
        escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        named = (cases.c.title, cases.c.number)
        statement = statement.where(or_(*(c.ilike(f"%{escaped}%", escape="\\") for c in named)))
    if cursor:
        statement = statement.where(tuple_(copies.c.at, copies.c.id) < decode_cursor(cursor))
    rows = tx.all(statement.order_by(copies.c.at.desc(), copies.c.id.desc()).limit(limit + 1))
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(shown, encode_cursor(shown[-1].at, shown[-1].id) if more else None)


def copied_items(
    tx: Unit, actor: Actor, *, cursor: str | None = None, limit: int = PAGE, search: str = ""
) -> Page:
    """The items of which a person was sent a copy, the latest copy first."""
    page = copied_cases(tx, actor, cursor=cursor, limit=limit, search=search)
    ids = [row.item_id for row in page.rows if row.item_id is not None]
    known = {row.id: row for row in tx.all(item_rows().where(work_items.c.id.in_(ids)))}
    return Page([known[item_id] for item_id in dict.fromkeys(ids)], page.next)


def copies_of(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """Who got copies of a case, and who has read them."""
    statement = select(copies, memberships.c.name).join(
        memberships,
        (memberships.c.tenant_id == copies.c.tenant_id) & (memberships.c.id == copies.c.recipient),
    )
    own = (copies.c.tenant_id == TENANT, copies.c.case_id == case_id)
    return tx.all(statement.where(*own).order_by(copies.c.at, copies.c.id))


def ask(tx: Unit, world: World, actor: Actor, item_id: UUID, to: UUID, text: str) -> UUID:
    """Ask somebody who may see the case; the item stays with the asker and no clock stops."""
    said = _text(text)
    command, item = _own(tx, world, actor, item_id, "ask")
    asked = load_actor(tx, to)
    if asked is None or not may_see(tx, asked, command.case):
        raise Invalid("只能向能查看此办件的人员提问", "only those who may see the case are asked")
    if to == actor.membership_id:
        raise Invalid("不能向自己提问", "nobody asks himself")
    facts = {"case_id": item.case_id, "item_id": item.id, "asker": actor.membership_id}
    question = tx.insert(questions, **facts, asked=to, text=said, at=command.now)
    told = {"question": str(question), "to": str(to), "toName": asked.label}
    command.conclude(Act("item.asked", item.element, item.id, told))
    tell(command, "asked", f"请您答复：{item.name}", [person(to)], [said])
    return question


def answer(tx: Unit, world: World, actor: Actor, question_id: UUID, text: str) -> None:
    """Answer a question, once."""
    said = _text(text)
    row = tx.get(questions, question_id)
    if row is None or row.asked != actor.membership_id:
        raise NotFound("没有向您提出的此问题", "no such question was asked of you")
    command = open_case(tx, world, row.case_id, actor)
    row = tx.get(questions, question_id)
    assert row is not None
    if row.answered_at is not None:
        raise Conflict("此问题已经答复", "the question is answered")
    tx.update(questions, questions.c.id == question_id, answer=said, answered_at=command.now)
    told = {"question": str(question_id)}
    command.conclude(Act("item.answered", "", row.item_id, told))
    tell(command, "answered", "您的提问已有答复", [person(row.asker)], [said])


def open_question(tx: Unit, actor: Actor, item_id: UUID) -> UUID:
    """The oldest question about an item that waits for this person's answer."""
    row = tx.one(
        select(questions.c.id)
        .where(
            questions.c.tenant_id == TENANT,
            questions.c.item_id == item_id,
            questions.c.asked == actor.membership_id,
            questions.c.answered_at.is_(None),
        )
        .order_by(questions.c.at)
        .limit(1)
    )
    if row is None:
        raise NotFound("没有向您提出的问题", "no question was asked of you")
    found: UUID = row.id
    return found


def thread_of(tx: Unit, actor: Actor, case_id: UUID) -> Sequence[Mapping[str, Any]]:
    """The questions of a case as a person may read them; those outside read their own."""
    statement = select(questions).where(
        questions.c.tenant_id == TENANT, questions.c.case_id == case_id
    )
    if actor.capacity in OUTSIDE:
        own = actor.membership_id
        statement = statement.where(or_(questions.c.asker == own, questions.c.asked == own))
    rows = tx.all(statement.order_by(questions.c.at, questions.c.id))
    names = {row.asker for row in rows} | {row.asked for row in rows}
    people = {
        row.id: row.name
        for row in tx.all(
            select(memberships.c.id, memberships.c.name).where(
                memberships.c.tenant_id == TENANT, memberships.c.id.in_(names)
            )
        )
    }
    return [
        {
            **row._mapping,
            "asker_name": people.get(row.asker, ""),
            "asked_name": people.get(row.asked, ""),
            "is_mine": row.asked == actor.membership_id and row.answered_at is None,
        }
        for row in rows
    ]


def _own(
    tx: Unit, world: World, actor: Actor, item_id: UUID, operation: str
) -> tuple[Command, Any]:
    command, item = open_item(tx, world, actor, item_id)
    check_turn(tx, command.actor or actor, item)
    check_person(command, item)
    check_allowed(command, item, operation)
    return command, item


def _text(text: str, *, is_needed: bool = True) -> str:
    storable(text)
    said = text.strip()
    if (is_needed and not said) or len(said) > MOST_TEXT:
        raise Invalid(
            f"请填写内容，不超过 {MOST_TEXT} 字",
            f"write something, at most {MOST_TEXT} characters",
            errors=[{"field": "text", "message": "请填写内容"}],
        )
    return said
