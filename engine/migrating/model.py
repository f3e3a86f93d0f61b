"""What is said of one case that is to run on another version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.bpmn.model import Body, Kind, Node, Process
from engine.spiff.standing import Level


class Verdict(StrEnum):
    """What a case would meet, the worst first."""

    REFUSED = "refused"
    NEEDS_MAPPING = "needs_mapping"
    STUCK = "stuck"
    SKIPS = "skips"
    DATA_MISSING = "data_missing"
    AS_IS = "as_is"


ORDER = tuple(Verdict)
BY_CHOICE = frozenset({Verdict.SKIPS, Verdict.DATA_MISSING})
"""What may be accepted by somebody who has read it; nothing else is ever moved."""


@dataclass(frozen=True)
class Reason:
    """One thing to say, about one element of the old drawing or the new one."""

    verdict: Verdict
    code: str
    element: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """The reason as it is kept and told."""
        return {
            "verdict": self.verdict.value,
            "code": self.code,
            "element": self.element,
            "message": self.zh,
            "message_en": self.en,
        }


@dataclass(frozen=True)
class Plan:
    """Where a case would stand, and all there is to say of it.

    ``standing`` is None when a token has no place; ``moves_on`` tells that a token would go on at
    once, because nothing holds it any more.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    standing: Level | None
    moves_on: bool = False

    def is_allowed(self, accepted: Iterable[str]) -> bool:
        """Whether the case may be moved, given what somebody accepts."""
        chosen = BY_CHOICE.intersection(Verdict(verdict) for verdict in accepted)
        found = {reason.verdict for reason in self.reasons}
        return self.standing is not None and found <= chosen


def worst(reasons: Iterable[Reason]) -> Verdict:
    """The verdict that reasons come to."""
    found = {reason.verdict for reason in reasons}
    return next((verdict for verdict in ORDER if verdict in found), Verdict.AS_IS)


@dataclass(frozen=True)
class Drawing:
    """A procedure with all it calls, as a case runs it."""

    main: str
    processes: Mapping[str, Process]

    def level(self, name: str) -> Body | None:
        """A level by its name: a process, or the body of an activity below one."""
        process, *way = name.split("/")
        found = self.processes.get(process)
        body = None if found is None else found.body
        for step in way:
            node = None if body is None else body.nodes.get(step)
            body = None if node is None else node.body
        return body

    def node(self, element: str) -> Node | None:
        """The node with this id in any process, the main one first."""
        return next((n for n in self.nodes() if n.id == element), None)

    def nodes(self) -> Iterable[Node]:
        """Every node of every process, those of the main one first."""
        first = self.processes[self.main]
        others = (p for p in self.processes.values() if p is not first)
        for process in (first, *others):
            yield from process.body.walk()


def label(node: Node | None, element: str) -> str:
    """What a node is called."""
    return element if node is None else node.name or node.id


def below(level: str, node: Node) -> str:
    """The name of the level that runs inside an activity."""
    return node.zeebe.called_process if node.kind is Kind.CALL_ACTIVITY else f"{level}/{node.id}"
