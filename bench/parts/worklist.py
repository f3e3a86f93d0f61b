"""B6: a page of the work list with its count, among up to a million open items."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from bench.databases import Postgres, Server, open_database
from bench.meter import percentile
from bench.samples import countersign
from bench.world import Town, build_town
from engine.actors import Actor
from engine.timing.clock import SystemClock
from engine.work_items.lists import open_items
from webapp.usecases.work_list import count_work

COLD_ROLES = 200
HOT = "hot"
INDEX = "ix_item_candidates_list"
PROFILES: dict[str, tuple[tuple[str, str], ...]] = {
    "uniform": (("role-1", ""), ("role-2", ""), ("role-3", "")),
    "skewed": ((HOT, ""), ("role-1", ""), ("role-2", "")),
}


@dataclass(frozen=True)
class ListFindings:
    """Milliseconds of page and count, and whether the plans keep to the index."""

    items: int
    profile: str
    p50: float
    p95: float
    plans_use_index: bool
    plan: str


def work_lists(server: Server, *, items: int, reads: int) -> list[ListFindings]:
    """Half of the items are offered to one hot role, the others to two hundred roles."""
    url = server.create()
    town = build_town(open_database(url), SystemClock(), [countersign()])
    owner = create_engine(server.as_owner(url) if isinstance(server, Postgres) else url)
    with owner.begin() as connection:
        _fill(connection, town, items)
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # as autovacuum leaves a table: without it the first reads pay for the bulk load
        connection.execute(text("vacuum analyze" if isinstance(server, Postgres) else "analyze"))
    owner.dispose()
    try:
        return [_read(town, name, roles, items, reads) for name, roles in PROFILES.items()]
    finally:
        town.db.dispose()


def _read(
    town: Town, profile: str, roles: Sequence[tuple[str, str]], items: int, reads: int
) -> ListFindings:
    person = replace(town.people["reviewer"], roles=tuple(roles))
    with _statements(town) as heard:
        _page_and_count(town, person)
    plans = [_plan(town, each) for each in heard if "item_candidates" in each]
    spent = []
    for _ in range(reads):
        begun = time.perf_counter()
        _page_and_count(town, person)
        spent.append((time.perf_counter() - begun) * 1e3)
    good = bool(plans) and all(keeps_to_index(plan) for plan in plans)
    return ListFindings(
        items, profile, percentile(spent, 0.5), percentile(spent, 0.95), good, "\n\n".join(plans)
    )


def keeps_to_index(plan: str) -> bool:
    """True when the candidates are found by the index of the list and never read through."""
    lines = plan.splitlines()
    reads_all = any(
        "Seq Scan on item_candidates" in line
        or ("SCAN item_candidates" in line and INDEX not in line)
        for line in lines
    )
    return INDEX in plan and not reads_all


def _page_and_count(town: Town, person: Actor) -> None:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        page = open_items(tx, person)
        office = town.world.offices.get(tx)
        counts = count_work(tx, person, office, town.world.clock.now())
    if not page.rows or not counts["all"]:
        raise LookupError("the list is empty: nothing was measured")


@contextmanager
def _statements(town: Town) -> Iterator[list[str]]:
    heard: list[str] = []
    town.db.statements.heard.append(heard.extend)
    try:
        yield heard
    finally:
        town.db.statements.heard.remove(heard.extend)


def _plan(town: Town, statement: str) -> str:
    """How the database runs a statement whatever its values are, as it tells the runtime role."""
    with town.db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            tenant = (str(town.tenant_id),)
            connection.exec_driver_sql("select set_config('app.tenant', %s, true)", tenant)
            asked = statement.replace("%", "%%")
            rows = connection.exec_driver_sql(f"explain (generic_plan) {asked}")
            return "\n".join(row[0] for row in rows)
        places = (None,) * statement.count("?")
        rows = connection.exec_driver_sql(f"explain query plan {statement}", places)
        return "\n".join(row[3] for row in rows)


def _fill(connection: Connection, town: Town, items: int) -> None:
    """Rows made by the database itself; a case has four of the items."""
    is_postgres = connection.dialect.name == "postgresql"
    if is_postgres:
        connection.execute(text("set local session_replication_role = replica"))
    values = {
        "tenant": str(town.tenant_id) if is_postgres else town.tenant_id.hex,
        "items": items,
        "cases": items // 4 + 1,
        "roles": COLD_ROLES,
        "hot": HOT,
    }
    for statement in _filling(_POSTGRES if is_postgres else _SQLITE):
        connection.execute(text(statement.replace("::", "\\:\\:")), values)


_POSTGRES = {
    "counted": "",
    "numbers": "generate_series(1, {0}) as s(n)",
    "case": "md5('c' || {0})::uuid",
    "item": "md5('i' || n)::uuid",
    "tenant": "cast(:tenant as uuid)",
    "now": "now()",
    "due": "now() + ((n::bigint * 7919) % 100000) * interval '1 second'",
    "empty": "''::bytea",
    "object": "'{}'::jsonb",
    "list": "'[]'::jsonb",
}
_SQLITE = {
    "counted": "with recursive s(n) as (select 1 union all select n + 1 from s where n < {0})",
    "numbers": "s",
    "case": "printf('c%031x', {0})",
    "item": "printf('1%031x', n)",
    "tenant": ":tenant",
    "now": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
    "due": "strftime('%Y-%m-%d %H:%M:%f000', 'now', ((n * 7919) % 100000) || ' seconds')",
    "empty": "x''",
    "object": "'{}'",
    "list": "'[]'",
}


def _filling(words: dict[str, str]) -> Iterator[str]:
    """The statements that make cases, items and candidates."""
    numbers, counted = words["numbers"].format(":items"), words["counted"].format(":items")
    tenant, now, due = words["tenant"], words["now"], words["due"]
    yield (
        "insert into cases (tenant_id, id, number, bundle_id, procedure, title, status, stage, "
        "starter, principal, parameters, started_at, outcome, rev, state, history_seq, "
        f"history_head) {words['counted'].format(':cases')} "
        f"select {tenant}, {words['case'].format('n - 1')}, 'N' || n, "
        f"{words['case'].format('0')}, 'countersign', '会签', 'open', '', "
        f"{words['case'].format('0')}, '', {words['object']}, {now}, '', 0, {words['empty']}, "
        f"0, '' from {words['numbers'].format(':cases')}"
    )
    yield (
        "insert into work_items (tenant_id, id, case_id, token_id, element, name, form, batch, "
        "status, candidates, priority, due_at, revision, opened_at, added, resume_at, urged) "
        f"{counted} "
        f"select {tenant}, {words['item']}, {words['case'].format('(n / 4)')}, {words['item']}, "
        f"'Sign', '会签', 'opinion', '', 'offered', {words['list']}, 50, {due}, 1, {now}, "
        "'', '', 0 "
        f"from {numbers}"
    )
    yield (
        f"insert into item_candidates (tenant_id, item_id, principal, due_at) {counted} "
        f"select {tenant}, {words['item']}, "
        "case when n % 2 = 0 then :hot else 'role-' || ((n / 2) % :roles) end, "
        f"{due} from {numbers}"
    )
