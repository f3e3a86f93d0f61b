"""What a diagram says, as frozen values: the one reading of BPMN that gate, engine and pages share.

Names are those of BPMN 2.0; everything a Camunda 8 (`zeebe:`) extension says stands in
:class:`Zeebe`. Expressions are kept as written: a leading ``=`` marks FEEL, else a literal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """The element types that this product knows; the value is the BPMN tag."""

    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SERVICE_TASK = "serviceTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    SCRIPT_TASK = "scriptTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    CALL_ACTIVITY = "callActivity"
    SUB_PROCESS = "subProcess"
    TRANSACTION = "transaction"
    AD_HOC = "adHocSubProcess"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_BASED = "eventBasedGateway"
    COMPLEX = "complexGateway"
    START = "startEvent"
    END = "endEvent"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    BOUNDARY = "boundaryEvent"


GATEWAYS = frozenset(
    {Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.EVENT_BASED, Kind.COMPLEX}
)
EVENTS = frozenset({Kind.START, Kind.END, Kind.CATCH, Kind.THROW, Kind.BOUNDARY})
BODIES = frozenset({Kind.SUB_PROCESS, Kind.TRANSACTION, Kind.AD_HOC})
ACTIVITIES = frozenset(Kind) - GATEWAYS - EVENTS


class EventKind(StrEnum):
    """What an event waits for or throws."""

    NONE = "none"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    CONDITIONAL = "conditional"
    LINK = "link"
    TERMINATE = "terminate"
    COMPENSATION = "compensation"
    CANCEL = "cancel"


class TimerKind(StrEnum):
    """Which of the three timer forms of BPMN is drawn."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True)
class Event:
    """An event definition with its references resolved.

    ``ref`` is the message or signal *name*, the error or escalation *code*, or the link name;
    empty text catches any error or escalation. ``expression`` is the timer or condition.
    """

    kind: EventKind = EventKind.NONE
    ref: str = ""
    expression: str = ""
    timer: TimerKind | None = None
    correlation_key: str = ""


@dataclass(frozen=True)
class IoMapping:
    """One line of a ``zeebe:ioMapping``: evaluate ``source``, store under ``target``."""

    source: str
    target: str


@dataclass(frozen=True)
class Zeebe:
    """All Camunda 8 extensions of one element; absent ones are empty."""

    form_id: str = ""
    assignee: str = ""
    candidate_groups: str = ""
    candidate_users: str = ""
    due_date: str = ""
    follow_up_date: str = ""
    priority: str = ""
    task_type: str = ""
    retries: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[IoMapping, ...] = ()
    outputs: tuple[IoMapping, ...] = ()
    script: str = ""
    result_variable: str = ""
    called_process: str = ""
    called_decision: str = ""
    propagate_parent: bool = True
    propagate_child: bool = True
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Loop:
    """A multi-instance marker: one instance per element of ``collection`` (FEEL, a list).

    With ``cardinality`` (a number or FEEL) instead there are so many, and no elements.
    """

    sequential: bool
    collection: str
    element: str = ""
    output_collection: str = ""
    output_element: str = ""
    completion_condition: str = ""
    cardinality: str = ""


@dataclass(frozen=True)
class Repeat:
    """A standard loop: again as long as ``condition`` holds, at most ``maximum`` times."""

    condition: str = ""
    test_before: bool = False
    maximum: str = ""


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``condition`` is empty when none is drawn.

    ``is_drawn`` is false for the way from a link throw to its catch, which no file draws.
    """

    id: str
    name: str
    source: str
    target: str
    condition: str = ""
    is_drawn: bool = True


@dataclass(frozen=True)
class Node:
    """A flow node of a process or sub-process."""

    id: str
    kind: Kind
    name: str = ""
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str = ""
    event: Event = field(default_factory=Event)
    attached_to: str = ""
    interrupting: bool = True
    by_event: bool = False
    loop: Loop | None = None
    repeat: Repeat | None = None
    body: Body | None = None
    zeebe: Zeebe = field(default_factory=Zeebe)
    documentation: str = ""
    lane: str = ""

    @property
    def runs_beside(self) -> bool:
        """Whether it is an event sub-process that interrupts nothing: it may run several times."""
        starts = self.body.starts() if self.by_event and self.body is not None else ()
        return any(not start.interrupting for start in starts)


@dataclass(frozen=True)
class Body:
    """The flow elements of a process or sub-process, by id, in document order."""

    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]

    def starts(self) -> tuple[Node, ...]:
        """The start events of this level (those of event sub-processes not included)."""
        return tuple(n for n in self.nodes.values() if n.kind is Kind.START)

    def boundaries(self, node_id: str) -> tuple[Node, ...]:
        """The boundary events attached to one activity, in document order."""
        return tuple(n for n in self.nodes.values() if n.attached_to == node_id)

    def walk(self) -> Iterator[Node]:
        """Every node of this level and, depth first, of the levels below."""
        for node in self.nodes.values():
            yield node
            if node.body is not None:
                yield from node.body.walk()


@dataclass(frozen=True)
class Lane:
    """A lane with its printed name; ``nodes`` are the ids drawn in it."""

    id: str
    name: str
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Process:
    """One process of a file: what is executed under ``id``."""

    id: str
    name: str
    body: Body
    executable: bool = True
    lanes: tuple[Lane, ...] = ()
    pool: str = ""
    version_tag: str = ""
    documentation: str = ""
    zeebe: Zeebe = field(default_factory=Zeebe)

    def node(self, node_id: str) -> Node | None:
        """The node with this id on any level, or None."""
        return self._nodes.get(node_id)

    @cached_property
    def _nodes(self) -> Mapping[str, Node]:
        return {node.id: node for node in reversed([*self.body.walk()])}

    @property
    def plain_start(self) -> Node | None:
        """The start event that a person or a caller begins at; None when only events begin it."""
        plain = (n for n in self.body.starts() if n.event.kind is EventKind.NONE)
        return next(plain, None)

    def calls(self) -> tuple[str, ...]:
        """The process ids this process calls, in document order, without repeats."""
        called = (n.zeebe.called_process for n in self.body.walk() if n.kind is Kind.CALL_ACTIVITY)
        return tuple(dict.fromkeys(c for c in called if c))


@dataclass(frozen=True)
class Diagram:
    """A read file: its processes, and the bytes and SHA-256 they were read from."""

    processes: tuple[Process, ...]
    source: bytes
    digest: str

    def process(self, process_id: str | None = None) -> Process:
        """The process with this id, or the only (first executable) one."""
        if process_id is not None:
            return next(p for p in self.processes if p.id == process_id)
        return next((p for p in self.processes if p.executable), self.processes[0])
