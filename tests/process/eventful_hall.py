"""A town with one drawing and one running case, and event sub-processes drawn in a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from drawn import el, flows, timer, user
from golden_cases import events, mapping
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.cases.lifecycle import start_case
from engine.definitions.binding import BindingContext, Bindings, BpmnError
from engine.messaging.messages import publish_message, publish_signal
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import subscriptions, timers, work_items
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due


class Hall:
    """A town with one drawing, one running case, and a service that throws an error."""

    def __init__(self, db: Database, clock: FrozenClock, drawn: FlatSources) -> None:
        bindings = Bindings()

        @bindings.register("test.refuse")
        def refuse(_context: BindingContext, _inputs: Mapping[str, Any]) -> None:
            raise BpmnError("NO")

        self.clock = clock
        self.town: Town = build_town(db, clock, drawn, bindings)
        town = self.town
        self.case = str(start_case(town.db, town.world, town["applicant"], "p", {})["id"])

    def steps(self) -> list[str]:
        """The open steps of everybody, sorted."""
        return sorted(row.element for row in self.rows(work_items) if row.closed_at is None)

    def rows(self, table: Any) -> list[Any]:
        with self.town.db.tenant(self.town.tenant_id, read_only=True) as tx:
            return list(tx.all(select(table).where(table.c.tenant_id == TENANT)))

    def waits(self) -> int:
        """How many timers and subscriptions the case has."""
        return len(self.rows(timers)) + len(self.rows(subscriptions))

    def message(self, name: str = "paid", key: str = "", **payload: Any) -> None:
        with self.town.db.tenant(self.town.tenant_id) as tx:
            publish_message(tx, name, key, payload, self.clock.now())
        self.pass_time(seconds=1)

    def signal(self, name: str = "放行") -> None:
        with self.town.db.tenant(self.town.tenant_id) as tx:
            publish_signal(tx, name, UUID(int=0), self.clock.now())
        self.pass_time(seconds=1)

    def pass_time(self, **amount: float) -> None:
        self.clock.advance(timedelta(**amount))
        while run_due(self.town.db, self.town.world, ENGINE_DOERS):
            pass

    @property
    def status(self) -> str:
        return str(self.town.case(self.case).status)


def on(sub_id: str, trigger: str, *more: str, keeps: bool = False, outputs: str = "") -> str:
    """An event sub-process with one step; ``keeps`` lets what is beside it go on."""
    kind, _, what = trigger.partition(" ")
    attributes = f'isInterrupting="{str(not keeps).lower()}"'
    start = events("startEvent", f"{sub_id}S", trigger, attributes)
    if kind == "when":
        start = el("startEvent", f"{sub_id}S", when(what), attributes=attributes)
    if kind == "timer":
        start = el("startEvent", f"{sub_id}S", timer(what), attributes=attributes)
    if outputs:
        extension = f"<bpmn:extensionElements>{mapping(outputs)}</bpmn:extensionElements>"
        start = start.replace("><bpmn:message", f">{extension}<bpmn:message", 1)
    step, end = f"{sub_id}T", f"{sub_id}E"
    body = start + user(step, "leader") + el("endEvent", end) + "".join(more)
    lines = flows(f"{sub_id}S -> {step}", f"{step} -> {end}").replace('id="f', f'id="{sub_id}f')
    return el("subProcess", sub_id, body + lines, attributes='triggeredByEvent="true"')


def when(condition: str) -> str:
    """A conditional definition."""
    escaped = condition.replace("<", "&lt;").replace('"', "&quot;")
    inner = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escaped}</bpmn:condition>'
    return f"<bpmn:conditionalEventDefinition>{inner}</bpmn:conditionalEventDefinition>"
