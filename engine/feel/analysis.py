"""What can be told from a tree without evaluating it: names, calls and size."""

from __future__ import annotations

from collections.abc import Iterator

from engine.feel.errors import syntax_error
from engine.feel.limits import MAX_HEIGHT
from engine.feel.nodes import Call, Context, Filter, Loop, Name, Node
from engine.feel.reader import SUBJECT


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes inside it."""
    pending = [node]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(part.parts())


def mentions(node: Node, name: str) -> bool:
    """Whether a name stands anywhere in a node."""
    return any(isinstance(part, Name) and part.name == name for part in walk(node))


def calls(node: Node) -> frozenset[str]:
    """The functions called anywhere in a node."""
    return frozenset(part.function for part in walk(node) if isinstance(part, Call))


def check_height(node: Node, text: str) -> None:
    """Refuse a tree so high that evaluating it would exhaust the stack."""
    pending = [(node, 1)]
    while pending:
        part, height = pending.pop()
        if height > MAX_HEIGHT:
            raise syntax_error(
                "表达式嵌套过深",
                "the expression is nested too deeply",
                text,
                part.start,
                code="feel_limit",
                limit="depth",
            )
        pending.extend((inner, height + 1) for inner in part.parts())


def free_names(node: Node) -> tuple[frozenset[str], frozenset[str]]:
    """The names an expression needs, and those in filters that may be properties of an entry."""
    needed: set[str] = set()
    possible: set[str] = set()
    _collect(node, frozenset({SUBJECT}), needed, possible)
    return frozenset(needed), frozenset(possible - needed)


def _collect(node: Node, bound: frozenset[str], needed: set[str], possible: set[str]) -> None:
    if isinstance(node, Name):
        if node.name not in bound:
            needed.add(node.name)
    elif isinstance(node, Filter):
        _collect(node.base, bound, needed, possible)
        _collect(node.condition, bound | {"item"}, possible, possible)
    elif isinstance(node, Loop):
        for name, source in node.iterators:
            _collect(source, bound, needed, possible)
            bound |= {name}
        own = {"partial"} if node.kind == "for" else set()
        _collect(node.body, bound | own, needed, possible)
    elif isinstance(node, Context):
        for key, entry in node.entries:
            _collect(entry, bound, needed, possible)
            bound |= {key}
    else:
        for part in node.parts():
            _collect(part, bound, needed, possible)
