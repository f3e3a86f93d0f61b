"""The chain of a case shows every change of what was done, by whom, when and with which record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.engine import URL
from town import Town, build_town

from engine.cases.lifecycle import resume_case, start_case, suspend_case, urge_case, withdraw_case
from engine.history import Act, Chain, link, verify_all
from engine.store.database import Database
from engine.store.tables import cases, history
from engine.timing.clock import FrozenClock
from engine.work_items.holding import claim_item, release_item

FILLED = {"subject": "采购铁锹", "amount": "12", "plannedOn": "2026-03-20"}
Forge = Callable[[Connection, str], None]


def run(statement: str, **values: Any) -> Forge:
    return lambda connection, case: connection.execute(text(statement), {"case": case, **values})


def swap(connection: Connection, case: str) -> None:
    """Exchange the second and the third fact."""
    for before, after in ((2, -2), (3, 2), (-2, 3)):
        move = "update history set seq = :after where case_id = :case and seq = :before"
        connection.execute(text(move), {"case": case, "before": before, "after": after})


def recompute(connection: Connection, case: str) -> None:
    """Change who did the first thing and hash that fact anew, but not what follows."""
    first = (history.c.case_id == UUID(case), history.c.seq == 1)
    row = connection.execute(select(history).where(*first)).one()
    names = ("seq", "at", "kind", "element", "actor", "item_id", "content_digest")
    facts = {name: getattr(row, name) for name in names}
    forged = link(UUID(case), "0" * 64, {**facts, "actor_name": "nobody"})
    connection.execute(update(history).where(*first).values(actor_name="nobody", hash=forged))


FORGERIES: dict[str, Forge] = {
    "another person": run(
        "update history set actor_name = 'nobody' where case_id = :case and seq = 1"
    ),
    "another time": run(
        "update history set at = :at where case_id = :case and seq = 2", at="2020-01-01 00:00:00"
    ),
    "another act": run("update history set kind = 'x' where case_id = :case and seq = 2"),
    "another step": run("update history set element = 'x' where case_id = :case and seq = 2"),
    "other content": run(
        "update history set content = :c where case_id = :case and seq = 2", c='{"record": "x"}'
    ),
    "content with its digest": run(
        "update history set content = '{}', content_digest = :d where case_id = :case and seq = 2",
        d="44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    ),
    "a fact taken out": run("delete from history where case_id = :case and seq = 2"),
    "the last fact taken out": run(
        "delete from history where case_id = :case and seq = "
        "(select max(seq) from history where case_id = :case)"
    ),
    "facts exchanged": swap,
    "a fact hashed anew": recompute,
    "all history gone": run("delete from history where case_id = :case"),
    "another record": run(
        "update records set content = :c where case_id = :case", c='{"subject": "x"}'
    ),
    "a record taken out": run("delete from records where case_id = :case"),
    "a record put in": run(
        "insert into records (tenant_id, id, case_id, element, form, form_digest, content, files, "
        "digest, salt, at) select tenant_id, id, id, 'x', 'x', 'x', '{}', '[]', 'x', 'x', "
        "started_at from cases where id = :case"
    ),
    "another person on a record": run(
        "update records set by = (select id from memberships where username = 'other') "
        "where case_id = :case"
    ),
    "another time of a record": run(
        "update records set at = '2020-01-01 00:00:00' where case_id = :case"
    ),
    "another step of a record": run("update records set element = 'x' where case_id = :case"),
    "another outcome": run("update cases set outcome = '已列入名录' where id = :case"),
    "another status": run("update cases set status = 'completed' where id = :case"),
    "another title": run("update cases set title = 'x' where id = :case"),
    "another applicant": run("update cases set principal = 'person:x' where id = :case"),
    "another number": run("update cases set number = 'x' where id = :case"),
    "other parameters": run("update cases set parameters = '{}' where id = :case"),
    "tokens elsewhere": run("update cases set state = x'01' where id = :case"),
    "other variables": run("update scopes set variables = '{}' where case_id = :case"),
}


def walked(town: Town) -> str:
    case = str(start_case(town.db, town.world, town["applicant"], "walking", {})["id"])
    town.complete("applicant", "Fill", **FILLED)
    town.complete("officer", "OpinionA", opinion="agree")
    return case


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_history_is_found(sqlite: Database, clock: FrozenClock, name: str) -> None:
    town = build_town(sqlite, clock)
    case, other = walked(town), walked(town)
    with sqlite.engine.begin() as connection:  # behind the product's back
        FORGERIES[name](connection, UUID(case).hex)
    assert town.breaks(case), name
    assert town.breaks(other) == []
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        assert {found.case_id for found in verify_all(tx)} == {UUID(case)}


def test_every_act_on_a_case_extends_the_chain(town: Town) -> None:
    case = UUID(walked(town))
    item = town.items("other")[0]
    admin = town.person("admin", "admin")
    with town.db.tenant(town.tenant_id) as tx:
        claim_item(tx, town.world, town["other"], item.id)
        release_item(tx, town.world, town["other"], item.id)
        suspend_case(tx, town.world, admin, case, "等待 “上级” 意见")
        resume_case(tx, town.world, admin, case, "继续")
        town.clock.advance(timedelta(hours=2))
        urge_case(tx, town.world, town["applicant"], case)
        withdraw_case(tx, town.world, town["applicant"], case, "不办了 👷")
    assert town.breaks(case) == []
    assert town.case(case).history_seq == 9


AWKWARD = {
    "prices": [1.10, 1e22, -0.0, 1e-7, 12345678901234.5, 10.0, 1.5e300],
    "big": [2**53 + 1, 10**40, -1],
    "text": '汉字 “引号” \\u0000 \\ / é 👷 \u2028 "',
    "nested": {"b": [{"z": None, "a": True}], "": {}},
}


def test_awkward_content_is_the_same_when_it_is_read_again(town: Town) -> None:
    case_id = UUID(walked(town))
    with town.db.tenant(town.tenant_id) as tx:
        case = tx.get(cases, case_id, lock=True)
        assert case is not None
        chain = Chain(case.id, case.history_seq, case.history_head)
        chain.append(tx, Act("test", content=AWKWARD), (None, "系统"), town.clock.now())
        end = {"history_seq": chain.seq, "history_head": chain.head}
        tx.update(cases, cases.c.id == case_id, **end)
    assert town.breaks(case_id) == []


@pytest.mark.parametrize("table", ["history", "records", "readings", "batch_acts"])
def test_the_runtime_role_cannot_change_what_only_grows(
    postgres_url: URL, clock: FrozenClock, table: str
) -> None:
    database = Database(postgres_url.render_as_string(hide_password=False))
    town = build_town(database, clock)
    for verb in (f"update {table} set tenant_id = tenant_id", f"delete from {table}"):
        with (
            pytest.raises(Exception, match="permission denied"),
            town.db.engine.begin() as connection,
        ):
            connection.execute(text(verb))
    database.dispose()
