"""A nation and a region in one database, driven over the API by the people of both."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from domain.register.mines import MineFacts
from domain.register.rules import Method, Scale
from domain.register.store import Entering, enter_list
from engine.actors import load_actor
from engine.definitions.loading import load_with_those_above, tenant_id_of
from engine.store.metadata import TENANT
from engine.store.tables import cases, draws, work_items
from engine.tenancy.files import read_demo
from engine.timing.clock import FrozenClock
from tests.web.chain.drive import ZONE, quick_hash
from webapp.app import create_app
from webapp.demo.people import load_people
from webapp.demo.samples import png
from webapp.places import data_root
from webapp.product import Product, build_product, shipped_sources
from webapp.schema import target_metadata
from webapp.settings import Settings
from webapp.usecases.identity import open_session, open_token
from webapp.worker import sweep

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NATION, REGION = "national", "neimenggu"
OPEN = ("offered", "claimed")
MINES = ("青山煤矿", "绿原煤矿", "云岭铁矿", "长河煤矿")
GOOD: Mapping[str, Any] = {
    "score": 91,
    "producedOn": "2015-05-01",
    "reserveYears": 20,
    "hadAccident": "no",
    "isAbnormal": "no",
    "inRedLine": "no",
    "grounds": ["leading"],
    "reason": "开发利用水平领先。",
}
NOTICE: Mapping[str, Any] = {
    "roundTitle": "2026年度国家级绿色矿山遴选",
    "document": "自然资办函〔2026〕1号",
    "noticeOn": "2026-03-02",
    "closesOn": "2026-03-20",
    "quotas": [{"province": "150000", "quota": 3}, {"province": "140000", "quota": 5}],
}


def line(number: int, **changes: Any) -> dict[str, Any]:
    """A line of the recommended list that nothing stands against, with some of it changed."""
    return {"number": number, **GOOD, **changes}


@dataclass
class Nation:
    """The product with both tenants; ``call`` is a request of one person."""

    product: Product
    clock: FrozenClock
    client: FlaskClient
    ids: Mapping[str, UUID]
    tokens: Mapping[str, str]
    members: Mapping[str, UUID]
    files: dict[str, str] = field(default_factory=dict)

    def call(self, who: str, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """The JSON answer to a request; fails when the status is another one."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        assert answer.status_code == expect, f"{method} {path}: {answer.status} {answer.json}"
        return answer.json

    def page(self, who: str, path: str, *, expect: int = 200) -> str:
        """A page as a person who is signed in sees it."""
        slug = NATION if who.startswith("nat-") else REGION
        with self.product.db.tenant(self.ids[slug], read_only=True) as tx:
            actor = load_actor(tx, self.members[who])
        assert actor is not None
        secret = open_session(self.product.db, actor, self.clock.now(), hours=24 * 400)
        client = self.client.application.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = secret
            session["_fresh"] = True
        answer = client.get(path)
        assert answer.status_code == expect, f"{path}: {answer.status}"
        return answer.get_data(as_text=True)

    def photo(self, who: str) -> str:
        """A picture that the person has uploaded."""
        answer = self.client.post(
            "/api/v1/attachments",
            data={"file": (io.BytesIO(png(len(self.files))), "现场.png")},
            headers={"Authorization": f"Bearer {self.tokens[who]}"},
        )
        assert answer.status_code == 201, answer.json
        self.files[who] = str(answer.get_json()["id"])
        return self.files[who]

    def waiting(self, slug: str, element: str, mine: str = "") -> list[Any]:
        """The open items of a step, of the case of a mine where one is named."""
        with self.product.db.tenant(self.ids[slug], read_only=True) as tx:
            rows = tx.all(
                select(work_items, cases.c.title)
                .join(
                    cases,
                    (cases.c.tenant_id == work_items.c.tenant_id)
                    & (cases.c.id == work_items.c.case_id),
                )
                .where(
                    work_items.c.tenant_id == TENANT,
                    work_items.c.element == element,
                    work_items.c.status.in_(OPEN),
                )
                .order_by(work_items.c.id)
            )
        return [row for row in rows if mine in row.title]

    def do(
        self, who: str, element: str, data: Mapping[str, Any], *, mine: str = "", expect: int = 200
    ) -> Any:
        """Complete the step of one person, over the API."""
        slug = NATION if who.startswith("nat-") else REGION
        items = [
            item for item in self.waiting(slug, element, mine) if self.is_with(slug, who, item)
        ]
        assert items, f"{element} waits for nobody called {who}"
        shown = self.call(who, "GET", f"/work-items/{items[0].id}")
        body = {"revision": shown["revision"], "data": data}
        return self.call(who, "POST", f"/work-items/{items[0].id}/complete", body, expect=expect)

    def is_with(self, slug: str, who: str, item: Any) -> bool:
        """Whether an item is offered to a person."""
        with self.product.db.tenant(self.ids[slug], read_only=True) as tx:
            actor = load_actor(tx, self.members[who])
        return actor is not None and bool(set(actor.principals) & set(item.candidates))

    def go_to(self, day: date) -> None:
        """Let days pass to the morning of a day; what falls due on the way happens."""
        while self.today < day:
            self.clock.advance(timedelta(days=1))
            self.settle()

    @property
    def today(self) -> date:
        """The local day."""
        return self.clock.now().astimezone(ZONE).date()

    def settle(self) -> None:
        """Do what the clock of a node does, until nothing is left: hand-offs answer each other."""
        for _ in range(12):
            if not sweep(self.product):
                return

    def rows(self, slug: str, table: Any, *where: Any) -> Sequence[Any]:
        """Rows of a tenant."""
        with self.product.db.tenant(self.ids[slug], read_only=True) as tx:
            return tx.all(select(table).where(table.c.tenant_id == TENANT, *where))

    def case_of(self, slug: str, mine: str, procedure: str) -> Any:
        """The case of a mine."""
        (row,) = [
            row
            for row in self.rows(slug, cases, cases.c.procedure == procedure)
            if mine in row.title
        ]
        return row

    # --- the round --------------------------------------------------------------------------

    def open_round(self, **changes: Any) -> str:
        """A round is drafted, approved and told to the provinces; gives its case."""
        body = {"procedure": "selection-round", "variables": {}}
        case = self.call("nat-linhai", "POST", "/cases", body, expect=201)["id"]
        self.do("nat-linhai", "DraftNotice", {**NOTICE, **changes})
        self.do("nat-hejian", "ApproveNotice", {"decision": "approve"})
        self.settle()
        return str(case)

    def recommend(self, *lines: Mapping[str, Any]) -> None:
        """The region recommends these lines; its head agrees; every mine goes up."""
        self.do("region-clerk", "Recommend", {"mines": list(lines)})
        self.do("region-leader", "ApproveList", {"decision": "approve"})
        self.settle()
        while self.waiting(REGION, "PrepareMaterial"):
            self.do("region-clerk", "PrepareMaterial", {"summary": "材料齐全。"})
        self.settle()

    def seat_panel(self, mine: str) -> list[str]:
        """The panel of a mine is frozen and drawn by two people; gives who sits in it."""
        self.freeze_panel(mine)
        self.go_to(self.today + timedelta(days=3))
        number = {"number": "2026027 03 11 19 24 30 08"}
        self.do("nat-linhai", "EnterNumber", number, mine=mine)
        self.do("nat-suyun", "EnterNumberAgain", number, mine=mine)
        return self.panel(mine)

    def freeze_panel(self, mine: str) -> None:
        """The clerk has looked at the material and named the public number."""
        told = {
            "materialChecked": True,
            "numberName": "双色球第2026027期",
            "numberOn": (self.today + timedelta(days=1)).isoformat(),
        }
        self.do("nat-linhai", "ReviewMaterial", told, mine=mine)

    def panel(self, mine: str) -> list[str]:
        """Who is asked for an opinion on a mine now."""
        waiting = self.waiting(NATION, "GiveOpinion", mine)
        experts = [name for name in self.members if name.startswith("nat-expert")]
        return [
            next(name for name in experts if self.is_with(NATION, name, item)) for item in waiting
        ]

    def argue(self, mine: str, *answers: str) -> None:
        """The experts of a panel answer, one after the other."""
        for who, answer in zip(self.panel(mine), answers, strict=True):
            self.do(who, "GiveOpinion", opinion(answer), mine=mine)

    def verify(self, mine: str, result: str) -> None:
        """The mine is visited; the departments agree."""
        photo = self.photo("nat-linhai")
        told = {
            "visitedOn": self.today.isoformat(),
            "visitors": "林海、罗敏",
            "places": "采场、排土场、选矿厂和复垦区。",
            "photos": [photo],
            "result": result,
            **({"reason": "复垦区未按方案治理。"} if result == "fail" else {}),
        }
        self.do("nat-linhai", "VerifySite", told, mine=mine)
        for who in ("nat-luomin", "nat-tianye"):
            told = {"result": "pass", "opinion": "同意。"}
            self.do(who, "GiveDepartmentOpinion", told, mine=mine)

    def publish(self, mine: str) -> None:
        """The mine is put to public notice, which runs out."""
        told = {
            "noticeTitle": "2026年度国家级绿色矿山公示",
            "noticeBody": "现将拟入选名单公示。",
            "noticeContact": "自然资源部矿产资源保护监督司",
        }
        self.do("nat-linhai", "PrepareNotice", told, mine=mine)
        self.go_to(self.today + timedelta(days=12))

    def determine(self, mine: str, decision: str = "list") -> None:
        """The head determines."""
        told: dict[str, Any] = {"decision": decision}
        if decision == "list":
            told |= {"announcementTitle": "国家级绿色矿山名单", "announcementBody": "予以公布。"}
        else:
            told["reason"] = "公示期后发现不符合条件。"
        self.do("nat-hejian", "Determine", told, mine=mine)
        self.settle()

    def draw_of(self, mine: str) -> Any:
        """The draw of a mine's panel."""
        case = self.case_of(NATION, mine, "national-review")
        (row,) = self.rows(NATION, draws, draws.c.case_id == case.id)
        return row


def opinion(answer: str) -> dict[str, Any]:
    """What an expert writes."""
    if answer == "recuse":
        return {"answer": answer, "recusal": "与采矿权人有合作项目。"}
    return {"answer": answer, "opinion": "材料详实，依据充分。"}


def build_nation(settings: Settings) -> Nation:
    """Both tenants with their people, and four mines on the region's list."""
    clock = FrozenClock(BEGIN)
    product = build_product(settings, clock)
    target_metadata().create_all(product.db.engine)
    load_with_those_above(product.db, product.world, REGION, shipped_sources())
    ids = {slug: tenant_id_of(product.db, slug) for slug in (NATION, REGION)}
    members: dict[str, UUID] = {}
    tokens: dict[str, str] = {}
    for slug, tenant_id in ids.items():
        found = load_people(product, slug, read_demo(data_root() / "tenants" / slug), quick_hash)
        with product.db.tenant(tenant_id, read_only=True) as tx:
            actors = {name: load_actor(tx, member) for name, member in found.items()}
        for name, actor in actors.items():
            assert actor is not None
            for known in (name, *(role for role, _unit in actor.roles)):
                if known not in members:
                    members[known] = found[name]
                    tokens[known] = open_token(product.db, actor, now=BEGIN, days=3650)
    _list_mines(product, ids[REGION])
    return Nation(product, clock, create_app(product).test_client(), ids, tokens, members)


def _list_mines(product: Product, region: UUID) -> None:
    with product.db.tenant(region) as tx:
        office = product.world.offices.get(tx)
        for number, name in enumerate(MINES, start=1):
            facts = MineFacts(
                name=name,
                holder=f"演示矿业{number}有限公司",
                mineral="煤",
                method=Method.UNDERGROUND,
                scale=Scale.LARGE,
                division="150627",
                licence_no=f"C15000020100211100000{number}",
            )
            entering = Entering(facts, date(2025, 12, 1), "纳入名录")
            enter_list(tx, office, entering, None, BEGIN)
