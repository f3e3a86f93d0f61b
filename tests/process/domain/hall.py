"""A tenant whose cases wait at a step that is handled in batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from town import TENANT_TOML, FlatSources, Town, build_town, tenant_of

from engine.batches.acts import BATCH_DOERS, BatchAct, act_on_batch, create_batch
from engine.cases.lifecycle import start_case
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import batch_cases, batches, scopes, work_items
from engine.tenancy.model import TenantFile
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due
from webapp.bindings.registry import all_bindings

KIND = "spot-check"
PARAMETER = '[parameters."{0}"]\ntitle = "{0}"\nkind = "{1}"\nvalue = {2}\n'
NOTICE_PARAMETERS = "".join(
    PARAMETER.format(*entry)
    for entry in (
        ("notice.days", "integer", "5"),
        ("notice.count_first_day", "bool", "true"),
        ("notice.objection", "list", '["real-name", "evidence", "contact"]'),
        ("objection.assist", "integer", "5"),
        ("objection.verify", "integer", "10"),
        ("list.kept", "bool", "true"),
    )
)
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class HallSources(FlatSources):
    """The gathering procedure, and the parameters of a draw."""

    procedure: str = "gathering"
    folder: Path = Path(__file__).parent / "data"
    ratio: int = 20
    minimum: int = 1

    def tenant(self, slug: str) -> TenantFile:
        text = TENANT_TOML.format(slug=slug, procedure=self.procedure, roles=ROLES)
        text += PARAMETER.format("spot_check.ratio", "percent", self.ratio)
        text += PARAMETER.format("spot_check.minimum", "integer", self.minimum)
        text += NOTICE_PARAMETERS
        return tenant_of(text)


ROLES = "".join(
    f'[[roles]]\ncode = "{code}"\nname = "{code}"\nname_en = "{code}"\ncapacity = "{capacity}"\n'
    for code, capacity in (
        ("applicant", "applicant"),
        ("department-a", "officer"),
        ("department-b", "officer"),
        ("leader", "leader"),
    )
)


@dataclass
class Hall:
    """The town with what batches need."""

    town: Town
    procedure: str = "gathering"
    kind: str = KIND

    def cases(self, count: int) -> list[UUID]:
        """New cases that wait to be gathered."""
        town = self.town
        begun = [
            start_case(town.db, town.world, town["applicant"], self.procedure, {})
            for _ in range(count)
        ]
        return [UUID(str(case["id"])) for case in begun]

    def item(self, case_id: UUID, element: str = "Gather") -> Any:
        """The latest item of a case at a step."""
        found = [row for row in self.town.all_items(case_id) if row.element == element]
        return found[-1]

    def gather(self, cases: Sequence[UUID], by: str = "officer") -> UUID:
        """A batch with these cases."""
        items = [self.item(case_id).id for case_id in cases]
        with self.tx() as tx:
            return create_batch(
                tx, self.town.world, self.town[by], self.kind, "第一批", items=items
            )

    def act(
        self,
        batch_id: UUID,
        *,
        by: str = "officer",
        common: Mapping[str, Any] | None = None,
        per_case: Mapping[UUID, Mapping[str, Any]] | None = None,
    ) -> None:
        """Agree to every case of a batch, or what is given."""
        act = BatchAct("complete", common or {"decision": "agree"}, per_case or {})
        with self.tx() as tx:
            act_on_batch(tx, self.town.world, self.town[by], batch_id, act)

    def work(self) -> int:
        """Do all that is due; returns how many rows were done."""
        doers = {**ENGINE_DOERS, **BATCH_DOERS}
        return run_due(self.town.db, self.town.world, doers, limit=500)

    def results(self, batch_id: UUID) -> dict[UUID, tuple[str, str]]:
        """Status and message by case."""
        with self.tx() as tx:
            rows = tx.all(
                select(batch_cases).where(
                    batch_cases.c.tenant_id == TENANT, batch_cases.c.batch_id == batch_id
                )
            )
        return {row.case_id: (row.status, row.message) for row in rows}

    def status(self, batch_id: UUID) -> str:
        """Where a batch stands."""
        with self.tx() as tx:
            row = tx.get(batches, batch_id)
        assert row is not None
        return str(row.status)

    def variables(self, case_id: UUID) -> dict[str, Any]:
        """The variables of a case."""
        with self.tx() as tx:
            row = tx.get(scopes, case_id)
        assert row is not None
        return dict(row.variables)

    def everything_known(self, case_id: UUID) -> str:
        """All variables of a case, in every scope, as text."""
        with self.tx() as tx:
            rows = tx.all(
                select(scopes.c.variables).where(
                    scopes.c.tenant_id == TENANT, scopes.c.case_id == case_id
                )
            )
        return str([row.variables for row in rows])

    def waits_at(self, case_id: UUID) -> list[str]:
        """The steps a case waits at."""
        with self.tx() as tx:
            rows = tx.all(
                select(work_items.c.element).where(
                    work_items.c.tenant_id == TENANT,
                    work_items.c.case_id == case_id,
                    work_items.c.status.in_(("offered", "claimed", "stuck")),
                )
            )
        return [row.element for row in rows]

    def tx(self) -> Any:
        """A unit of work of the tenant."""
        return self.town.db.tenant(self.town.tenant_id)


def build_tail(db: Database, clock: FrozenClock) -> Hall:
    """The end of the listing: notice, objections, list, announcement, with the real bindings."""
    shared = {
        "public-notice.bpmn": (ROOT / "processes/shared/public-notice.bpmn").read_bytes(),
        **{
            name: (ROOT / "forms/shared" / name).read_bytes()
            for name in ("objection-opinion.form", "objection-verification.form")
        },
    }
    sources = HallSources(procedure="tail", replaced=shared)
    return Hall(build_town(db, clock, sources, all_bindings()), "tail", "notice")


def build_hall(db: Database, clock: FrozenClock, **changed: Any) -> Hall:
    """The hall, open."""
    return Hall(build_town(db, clock, HallSources(**changed)))
