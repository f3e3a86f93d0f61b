"""Tiny diagrams written as text, and the set of all traces the semantics allows.

Nodes are words ``name:kind``; a name alone is a user task. An event's reference stands behind
``/``, the activity of a boundary event behind ``@``, ``~`` marks one that does not interrupt, ``*``
a multi-instance activity (``*seq``, ``*quorum``) or a standard loop (``*until``, ``*while``), ``<``
the steps a task may return to; ``on`` is an event sub-process.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

from engine.bpmn.model import Body, Event, EventKind, Kind, Loop, Node, Process, Repeat, Zeebe
from engine.semantics.move import By
from engine.semantics.moves import Semantics
from engine.semantics.rest import rests
from tests.unit.spiff.drawing import body, node

STUCK, MORE = "!", "…"
_KINDS = {
    "": Kind.USER_TASK,
    "start": Kind.START,
    "end": Kind.END,
    "xor": Kind.EXCLUSIVE,
    "and": Kind.PARALLEL,
    "or": Kind.INCLUSIVE,
    "race": Kind.EVENT_BASED,
    "service": Kind.SERVICE_TASK,
    "script": Kind.SCRIPT_TASK,
    "send": Kind.SEND_TASK,
    "receive": Kind.RECEIVE_TASK,
    "task": Kind.TASK,
    "sub": Kind.SUB_PROCESS,
    "transaction": Kind.TRANSACTION,
    "on": Kind.SUB_PROCESS,
    "call": Kind.CALL_ACTIVITY,
    "catch": Kind.CATCH,
    "throw": Kind.THROW,
    "edge": Kind.BOUNDARY,
}
WORD = re.compile(
    r"(?P<name>\w+)(:(?P<kind>\w*))?(?P<loop>\*\w*)?(-(?P<event>\w+))?(/(?P<ref>\w*))?"
    r"(?P<stay>~)?(@(?P<at>\w+))?(<(?P<back>[\w,]+))?"
)


def level(words: str, flows: str, bodies: Mapping[str, Body] | None = None) -> Body:
    """One level; ``flows`` are chains such as ``s a x, x b e, x c if yes``."""
    nodes = [_node(word, bodies or {}) for word in words.split()]
    lines = []
    for chain in flows.split(","):
        steps, _, condition = chain.partition(" if ")
        names = steps.split()
        pairs = [f"{a} -> {b}" for a, b in itertools.pairwise(names)]
        pairs[-1] += f" if {condition.strip()}" if condition else ""
        lines += pairs
    return body(nodes, *lines)


def _node(word: str, bodies: Mapping[str, Body]) -> Node:
    found = WORD.fullmatch(word)
    assert found is not None, word
    parts = found.groupdict(default="")
    more: dict[str, Any] = {"attached_to": parts["at"], "interrupting": not parts["stay"]}
    if parts["event"]:
        more["event"] = Event(EventKind(parts["event"]), ref=parts["ref"])
    if parts["loop"] in {"*until", "*while"}:
        more["repeat"] = Repeat("=again", test_before=parts["loop"] == "*while")
    elif parts["loop"]:
        enough = "=enough" if parts["loop"] == "*quorum" else ""
        more["loop"] = Loop(parts["loop"] == "*seq", "=x", completion_condition=enough)
    if parts["back"]:
        more["zeebe"] = Zeebe(properties={"returnTo": parts["back"]})
    if parts["kind"] == "on":
        more["by_event"] = True
    if parts["kind"] == "call":
        more["zeebe"] = Zeebe(called_process=parts["ref"])
    return node(parts["name"], _KINDS[parts["kind"]], body=bodies.get(parts["name"]), **more)


def traces(main: Body, called: Mapping[str, Body] | None = None, most: int = 5) -> set[str]:
    """Every sequence of acts up to an end; ``!`` where nothing can move, ``…`` where it is cut.

    A return is written ``a>b``.
    """
    others = {name: Process(name, name, b) for name, b in (called or {}).items()}
    semantics = Semantics(Process("p", "p", main), others, most=2)
    found: set[str] = set()
    todo: list[tuple[Any, tuple[str, ...]]] = [(m, ()) for m in rests(semantics, semantics.start())]
    while todo:
        marking, way = todo.pop()
        acts = [m for m in semantics.moves(marking) if m.by is not By.ENGINE]
        if not acts or len(way) == most:
            end = () if semantics.is_final(marking) else (MORE,) if acts else (STUCK,)
            found.add(" ".join((*way, *end)))
            continue
        for move in acts:
            name = f"{move.node}>{move.to}" if move.to else move.node
            after = rests(semantics, semantics.after(marking, move))
            todo += [(m, (*way, name)) for m in after]
    return found
