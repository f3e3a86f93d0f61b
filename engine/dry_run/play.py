"""Playing a case on the stage: what a step of a scenario does, through the ordinary commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.model import EventKind, Kind, Node
from engine.cases.command import OPEN, Command, open_case
from engine.cases.incidents import retry_incident
from engine.cases.sync import close_command, close_item
from engine.dry_run.services import AnswerAwaited
from engine.dry_run.stage import Stage
from engine.errors import Conflict, Invalid, LuchengError
from engine.feel import from_json, to_json
from engine.history import GENESIS, Act, origin
from engine.ids import new_id
from engine.messaging.messages import publish_message, publish_signal
from engine.spiff.host import Token
from engine.spiff.machine import Machine, Waiting
from engine.store.control import dispatch
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, incidents, subscriptions, work_items
from engine.tenancy.durations import Duration, add_months
from engine.timing.dispatch import unschedule
from engine.timing.work import ENGINE_DOERS, run_due

MOST_FIRED = 200
_MOVING = ("timer", "signal", "retry")
"""What moves a case when its time comes; kept messages are looked at when a place opens."""


class StepFailed(Invalid):
    """A step of the scenario cannot be done as the case stands."""

    code = "step_failed"


class Play:
    """One case on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.case_id: UUID | None = None

    # --- beginning -----------------------------------------------------------------------------

    def begin(
        self,
        values: Mapping[str, Any],
        start: Node | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Start the case at its start event (the none one, unless another has happened)."""
        stage = self.stage
        with stage.db.tenant(stage.tenant_id) as tx:
            case_id = _insert_case(tx, stage)
            command = Command(tx, stage.world, tx.get(cases, case_id), None, stage.bundle)
            command.scopes.put_local(case_id, {k: from_json(v) for k, v in values.items()})
            if start is not None:
                token = Token(case_id, start, stage.bundle.procedure, ())
                command.take_payload(token, payload or {})
            at = None if start is None else start.id
            command.machine = Machine.start(stage.bundle.program, command, at)
            command.machine.advance()
            close_command(command, Act("case.started", content={"origin": origin(command.case)}))
        self.case_id = case_id
        self.settle()

    def begins_by(self, kind: EventKind, name: str) -> Node | None:
        """The start event of this kind and name, which a step may make happen."""
        starts = self.stage.bundle.process.body.starts()
        return next((n for n in starts if n.event.kind is kind and n.event.ref == name), None)

    # --- steps ---------------------------------------------------------------------------------

    def complete(self, task: str, values: Mapping[str, Any]) -> None:
        """Finish a task of a person, give a service its answer or a receive task its message."""
        with self._open() as tx:
            command = self._command(tx)
            place = _find(command, task)
            if place.kind == "event":
                command.fire(place.token.id, values)
                command.machine.advance()
                close_command(command, Act("message.received", place.token.node.id))
                return
            if place.kind == "person":
                self._finish_item(tx, command, place, values)
                return
            incident = _awaiting(tx, place.token.id)
            self.stage.services.answer(values)
            retry_incident(tx, self.stage.world, None, incident)

    def throw(self, code: str, task: str) -> None:
        """Let a waiting service throw an error."""
        with self._open() as tx:
            place = _find(self._command(tx), task)
            if place.kind != "service":
                raise StepFailed(
                    f"只有服务任务可以抛出错误，“{task}”不是", f"{task} is no service task"
                )
            incident = _awaiting(tx, place.token.id)
            self.stage.services.fail(code)
            retry_incident(tx, self.stage.world, None, incident)

    def message(self, name: str, correlation: str | None, values: Mapping[str, Any]) -> None:
        """Send a message; without a key it is for the place that waits for its name."""
        with self._open() as tx:
            key = correlation if correlation is not None else _awaited_key(tx, name)
            publish_message(tx, name, key, values, self.stage.clock.now())

    def signal(self, name: str) -> None:
        """Broadcast a signal."""
        with self._open() as tx:
            publish_signal(tx, name, new_id(), self.stage.clock.now())

    def put(self, values: Mapping[str, Any]) -> None:
        """Write variables of the case, as something outside the drawing would."""
        with self._open() as tx:
            command = self._command(tx)
            command.scopes.put((), {k: from_json(v) for k, v in values.items()})
            command.machine.advance()
            close_command(command, Act("variables.set"))

    def advance(self, by: Duration) -> None:
        """Move the clock; whatever becomes due on the way happens in its order."""
        clock = self.stage.clock
        until = later(clock.now(), by)
        for _ in range(MOST_FIRED):
            due = self._next_due(until)
            if due is None:
                clock.moment = until
                self.settle()
                return
            clock.moment = max(clock.now(), due)
            self.settle()
        raise StepFailed(
            f"这段时间里有超过 {MOST_FIRED} 个定时发生，已停在 {clock.now().isoformat()}",
            f"more than {MOST_FIRED} timers fire in this time",
        )

    def settle(self) -> None:
        """Do what is due now, and what that makes due, until nothing is."""
        for _ in range(MOST_FIRED):
            self._no_retries()
            if run_due(self.stage.db, self.stage.world, ENGINE_DOERS) == 0:
                return
        raise StepFailed("自动发生的事没有尽头", "what happens by itself does not end")

    # --- inside --------------------------------------------------------------------------------

    def _open(self) -> Any:
        if self.case_id is None:
            raise StepFailed("流程还没有开始", "the procedure has not begun")
        return self.stage.db.tenant(self.stage.tenant_id)

    def _command(self, tx: Unit) -> Command:
        assert self.case_id is not None
        return open_case(tx, self.stage.world, self.case_id, None)

    def _finish_item(
        self, tx: Unit, command: Command, place: Waiting, values: Mapping[str, Any]
    ) -> None:
        token = place.token
        item = command.parts.items[token.id]
        try:
            with tx.savepoint():
                command.finish_item(token.id, values)
                command.machine.advance()
                close_item(tx, item, "completed", command.now)
                close_command(command, Act("item.completed", token.node.id, item))
        except Conflict:
            raise
        except LuchengError as error:
            self._stick(tx, place, item, error)

    def _stick(self, tx: Unit, place: Waiting, item: UUID, error: Exception) -> None:
        """What a person did is kept and the step is stuck: an incident, as in earnest."""
        command = self._command(tx)
        tx.change(work_items, {"id": item}, status="stuck")
        command.raise_incident(place.token.node, error, token_id=place.token.id, item_id=item)
        close_command(command, Act("item.stuck", place.token.node.id, item))

    def _next_due(self, until: datetime) -> datetime | None:
        self._no_retries()
        with self.stage.db.control(read_only=True) as control:
            row = control.one(
                select(dispatch.c.due_at)
                .where(dispatch.c.kind.in_(_MOVING), dispatch.c.due_at <= until)
                .order_by(dispatch.c.due_at)
                .limit(1)
            )
        return None if row is None else row.due_at

    def _no_retries(self) -> None:
        """A service that waits for its answer is not asked again by the clock."""
        with self.stage.db.tenant(self.stage.tenant_id) as tx:
            unschedule(tx, "retry", [row.id for row in open_incidents(tx) if is_awaiting(row)])


def _insert_case(tx: Unit, stage: Stage) -> UUID:
    office = stage.world.offices.get(tx)
    return tx.insert(
        cases,
        number=new_id().hex,
        bundle_id=stage.bundle.id,
        procedure=stage.bundle.procedure,
        title=stage.bundle.title,
        status=OPEN,
        stage="",
        starter=stage.player,
        principal=f"person:{stage.player}",
        parameters={key: to_json(value) for key, value in office.parameters.items()},
        started_at=stage.clock.now(),
        rev=0,
        state=b"",
        history_seq=0,
        history_head=GENESIS,
    )


def is_task(place: Waiting) -> bool:
    """Whether an open place is a task: of a person, of a service, or one that receives."""
    return place.kind in ("person", "service") or place.token.node.kind is Kind.RECEIVE_TASK


def _find(command: Command, task: str) -> Waiting:
    """The open task with this id or name, the one that came first."""
    places = [p for p in command.machine.waiting() if is_task(p)]
    for label in (_id, _name):
        for place in places:
            if label(place) == task:
                return place
    here = "、".join(_name(p) or _id(p) for p in places) or "无"
    raise StepFailed(
        f"“{task}”现在不在办理中（办理中的有：{here}）", f"{task} is not active; active are: {here}"
    )


def _id(place: Waiting) -> str:
    return place.token.node.id


def _name(place: Waiting) -> str:
    return place.token.node.name


def open_incidents(tx: Unit) -> list[Any]:
    """Everything that is wrong with the case now, services that wait for an answer included."""
    query = select(incidents).where(
        incidents.c.tenant_id == TENANT, incidents.c.closed_at.is_(None)
    )
    return list(tx.all(query.order_by(incidents.c.opened_at, incidents.c.id)))


def is_awaiting(incident: Any) -> bool:
    """Whether an incident is only a service that waits for its answer."""
    return bool(incident.code == AnswerAwaited.code)


def _awaiting(tx: Unit, token_id: UUID) -> UUID:
    for row in open_incidents(tx):
        if row.token_id == token_id and is_awaiting(row):
            found: UUID = row.id
            return found
    raise StepFailed("该环节因异常停住，见异常说明", "the step is stopped by an incident")


def _awaited_key(tx: Unit, name: str) -> str:
    key = tx.scalar(
        select(subscriptions.c.correlation)
        .where(
            subscriptions.c.tenant_id == TENANT,
            subscriptions.c.kind == EventKind.MESSAGE.value,
            subscriptions.c.name == name,
        )
        .order_by(subscriptions.c.id)
        .limit(1)
    )
    return "" if key is None else str(key)


def later(moment: datetime, by: Duration) -> datetime:
    """The moment a period later: months by the calendar, the rest by the clock."""
    day = add_months(moment.date(), by.months)
    shifted = moment.replace(year=day.year, month=day.month, day=day.day)
    return shifted + timedelta(days=by.days, seconds=by.seconds)
