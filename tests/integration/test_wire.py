"""Statements go to PostgreSQL together and planned once, and nothing of that is ever felt."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from uuid import UUID

import pytest
from sqlalchemy import bindparam, create_engine, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, IntegrityError

from engine.errors import Invalid
from engine.ids import new_id
from engine.store.control import tenants
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import counters, units
from engine.timing.clock import FrozenClock

SHIFT = 1
KEY_DATA = b"K\x00\x00\x00\x0c"
ONE_UNIT = select(units.c.name).where(
    units.c.tenant_id == TENANT, units.c.code == bindparam("of_code")
)


@pytest.fixture
def open_at(clock: FrozenClock) -> Iterator[Callable[..., tuple[Database, UUID]]]:
    """Opens a database at a URL, with a tenant in it."""
    opened: list[Database] = []

    def open_there(url: URL, **options: str) -> tuple[Database, UUID]:
        db, tenant_id = Database(url.render_as_string(hide_password=False), **options), new_id()
        opened.append(db)
        with db.control() as control:
            control.insert(
                tenants,
                id=tenant_id,
                slug=tenant_id.hex[-8:],
                name="x",
                level="city",
                created_at=clock.now(),
            )
        return db, tenant_id

    yield open_there
    for db in opened:
        db.dispose()


def add_unit(tx: Unit, code: str, name: str = "x") -> None:
    tx.insert(units, code=code, name=name, short="x", kind="office")


def add_twice(tx: Unit, code: str) -> Answer:
    add_unit(tx, code)
    add_unit(tx, code)
    return tx.ask(ONE_UNIT, of_code=code)


def kept(db: Database) -> int:
    """How many statements the server keeps for the connection that comes next."""
    with db.engine.connect() as connection:
        return int(
            connection.execute(text("select count(*) from pg_prepared_statements")).scalar_one()
        )


def test_a_statement_is_planned_once_a_connection(
    postgres_url: URL, open_at: Callable[..., tuple[Database, UUID]]
) -> None:
    db, tenant_id = open_at(postgres_url)
    for number in range(20):
        with db.tenant(tenant_id) as tx:
            add_unit(tx, str(number))
            assert tx.fetch(ONE_UNIT, of_code="none") == []
    assert kept(db) == 3  # whose rows are meant, the insert, the question


def test_nothing_is_kept_when_the_operator_says_so(
    postgres_url: URL, open_at: Callable[..., tuple[Database, UUID]]
) -> None:
    db, tenant_id = open_at(postgres_url, prepares="off")
    with db.tenant(tenant_id) as tx:
        add_unit(tx, "a")
        assert tx.fetch(ONE_UNIT, of_code="a")[0].name == "x"
    assert kept(db) == 0
    with pytest.raises(Invalid):
        open_at(postgres_url, prepares="perhaps")


@contextmanager
def middleman(to: URL) -> Iterator[URL]:
    """Stands between client and server and, as poolers do, gives a process id of its own."""
    path = f"{to.query['host']}/.s.PGSQL.{to.port or 5432}"
    with closing(socket.create_server(("127.0.0.1", 0))) as door:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = door.accept()
                    server = socket.socket(socket.AF_UNIX)
                    server.connect(path)
                    for a, b, change in ((client, server, False), (server, client, True)):
                        threading.Thread(target=carry, args=(a, b, change), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield to.set(host="127.0.0.1", port=door.getsockname()[1], query={"sslmode": "disable"})


def carry(a: socket.socket, b: socket.socket, change: bool) -> None:
    with suppress(OSError), closing(a), closing(b):
        while block := a.recv(65_536):
            at = block.find(KEY_DATA) if change else -1
            if at >= 0:
                change, last = False, at + len(KEY_DATA) + 3
                block = block[:last] + bytes([block[last] ^ SHIFT]) + block[last + 1 :]
            b.sendall(block)


def test_nothing_is_kept_where_somebody_stands_between(
    postgres_url: URL, open_at: Callable[..., tuple[Database, UUID]]
) -> None:
    if "host" not in postgres_url.query:
        pytest.skip("the server listens on no socket file")
    with middleman(postgres_url) as url:
        db, tenant_id = open_at(url)
        with db.tenant(tenant_id) as tx:
            add_unit(tx, "a")
            assert tx.fetch(ONE_UNIT, of_code="a")[0].name == "x"
        assert kept(db) == 0
        db.dispose()


def test_an_error_leaves_the_connection_usable(
    postgres_url: URL, open_at: Callable[..., tuple[Database, UUID]]
) -> None:
    db, tenant_id = open_at(postgres_url)
    for _ in range(3):
        with pytest.raises(IntegrityError), db.tenant(tenant_id) as tx:
            add_twice(tx, "a")
    with pytest.raises(DataError), db.tenant(tenant_id) as tx:
        add_unit(tx, "nul\0")
    with db.tenant(tenant_id) as tx:
        add_unit(tx, "a")
    assert db.engine.pool.checkedin() == 1  # type: ignore[attr-defined]
    with db.tenant(tenant_id, read_only=True) as tx:
        assert [row.name for row in tx.fetch(ONE_UNIT, of_code="a")] == ["x"]


def test_a_plan_whose_table_has_changed_is_made_anew(
    postgres_url: URL,
    postgres_server: URL,
    open_at: Callable[..., tuple[Database, UUID]],
) -> None:
    db, tenant_id = open_at(postgres_url)
    with db.tenant(tenant_id) as tx:
        add_unit(tx, "a")
        tx.fetch(ONE_UNIT, of_code="a")
    owner = create_engine(postgres_server.set(database=postgres_url.database))
    with owner.begin() as connection:
        connection.execute(text("alter table units alter column name type text"))
    owner.dispose()
    with suppress(Exception), db.tenant(tenant_id) as tx:
        tx.fetch(ONE_UNIT, of_code="a")
    with db.tenant(tenant_id) as tx:
        assert tx.fetch(ONE_UNIT, of_code="a")[0].name == "x"


def test_a_connection_that_has_ended_is_replaced(
    postgres_url: URL,
    postgres_server: URL,
    open_at: Callable[..., tuple[Database, UUID]],
) -> None:
    db, tenant_id = open_at(postgres_url)
    owner = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(
            text("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = :d"),
            {"d": postgres_url.database},
        )
    owner.dispose()
    with db.tenant(tenant_id) as tx:
        add_unit(tx, "a")


def test_much_at_once_stops_neither_side(
    postgres_url: URL, open_at: Callable[..., tuple[Database, UUID]]
) -> None:
    db, tenant_id = open_at(postgres_url)
    with db.tenant(tenant_id) as tx:
        add_unit(tx, "a", "名" * 100)
        answers = [tx.ask(ONE_UNIT, of_code="a") for _ in range(20_000)]
    assert {answer.rows[0].name for answer in answers} == {"名" * 100}


def test_an_answer_of_a_failed_transaction_is_never_empty(
    postgres_url: URL, open_at: Callable[..., tuple[Database, UUID]]
) -> None:
    db, tenant_id = open_at(postgres_url)
    with pytest.raises(IntegrityError), db.tenant(tenant_id) as tx:
        asked = add_twice(tx, "a")
    with pytest.raises(RuntimeError):
        _ = asked.rows


def test_counters_of_one_row_add_up(
    postgres_url: URL, open_at: Callable[..., tuple[Database, UUID]]
) -> None:
    db, tenant_id = open_at(postgres_url)
    with db.tenant(tenant_id) as tx:
        first = tx.insert_once(counters, ("name",), name="n", value=1)
        second = tx.insert_once(counters, ("name",), name="n", value=2)
        assert (first.count, second.count) == (1, 0)
