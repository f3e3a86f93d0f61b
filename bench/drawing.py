"""Processes of the bench, drawn once and written in the dialect of each engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

REMINDER = "P3D"


@dataclass(frozen=True)
class Exit:
    """Where a flow begins: a node and, behind a gateway, the value that opens it."""

    source: str
    value: str = ""
    name: str = ""
    default: bool = False


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``value`` is what ``decision`` must be."""

    id: str
    source: str
    target: str
    value: str
    name: str


@dataclass(frozen=True)
class Node:
    """A node; ``count`` above 0 makes it a parallel multi-instance of that many."""

    id: str
    kind: str
    name: str
    role: str = ""
    count: int = 0
    called: str = ""
    attached_to: str = ""
    after: str = ""
    interrupting: bool = False
    default: str = ""
    body: Drawing | None = None


@dataclass
class Drawing:
    """One process, or the inside of a sub-process, drawn from its start to its ends."""

    id: str
    title: str
    prefix: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    called: list[Drawing] = field(default_factory=list)

    def start(self) -> Exit:
        """The start event."""
        return self._add(Node(f"{self.prefix}Begin", "startEvent", "开始"))

    def task(
        self, at: Exit | list[Exit], name: str, role: str, *, count: int = 0, remind: bool = True
    ) -> Exit:
        """A person's step; with a reminder after three days that does not interrupt it."""
        exit_ = self._add(Node(name, "userTask", f"办理{name}", role=role, count=count), at)
        if remind:
            self.timer(name, REMINDER)
        return exit_

    def timer(self, held: str, after: str) -> None:
        """A boundary timer with a script behind it; the step goes on."""
        self.nodes[f"{held}_Late"] = Node(
            f"{held}_Late", "boundaryEvent", "到期提醒", attached_to=held, after=after
        )
        script = self._add(Node(f"{held}_Note", "scriptTask", "记下提醒"), Exit(f"{held}_Late"))
        self._add(Node(f"{held}_Noted", "endEvent", "已提醒"), script)

    def choice(self, at: Exit, name: str, otherwise: str, **ways: str) -> list[Exit]:
        """An exclusive gateway on ``decision``: an exit per value, the default one last."""
        self._add(Node(name, "exclusiveGateway", "如何决定？", default="?"), at)
        exits = [Exit(name, value, label) for value, label in ways.items()]
        return [*exits, Exit(name, "", otherwise, default=True)]

    def split(self, at: Exit, name: str) -> Exit:
        """A parallel gateway that opens branches."""
        return self._add(Node(name, "parallelGateway", "分头办理"), at)

    def join(self, at: list[Exit], name: str) -> Exit:
        """A parallel gateway that waits for its branches."""
        return self._add(Node(name, "parallelGateway", "会齐"), at)

    def call(self, at: Exit, name: str, process: Drawing) -> Exit:
        """A call activity."""
        self.called.append(process)
        return self._add(Node(name, "callActivity", process.title, called=process.id), at)

    def inside(self, at: Exit, name: str, body: Drawing) -> Exit:
        """An embedded sub-process."""
        return self._add(Node(name, "subProcess", body.title, body=body), at)

    def end(self, at: Exit | list[Exit], name: str = "Done", title: str = "办结") -> None:
        """An end event."""
        self._add(Node(f"{self.prefix}{name}", "endEvent", title), at)

    def flow(self, at: Exit, target: str) -> None:
        """A flow to a node that is drawn already."""
        made = Flow(f"{at.source}_to_{target}", at.source, target, at.value, at.name)
        self.flows.append(made)
        if at.default:
            self.nodes[at.source] = replace(self.nodes[at.source], default=made.id)

    def walk(self) -> Iterator[Node]:
        """Every node, those inside sub-processes too."""
        for node in self.nodes.values():
            yield node
            if node.body is not None:
                yield from node.body.walk()

    def _add(self, node: Node, at: Exit | list[Exit] = ()) -> Exit:  # type: ignore[assignment]
        self.nodes[node.id] = node
        for exit_ in [at] if isinstance(at, Exit) else at:
            self.flow(exit_, node.id)
        return Exit(node.id)
