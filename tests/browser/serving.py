"""The product behind a socket: a tenant with its people, a web server, a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

import waitress
from playwright.sync_api import Cookie
from sqlalchemy import delete

from engine.definitions.binding import Binding, BindingContext, Bindings
from engine.errors import Unavailable
from engine.store.control import sessions
from engine.timing.clock import FrozenClock
from tests.web.a1.drive import A1, BEGIN, PEOPLE, Drive
from tests.web.chain.drive import prepare
from webapp.app import create_app
from webapp.bindings.registry import all_bindings
from webapp.demo.samples import sample_files
from webapp.product import build_product
from webapp.schema import target_metadata
from webapp.settings import Settings

A_YEAR = 24 * 366
"""Hours; nobody is signed out because a test let days pass."""


@dataclass
class Breakable(Bindings):
    """The product's bindings, of which some fail as long as a test wants them to."""

    broken: set[str] = field(default_factory=set)

    def get(self, task_type: str) -> Binding | None:
        """The function for a type, or one that fails."""
        return _fail if task_type in self.broken else super().get(task_type)


def _fail(_ctx: BindingContext, _inputs: Mapping[str, Any]) -> NoReturn:
    raise Unavailable("计分服务暂时不可用", "the score service does not answer")


@dataclass(frozen=True, repr=False)
class Running:
    """A served product and its driver."""

    url: str
    drive: Drive
    bindings: Breakable
    signed_in: dict[str, list[Cookie]] = field(default_factory=dict)
    """What the browser of those who only look was given at their sign-in."""

    def number(self, case: str) -> str:
        """The number people find a case by."""
        return str(self.drive.case(case)["number"])

    def item(self, who: str, case: str, element: str) -> str:
        """The id of the person's open item at a step."""
        return str(self.drive.items(who, case, element)[0]["id"])

    def hand_over_files(self, who: str, case: str) -> None:
        """Give the driver files for a case that was begun in a browser."""
        self.drive.files[case] = {
            sort: [self.drive.upload(who, name, content)]
            for sort, (name, content) in sample_files(f"材料-{case}").items()
        }

    def end_sessions(self) -> None:
        """Sign everybody out on the server, as time would."""
        self.signed_in.clear()
        with self.drive.product.db.control() as control:
            control.execute(delete(sessions))

    @contextmanager
    def failing(self, task_type: str) -> Iterator[None]:
        """Service tasks of this type fail meanwhile."""
        self.bindings.broken.add(task_type)
        try:
            yield
        finally:
            self.bindings.broken.discard(task_type)


def password(username: str) -> str:
    """The password of a demonstration person."""
    return PEOPLE.password(username)


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """The tenant in a new database, served on a free port of this machine."""
    settings = Settings(data_dir=folder, session_hours=A_YEAR, token_days=366)
    empty = build_product(settings)
    target_metadata().create_all(empty.db.engine)
    empty.db.dispose()
    drive, bindings = _drive(settings)
    server: Any = waitress.create_server(
        drive.client.application, host="127.0.0.1", port=0, threads=8, channel_timeout=10
    )
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield Running(f"http://127.0.0.1:{server.effective_port}", drive, bindings)
    finally:
        server.close()
        thread.join(timeout=10)
        drive.product.db.dispose()


def _drive(settings: Settings) -> tuple[Drive, Breakable]:
    prepared, clock, bindings = prepare(settings, A1), FrozenClock(BEGIN), Breakable()
    real = all_bindings()
    for task_type in real.types:
        function = real.get(task_type)
        assert function is not None
        bindings.register(task_type)(function)
    product = build_product(settings, clock)
    world = replace(product.world, bundles=prepared.bundles, bindings=bindings)
    product = replace(product, world=world)
    return Drive(product, clock, create_app(product).test_client(), prepared), bindings
