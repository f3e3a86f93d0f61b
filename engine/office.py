"""The tenant as a running case sees it: parameters, calendar, procedures, units.

Built from rows that loading a tenant has written (design, section 4), so that every node of a
cluster works with the same facts. Cached by digest: a change in the rows is seen at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.errors import NotFound
from engine.feel import from_json
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import parameters, settings
from engine.tenancy.calendar import WorkCalendar
from engine.tenancy.model import OfficeHours
from engine.tenancy.stage import STAGE, Stage

_SETTINGS = select(settings.c.name, settings.c.value).where(settings.c.tenant_id == TENANT)
_DIGESTS = (
    select(settings.c.name, settings.c.digest)
    .where(settings.c.tenant_id == TENANT)
    .order_by(settings.c.name)
)
_PARAMETERS = select(parameters).where(parameters.c.tenant_id == TENANT)


@dataclass(frozen=True)
class Office:
    """One tenant's settings; immutable, shared by threads."""

    slug: str
    name: str
    short: str
    level: str
    facts: Mapping[str, Any]
    calendar: WorkCalendar
    parameters: Mapping[str, Any]
    parameter_facts: Mapping[str, Mapping[str, Any]]
    stage: Stage = Stage.LIVE
    practice_of: str = ""
    """The tenant that people practise for here; empty where they work in earnest."""

    def parameter(self, key: str) -> Any:
        """The value of a parameter as FEEL sees it; NotFound names the key."""
        if key not in self.parameters:
            raise NotFound(f"参数 {key} 不存在", f"there is no parameter {key}", key=key)
        return self.parameters[key]

    def is_read_at_step(self, key: str) -> bool:
        """True when running cases follow a changed value at once."""
        return bool(self.parameter_facts.get(key, {}).get("at_step"))

    def procedure(self, procedure_id: str) -> Mapping[str, Any]:
        """What the tenant says about a procedure it offers."""
        found: Mapping[str, Any]
        for found in self.facts.get("procedures", ()):
            if found["id"] == procedure_id:
                return found
        raise NotFound(
            f"本单位未开办事项 {procedure_id}", f"procedure {procedure_id} is not offered here"
        )

    def role_name(self, role: str) -> str:
        """The Chinese name of a role, or its code."""
        names = {r["code"]: r["name_zh"] for r in self.facts.get("roles", ())}
        return str(names.get(role, role))


class Offices:
    """The cache of all tenants' settings; one per process, nothing another could not rebuild."""

    def __init__(self) -> None:
        self._cache: dict[UUID, tuple[str, Office]] = {}

    def ask(self, tx: Unit) -> Answer:
        """Ask for the state of the settings together with something else, for :meth:`get`."""
        return tx.ask(_DIGESTS)

    def get(self, tx: Unit, asked: Answer | None = None) -> Office:
        """The settings of the unit's tenant; NotFound before the tenant was loaded."""
        key = "/".join(row.digest for row in (asked or self.ask(tx)).rows)
        cached = self._cache.get(tx.tenant_id)
        if cached is None or cached[0] != key:
            values = {row.name: row.value for row in tx.all(_SETTINGS)}
            if "tenant" not in values:
                raise NotFound("租户尚未装载", "the tenant has not been loaded")
            cached = (key, _build(tx, values))
            self._cache[tx.tenant_id] = cached
        return cached[1]


def _build(tx: Unit, values: Mapping[str, Any]) -> Office:
    facts = values["tenant"]
    rows, stage = tx.all(_PARAMETERS), values.get(STAGE, {})
    return Office(
        slug=facts["slug"],
        name=facts["name"],
        short=facts["short"],
        level=facts["level"],
        facts=facts,
        calendar=_calendar(values.get("calendar", {}), ZoneInfo(facts["zone"])),
        parameters={row.key: from_json(row.value) for row in rows},
        parameter_facts={row.key: {**row.facts, "origin": row.origin} for row in rows},
        stage=Stage(stage.get("stage", Stage.LIVE)),
        practice_of=stage.get("practice_of", ""),
    )


def _calendar(value: Mapping[str, Any], zone: ZoneInfo) -> WorkCalendar:
    hours = value.get("office_hours")
    return WorkCalendar(
        exceptions={date.fromisoformat(d): bool(w) for d, w in value.get("days", {}).items()},
        zone=zone,
        office_hours=OfficeHours(*map(time.fromisoformat, hours)) if hours else OfficeHours(),
        complete_years=frozenset(value.get("complete_years", ())),
    )


def local_date(office: Office, moment: datetime) -> date:
    """The tenant's calendar day of a moment."""
    return moment.astimezone(office.calendar.zone).date()
