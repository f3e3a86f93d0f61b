"""A chain walked over the HTTP API: every person with a token, every form filled as it is shown.

The clock is frozen and moved by the tests; after every move the product's own clock work is done.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, Table, select
from werkzeug.test import TestResponse

from domain.register.listing import ListFilter, ListRow, public_list
from engine.actors import Actor, actor_from_row, load_actor
from engine.cases.parts import OPEN_ITEM
from engine.definitions.bundles import Bundles
from engine.definitions.loading import load_with_those_above
from engine.history import verify_case
from engine.store.metadata import TENANT
from engine.store.tables import cases, draws, memberships
from engine.tenancy.demo import Demo
from engine.tenancy.files import read_demo
from engine.timing.clock import FrozenClock
from engine.work_items.lists import items_of
from engine.work_items.signing import is_personal
from webapp.app import create_app
from webapp.demo.answers import Answers, Facts, filled, merged, read_answers
from webapp.demo.people import load_people
from webapp.demo.samples import sample_files
from webapp.places import data_root
from webapp.product import Product, build_product, shipped_sources
from webapp.settings import Settings
from webapp.usecases.drawing import give_chance
from webapp.usecases.endorsing import Renewal, own_keys, set_key
from webapp.usecases.identity import open_token
from webapp.worker import sweep

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""09:30 on a Monday in China, in a month without holidays."""

PIN = "274913"
NUMBER = "03 07 12 19 24 31 08"
MOST_STEPS = 120
Json = dict[str, Any]


@dataclass(frozen=True)
class Chain:
    """A procedure of a shipped tenant, who begins it, and where a case of it is kept."""

    slug: str
    procedure: str
    starter: str
    everyone_sees: str
    milestones: tuple[str, ...]
    beside: Callable[[Drive], None] | None = None
    """What other people do while a case is walked, beside its steps."""
    prepared: Callable[[Product, UUID], None] | None = None
    """What is set up once, when the tenant and its people are there."""

    @property
    def demo(self) -> Path:
        """The folder of the demonstration people."""
        return data_root() / "tenants" / self.slug / "demo"

    @cached_property
    def answers(self) -> Answers:
        """Who acts at each step and what is written there."""
        return read_answers(self.demo / "answers.toml")

    @cached_property
    def people(self) -> Demo:
        """The demonstration people."""
        return read_demo(self.demo.parent)


def people_of(answers: Answers) -> set[str]:
    """Everyone who acts somewhere on the chain."""
    return {name for names in answers.by.values() for name in names}


def body_of(answer: TestResponse) -> Json:
    """The JSON of an answer that has some."""
    found: Json = json.loads(answer.data)
    return found


def sign_in(client: FlaskClient, chain: Chain, name: str) -> str:
    """A bearer token."""
    asked = {"tenant": chain.slug, "username": name, "password": chain.people.password(name)}
    answer = client.post("/api/v1/tokens", json=asked)
    assert answer.status_code == 201, answer.json
    return str(body_of(answer)["token"])


@cache
def quick_hash(password: str) -> str:
    """A hash of argon2 at its cheapest, once a run: what it costs to guess is tested elsewhere."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


@dataclass(frozen=True)
class Prepared:
    """A loaded tenant with people and tokens, to be copied for every test.

    The read bundles travel along: the copies hold the very same ones.
    """

    url: str
    tenant_id: UUID
    tokens: Mapping[str, str]
    members: Mapping[str, UUID]
    bundles: Bundles
    chain: Chain


def tokens_of(
    product: Product, tenant_id: UUID, members: Mapping[str, UUID], names: set[str]
) -> dict[str, str]:
    """A token for each of these people of a tenant, without asking for a password."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        actors = {name: load_actor(tx, members[name]) for name in sorted(names)}
    days = product.settings.token_days
    return {
        name: open_token(product.db, actor, now=BEGIN, days=days)
        for name, actor in actors.items()
        if actor is not None
    }


def prepare(settings: Settings, chain: Chain) -> Prepared:
    """Load the tenant and its people into a database that has the schema."""
    product = build_product(settings, FrozenClock(BEGIN))
    loaded = load_with_those_above(product.db, product.world, chain.slug, shipped_sources())
    members = load_people(product, chain.slug, chain.people, quick_hash)
    if chain.prepared is not None:
        chain.prepared(product, loaded.tenant_id)
    names = people_of(chain.answers) | {chain.everyone_sees}
    tokens = tokens_of(product, loaded.tenant_id, members, names)
    product.db.dispose()
    return Prepared(settings.url, loaded.tenant_id, tokens, members, product.world.bundles, chain)


@dataclass
class Drive:
    """The product under test, driven like a client would drive it."""

    product: Product
    clock: FrozenClock
    client: FlaskClient
    prepared: Prepared
    files: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    @classmethod
    def start(cls, prepared: Prepared, settings: Settings) -> Drive:
        """Open the product on a copy of the prepared database."""
        clock = FrozenClock(BEGIN)
        product = build_product(settings, clock)
        product = replace(product, world=replace(product.world, bundles=prepared.bundles))
        return cls(product, clock, create_app(product).test_client(), prepared)

    @property
    def chain(self) -> Chain:
        """What is walked."""
        return self.prepared.chain

    @property
    def answers(self) -> Answers:
        """Who acts at each step and what is written there."""
        return self.chain.answers

    # --- requests ---------------------------------------------------------------------------

    def bearer(self, who: str) -> dict[str, str]:
        """The header that says who asks; whoever has no token yet signs in."""
        token = self.prepared.tokens.get(who) or self.tokens.get(who)
        if token is None:
            token = self.tokens[who] = sign_in(self.client, self.chain, who)
        return {"Authorization": f"Bearer {token}"}

    def call(
        self,
        who: str,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        expect: int = 200,
        key: str | None = None,
    ) -> Any:
        """The JSON answer to a request; fails when the status is another one."""
        headers = self.bearer(who)
        if key:
            headers["Idempotency-Key"] = key
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        assert answer.status_code == expect, f"{method} {path}: {answer.status} {answer.json}"
        return answer.json if answer.data else None

    def get(self, who: str, path: str, *, expect: int = 200) -> Any:
        """The JSON answer to a GET."""
        return self.call(who, "GET", path, expect=expect)

    def upload(self, who: str, name: str, content: bytes) -> str:
        """The id of a stored file."""
        answer = self.client.post(
            "/api/v1/attachments",
            data={"file": (io.BytesIO(content), name)},
            headers=self.bearer(who),
        )
        assert answer.status_code == 201, answer.json
        return str(body_of(answer)["id"])

    # --- cases ------------------------------------------------------------------------------

    def begin(self, who: str = "", procedure: str = "") -> str:
        """A new case of the applicant, with files of its own to be handed in."""
        who = who or self.chain.starter
        body = {"procedure": procedure or self.chain.procedure, "variables": {}}
        case = str(self.call(who, "POST", "/cases", body, expect=201)["id"])
        return self.take_up(case, who)

    def take_up(self, case: str, who: str = "") -> str:
        """Files of its own for a case, also for one that began by itself."""
        who = who or self.chain.starter
        named = sample_files(f"材料-{len(self.files) + 1}")
        self.files[case] = {
            sort: [self.upload(who, name, content)] for sort, (name, content) in named.items()
        }
        return case

    def case(self, case: str) -> Json:
        """The case as the administrator sees it."""
        found: Json = self.get(self.chain.everyone_sees, f"/cases/{case}")
        return found

    def open_steps(self, case: str) -> list[str]:
        """The elements that wait for a person."""
        return [item.element for item in self._open(case)]

    def _open(self, case: str) -> list[Any]:
        """The rows of the steps that wait, at a fraction of what the page about a case costs."""
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            return [item for item in items_of(tx, UUID(case)) if item.status in OPEN_ITEM]

    def _is_over(self, case: str) -> bool:
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            found = tx.get(cases, UUID(case))
        return bool(found.status != "open")

    def history(self, case: str) -> list[Json]:
        """Every fact of the case."""
        found: list[Json] = self.get(self.chain.everyone_sees, f"/cases/{case}/history")
        return found

    def passed(self, case: str) -> list[str]:
        """The elements tokens have left, in order."""
        return [step[0] for fact in self.history(case) for step in fact["content"]["passed"]]

    def outcome(self, case: str) -> tuple[str, str]:
        """Status and outcome of the case."""
        found = self.case(case)
        return found["status"], found["outcome"]

    def due(self, case: str, element: str) -> date:
        """The local day on which an open step is due."""
        step = next(s for s in self.case(case)["open"] if s["element"] == element)
        return datetime.fromisoformat(step["due_at"]).astimezone(ZONE).date()

    # --- steps ------------------------------------------------------------------------------

    def items(self, who: str, case: str, element: str) -> list[Json]:
        """The open items of an element that the person may complete."""
        return self._items(who, self._open(case), element)

    def _items(self, who: str, steps: Sequence[Any], element: str) -> list[Json]:
        found = []
        for step in steps:
            waits = step.element == element and step.status != "stuck"
            if waits and self._is_with(who, step):
                path = f"/work-items/{step.id}"
                headers = self.bearer(who)
                answer = self.client.get(f"/api/v1{path}", headers=headers)
                if answer.status_code == 200 and "complete" in body_of(answer)["operations"]:
                    found.append(body_of(answer))
        return found

    def _is_with(self, who: str, item: Any) -> bool:
        """Whether the item is held by or offered to the person: only then a request is worth it."""
        actor = self._actor(who)
        return item.holder == actor.membership_id or bool(
            set(actor.principals) & set(item.candidates)
        )

    def _actor(self, who: str) -> Actor:
        if who not in self.actors:
            with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
                actor = load_actor(tx, self.prepared.members[who])
            assert actor is not None
            self.actors[who] = actor
        return self.actors[who]

    def complete(
        self, case: str, element: str, *, by: str | None = None, expect: int = 200, **changes: Any
    ) -> Json:
        """Complete the step as its usual person would, with some answers changed."""
        people = [by] if by else self.answers.by[element]
        who, item = self._first(people, self._open(case), element)
        return self.hand_in(who, item, self.data(case, item, changes), expect=expect)

    def _first(self, people: Sequence[str], steps: Sequence[Any], element: str) -> tuple[str, Json]:
        """The first of these people who may do the step, and the item."""
        for who in people:
            for item in self._items(who, steps, element):
                return who, item
        raise AssertionError(f"{element} waits for none of {people}: {steps}")

    def data(self, case: str, item: Json, changes: Mapping[str, Any]) -> Json:
        """What is written into the form of an item."""
        usual = merged(self.answers.fill[item["element"]], self._mine(case, item["element"]))
        template = merged(usual, changes)
        facts = Facts(self.today.isoformat(), self.files[case], item["fields"], item["values"])
        return filled(template, facts)

    def _mine(self, case: str, element: str) -> Json:
        """A mine of its own for every further case: one mine applies once at a time."""
        n = list(self.files).index(case)
        usual = self.answers.fill[element]
        number = usual.get("licenceNumber")
        if number is None or n == 0:
            return {}
        name = usual["mineName"].replace("一", f"东{n}")
        return {"mineName": name, "licenceNumber": f"{number[:-2]}{50 + n}"}

    def hand_in(self, who: str, item: Json, data: Json, *, expect: int = 200) -> Json:
        """Complete an item with these values."""
        body = {"revision": item["revision"], "data": data}
        path = f"/work-items/{item['id']}/complete"
        if item["element"] in self.signed_steps:
            self.have_key(who)
            body["pin"] = PIN
        answer: Json = self.call(who, "POST", path, body, expect=expect)
        return answer

    @cached_property
    def signed_steps(self) -> frozenset[str]:
        """The steps of the chain that are completed with a signature."""
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            bundles, now = self.product.world.bundles, self.clock.now()
            process = bundles.active(tx, self.chain.procedure, now).process
        return frozenset(node.id for node in process.body.walk() if is_personal(node))

    def have_key(self, who: str) -> None:
        """Whoever has no signing key yet sets one."""
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            actor = load_actor(tx, self.prepared.members[who])
        assert actor is not None
        if not own_keys(self.product, actor):
            typed = Renewal(self.chain.people.password(who), PIN, PIN)
            set_key(self.product, actor, typed, "127.0.0.1")

    def walk(
        self, case: str, *until: str, changes: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Complete steps as usual until one of ``until`` waits, or to the end of the case.

        Where no person is awaited a working day passes.
        """
        for _ in range(MOST_STEPS):
            if self.chain.beside is not None:
                self.chain.beside(self)
            found = self._open(case)
            steps = [item.element for item in found]
            if set(steps) & set(until) or (not steps and self._is_over(case)):
                return
            assert all(item.status != "stuck" for item in found), found
            if steps:
                people, own = self.answers.by[steps[0]], (changes or {}).get(steps[0], {})
                who, item = self._first(people, found, steps[0])
                self.hand_in(who, item, self.data(case, item, own))
            else:
                self.wait(1)
        raise AssertionError(f"the case never came to {until}: {self.case(case)}")

    def at(self, *until: str, changes: Mapping[str, Mapping[str, Any]] | None = None) -> str:
        """A new case that has come to a step."""
        case = self.begin()
        self.walk(case, *until, changes=changes)
        return case

    # --- batches ----------------------------------------------------------------------------

    def gather(self, who: str, kind: str, element: str, cases: Sequence[str]) -> Json:
        """A batch of these cases, which wait at the same step."""
        items = [str(item.id) for c in cases for item in self._open(c) if item.element == element]
        body = {"kind": kind, "title": f"{kind} {len(cases)} 件", "items": items}
        batch: Json = self.call(who, "POST", "/batches", body, expect=201)
        return batch

    def act(
        self,
        who: str,
        batch: Json,
        name: str,
        element: str,
        cases: Sequence[str],
        **changes: Any,
    ) -> Json:
        """Act once on a batch, let the queue be worked off, and give the batch as it is then."""
        item = self.items(who, cases[0], element)[0]
        # what a case has stays with its case: who acts for several brings files of his own
        theirs = {
            sort: [self.upload(who, name, content)]
            for sort, (name, content) in sample_files("批次材料").items()
        }
        own, self.files[cases[0]] = self.files[cases[0]], theirs
        body = {"data": self.data(cases[0], item, changes), "cases": {}}
        self.files[cases[0]] = own
        self.call(who, "POST", f"/batches/{batch['id']}/{name}", body, expect=202)
        if name == "draw":
            self.draw_by_number()
            self.call(who, "POST", f"/batches/{batch['id']}/{name}", body, expect=202)
        self.sweep()
        found: Json = self.get(who, f"/batches/{batch['id']}")
        return found

    def draw_by_number(self) -> None:
        """Two people enter the public number of the day after for every draw that waits for it."""
        waiting = [row for row in self.rows(draws) if row.settled_at is None]
        if not waiting:
            return
        self.wait(1)
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            people = tx.all(
                select(memberships)
                .where(memberships.c.tenant_id == TENANT, memberships.c.capacity == "officer")
                .order_by(memberships.c.username)
                .limit(2)
            )
        for row in waiting:
            for person in people:
                give_chance(self.product, actor_from_row(person), row.id, "number", NUMBER)

    def handle(
        self, who: str, kind: str, element: str, cases: Sequence[str], **changes: Any
    ) -> Json:
        """Gather cases and complete their step by one act."""
        batch = self.gather(who, kind, element, cases)
        return self.act(who, batch, "complete", element, cases, **changes)

    # --- time -------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The local day."""
        return self.clock.now().astimezone(ZONE).date()

    def wait(self, working_days: int) -> None:
        """Let working days pass; whatever falls due on the way happens on its own day."""
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            calendar = self.product.world.offices.get(tx).calendar
        for _ in range(working_days):
            self.clock.advance(timedelta(days=1))
            while not calendar.is_working_day(self.today):
                self.clock.advance(timedelta(days=1))
            self.sweep()

    def sweep(self) -> int:
        """Do what the clock of a node does."""
        return sweep(self.product)

    # --- the list ---------------------------------------------------------------------------

    def listed(self, mine: str = "") -> list[ListRow]:
        """The list as it stands, by the name of a mine."""
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            return list(public_list(tx, ListFilter(search=mine)).rows)

    # --- what must hold ---------------------------------------------------------------------

    def breaks(self, case: str) -> list[Any]:
        """Breaks in the chain of the case's history."""
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            return list(verify_case(tx, UUID(case)))

    def rows(self, table: Table, *where: ColumnElement[bool]) -> Sequence[Any]:
        """Rows of a tenant table, for what the API does not tell."""
        with self.product.db.tenant(self.prepared.tenant_id, read_only=True) as tx:
            return tx.all(select(table).where(table.c.tenant_id == TENANT, *where))


def wrong_fields(answer: Json) -> set[str]:
    """The fields a refused submission names."""
    return {error["field"] for error in answer["errors"]}
