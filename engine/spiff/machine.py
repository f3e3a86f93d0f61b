"""The token machine of one case: start, advance, complete, fire, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import GATEWAYS, Event, EventKind, Node
from engine.errors import Conflict
from engine.spiff import codec
from engine.spiff.build import Program
from engine.spiff.conditions import Conditions
from engine.spiff.event_sub import ArmedStart
from engine.spiff.host import BudgetExceeded, Host, Token
from engine.spiff.jump import Jump, drop_instance, jump, put_back
from engine.spiff.specs import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    HumanTask,
    ServiceTask,
    Spec,
    ThrowEvent,
)
from engine.spiff.standing import Level, place_standing, read_standing
from engine.spiff.workflow import CaseWorkflow

STEP_BUDGET = 2_000
_THROWN = (EventKind.ERROR, EventKind.ESCALATION)
_STOPPABLE = (ServiceTask, EndEvent, ThrowEvent)


@dataclass(frozen=True)
class Waiting:
    """An open place: a person, an event or a stopped service task has to act.

    ``kind`` is "person", "event" or "service"; ``event`` is set for events. ``armed`` marks the
    start of an event sub-process: nobody's way leads to it, it may happen or not.
    """

    token: Token
    kind: str
    event: Event | None = None
    interrupting: bool = True
    attached_to: UUID | None = None
    armed: bool = False


@dataclass(frozen=True)
class Passed:
    """A node that a token left during a command, and the flows it left by."""

    node: str
    flows: tuple[str, ...]
    process: str


class Machine:
    """Moves the tokens of one case; lives for one command."""

    def __init__(
        self, case: CaseWorkflow, *, has_conditions: bool = False, budget: int = STEP_BUDGET
    ) -> None:
        self._case = case
        self._conditions = Conditions(case) if has_conditions else None
        self._left = budget
        self.passed: list[Passed] = []

    @classmethod
    def start(cls, program: Program, host: Host, start_event: str | None = None) -> Machine:
        """A new case with one token at the start event; call :meth:`advance` next."""
        case = CaseWorkflow(program.main, program.levels, host)
        case.start_at = start_event
        case.begin()
        return cls(case, has_conditions=program.has_conditions)

    @classmethod
    def load(cls, program: Program, state: bytes, host: Host) -> Machine:
        """The machine as :meth:`dump` left it."""
        case = codec.load(state, program.process, program.levels, host)
        return cls(case, has_conditions=program.has_conditions)

    @classmethod
    def place(cls, program: Program, standing: Level, host: Host) -> Machine:
        """The machine with its tokens put where ``standing`` says; call :meth:`settle` next."""
        case = place_standing(program, standing, host)
        return cls(case, has_conditions=program.has_conditions)

    def standing(self) -> Level:
        """Where the tokens of a case that rests stand."""
        return read_standing(self._case)

    def settle(self) -> None:
        """Let joins take what they wait for no longer, then move tokens as :meth:`advance` does."""
        for level in self._case.levels():
            level.update_waiting_tasks()
        self.advance()

    def dump(self) -> bytes:
        """The state to store; :class:`~engine.spiff.codec.StateUnreadable` when too large."""
        return codec.dump(self._case)

    @property
    def completed(self) -> bool:
        """True once no token is left."""
        return bool(self._case.completed)

    def advance(self) -> None:
        """Move tokens until each waits for a person, an event or a retry."""
        while True:
            if self._conditions is not None and self._conditions.fire_next():
                continue
            task = self._next_ready()
            if task is not None:
                self._run(task)
            elif not self._case.finish_bodies():
                return

    def complete(self, token_id: UUID) -> Token:
        """Let the token leave its user task; Conflict when it is not there any more."""
        task = self._case.task(token_id)
        if task is None or task.state != TaskState.READY or not task.task_spec.manual:
            raise _gone(token_id)
        token = self._case.token(task)
        self._run(task)
        return token

    def fire(self, token_id: UUID) -> Token:
        """Let the event happen that the token waits for; Conflict when it no longer waits.

        Returns the token that goes on, at the node of the event.
        """
        task = self._case.task(token_id)
        if task is None or task.state != TaskState.WAITING:
            raise _gone(token_id)
        return replace(self._case.token(self._case.fire(task)), node=task.task_spec.node)

    def retry(self, token_id: UUID) -> Token:
        """Make a stopped service task ready again; Conflict when it is not stopped."""
        task = self._case.task(token_id)
        if task is None or not _is_stopped(task):
            raise _gone(token_id)
        task._set_state(TaskState.READY)
        return self._case.token(task)

    def jump(self, token_id: UUID, target: str) -> Jump:
        """Return from an open token to an earlier step; see :mod:`engine.spiff.jump`."""
        return jump(self._open(token_id), target)

    def put_back(self, token_id: UUID, target: str) -> None:
        """Let a person's step end and its token stand where it was once returned from."""
        task = self._open(token_id)
        token = self._case.token(task)
        put_back(task, target)
        self.passed.append(Passed(token.node.id, (), token.process))

    def drop_instance(self, token_id: UUID) -> None:
        """Withdraw one of several instances that nobody has acted on."""
        drop_instance(self._open(token_id))

    def around(self, token_id: UUID) -> list[Node]:
        """The activities an open token runs inside, innermost first."""
        return [task.task_spec.node for task in self._case.around(self._open(token_id))]

    def _open(self, token_id: UUID) -> Task:
        task = self._case.task(token_id)
        if task is None:
            raise _gone(token_id)
        return task

    def is_stopped(self, token_id: UUID) -> bool:
        """True for a service task or throw event that did not finish."""
        task = self._case.task(token_id)
        return task is not None and _is_stopped(task)

    def cancel(self) -> None:
        """Withdraw every token; the case is over."""
        self._case.cancel()

    def token(self, token_id: UUID) -> Token | None:
        """The token with this id while it is open."""
        task = self._case.task(token_id)
        return None if task is None else self._case.token(task)

    def tokens(self) -> list[Token]:
        """Every open token at a node of a diagram, bodies around others included."""
        return [
            self._case.token(task)
            for level in self._case.levels()
            for task in level.open_tasks()
            if task.task_spec.node is not None and task.state != TaskState.FUTURE
        ]

    def waiting(self) -> list[Waiting]:
        """Every open place of the case: level by level as they began, in order of arrival."""
        found = []
        for level in reversed(self._case.levels()):
            for task in level.open_tasks():
                place = self._place(task)
                if place is not None:
                    found.append(place)
        return found

    def stranded(self) -> list[Token]:
        """The tokens at joins when nothing can move any more: a deadlock of the diagram."""
        if self.completed or not all(_helps_nobody(place) for place in self.waiting()):
            return []
        return [token for token in self.tokens() if token.node.kind in GATEWAYS]

    def _place(self, task: Task) -> Waiting | None:
        spec = task.task_spec
        if isinstance(spec, HumanTask) and task.state == TaskState.READY:
            return Waiting(self._case.token(task), "person")
        if isinstance(spec, CatchEvent) and task.state == TaskState.WAITING:
            return self._event_place(task, spec)
        if _is_stopped(task):
            return Waiting(self._case.token(task), "service")
        return None

    def _event_place(self, task: Task, spec: CatchEvent) -> Waiting:
        token = self._case.token(task)
        if isinstance(spec, ArmedStart):
            return Waiting(token, "event", spec.event, spec.interrupting, armed=True)
        if not isinstance(spec, BoundaryEvent):
            return Waiting(token, "event", spec.event)
        beside = task.parent.children
        host = next(c.id for c in beside if not isinstance(c.task_spec, BoundaryEvent))
        return Waiting(token, "event", spec.event, spec.interrupting, host)

    def _next_ready(self) -> Task | None:
        for level in self._case.levels():
            for task in level.open.values():
                if task._state == TaskState.READY and not task.task_spec.manual:
                    return task
        return None

    def _run(self, task: Task) -> None:
        self._left -= 1
        if self._left < 0:
            raise BudgetExceeded(
                "一次办理引发的自动步骤过多，请检查流程图中的循环",
                "one command caused too many automatic steps; look for a loop in the diagram",
                budget=STEP_BUDGET,
                element=task.task_spec.node.id if task.task_spec.node else "",
            )
        result = task.task_spec._run_hook(task)
        if task.has_state(TaskState.FINISHED_MASK):
            return
        if result is None:
            task._set_state(TaskState.STARTED)
            return
        task.task_spec.decide(task)
        self._note(task)
        task.complete()

    def _note(self, task: Task) -> None:
        spec: Spec = task.task_spec
        if spec.node is None or spec.loop is not None:
            return
        chosen = task.internal_data.pop("flows", None)
        flows = tuple(f for f in chosen if f) if chosen is not None else spec.node.outgoing
        self.passed.append(Passed(spec.node.id, flows, task.workflow.spec.name))


def _helps_nobody(place: Waiting) -> bool:
    """Whether tokens that wait for each other go on waiting, whatever happens to this place."""
    if not place.armed or place.event is None:
        return False
    return not place.interrupting or place.event.kind in _THROWN


def _is_stopped(task: Task) -> bool:
    return task.state == TaskState.STARTED and isinstance(task.task_spec, _STOPPABLE)


def _gone(token_id: UUID) -> Conflict:
    return Conflict(
        "该环节已经流转，请刷新后查看", "the case has moved on from this step", token=str(token_id)
    )
