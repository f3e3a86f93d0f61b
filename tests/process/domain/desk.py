"""A tenant's desk for store tests: tenant, settings, people, cases and uploads, nothing running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from engine.actors import Actor, add_membership, load_actor
from engine.definitions.binding import BindingContext
from engine.history import GENESIS
from engine.ids import new_id
from engine.office import Office
from engine.store.control import assessor_bodies, enterprises, tenants
from engine.store.database import Database, Unit
from engine.store.tables import attachments, batch_cases, batches, bundles, cases
from engine.tenancy.calendar import WorkCalendar
from engine.timing.clock import FrozenClock

PARAMETERS: dict[str, Any] = {
    "list.kept": True,
    "spot_check.ratio": Decimal(20),
    "spot_check.minimum": Decimal(1),
}


@dataclass
class Desk:
    """One tenant in one database."""

    db: Database
    clock: FrozenClock
    tenant_id: UUID
    office: Office
    bundle_id: UUID
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000)))

    @contextmanager
    def tx(self) -> Iterator[Unit]:
        """A unit of work of the tenant."""
        with self.db.tenant(self.tenant_id) as unit:
            yield unit

    def case(self) -> UUID:
        """A case at rest."""
        with self.tx() as tx:
            return tx.insert(
                cases,
                number=f"办〔2026〕{next(self.numbers)}",
                bundle_id=self.bundle_id,
                procedure="listing",
                title="申报",
                status="open",
                stage="",
                starter=new_id(),
                principal="enterprise:x",
                parameters={},
                started_at=self.clock.now(),
                outcome="",
                rev=1,
                state=b"",
                history_seq=0,
                history_head=GENESIS,
            )

    def person(self, name: str, capacity: str = "officer", **more: Any) -> Actor:
        """Somebody who acts."""
        facts: dict[str, Any] = {
            "account_id": new_id(),
            "username": name,
            "name": name,
            "title": "",
            "capacity": capacity,
            "unit_code": None,
            "enterprise_id": None,
            "body_id": None,
            "roles": [],
            "active": True,
            "created_at": self.clock.now(),
        }
        with self.tx() as tx:
            actor = load_actor(tx, add_membership(tx, **{**facts, **more}))
        assert actor is not None
        return actor

    def upload(self, case_id: UUID | None = None) -> str:
        """A stored file."""
        with self.tx() as tx:
            row = tx.insert(
                attachments,
                case_id=case_id,
                name="证明.pdf",
                media_type="application/pdf",
                size=3,
                digest="0" * 64,
                uploaded_at=self.clock.now(),
            )
        return str(row)

    def batch(self, kind: str, *members: UUID, status: str = "done") -> UUID:
        """A batch that was acted on, with its cases."""
        with self.tx() as tx:
            batch_id = tx.insert(
                batches,
                kind=kind,
                number=f"2026-{next(self.numbers):04}",
                title="一批",
                status="done",
                created_by=new_id(),
                created_at=self.clock.now(),
            )
            for case_id in members:
                tx.insert(
                    batch_cases,
                    batch_id=batch_id,
                    case_id=case_id,
                    item_id=new_id(),
                    status=status,
                    message="",
                )
        return batch_id

    def enterprise(self, name: str, credit_code: str) -> UUID:
        """A mining enterprise."""
        row = new_id()
        with self.db.control() as control:
            control.insert(
                enterprises,
                id=row,
                name=name,
                credit_code=credit_code,
                created_at=self.clock.now(),
            )
        return row

    def body(self, name: str, credit_code: str, *, at_work: bool = True) -> UUID:
        """An assessor body, with somebody who assesses unless it has nobody here."""
        row = new_id()
        with self.db.control() as control:
            control.insert(
                assessor_bodies,
                id=row,
                name=name,
                credit_code=credit_code,
                kind="enterprise",
                created_at=self.clock.now(),
            )
        if at_work:
            self.person(f"评估员{credit_code}", "assessor", body_id=row)
        return row

    def context(self, case_id: UUID, **changed: Any) -> BindingContext:
        """What a binding is given for a case; a test needs to enter ``tx`` itself."""
        facts: dict[str, Any] = {
            "office": self.office,
            "now": self.clock.now(),
            "case_id": case_id,
            "case_number": "办〔2026〕1",
            "case_title": "申报",
            "principal": "enterprise:x",
            "element": "Task",
            "element_name": "环节",
            "headers": {},
            "properties": {},
            "actor": None,
            "resolve": lambda value: value,
            "file": lambda kind, ref: b"",
        }
        return BindingContext(**{**facts, **changed})

    @property
    def today(self) -> date:
        """The tenant's day."""
        return self.office.calendar.local_day(self.clock.now())


def build_desk(
    db: Database, clock: FrozenClock, *, kept_by: str = "desk", **parameters: Any
) -> Desk:
    """A tenant with a bundle for its cases to belong to; ``kept_by`` says who keeps a list."""
    tenant_id = new_id()
    with db.control() as control:
        control.insert(
            tenants,
            id=tenant_id,
            slug=f"t{tenant_id.hex[-8:]}",
            name="自治区",
            level="region",
            created_at=clock.now(),
        )
    office = Office(
        slug="desk",
        name="自治区自然资源厅",
        short="自治区",
        level="region",
        facts={},
        calendar=WorkCalendar({}, ZoneInfo("Asia/Shanghai")),
        parameters={**PARAMETERS, **parameters},
        parameter_facts={"list.kept": {"origin": kept_by}},
    )
    with db.tenant(tenant_id) as tx:
        bundle_id = tx.insert(
            bundles,
            procedure="listing",
            version=1,
            title="申报",
            digest="0" * 64,
            manifest=[],
            effective_from=clock.now(),
            published_at=clock.now(),
            reason="",
            verdict="sound",
        )
    return Desk(db, clock, tenant_id, office, bundle_id)
