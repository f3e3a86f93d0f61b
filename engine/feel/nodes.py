"""What the parser makes of an expression: a tree of frozen nodes, each knowing its place."""

from __future__ import annotations

from dataclasses import dataclass

from engine.feel.values import Value


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression, standing in the text from ``start`` to ``end``."""

    start: int
    end: int

    def parts(self) -> tuple[Node, ...]:
        """The nodes directly inside this one."""
        return ()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Value


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    base: Node
    key: str

    def parts(self) -> tuple[Node, ...]:
        return (self.base,)


@dataclass(frozen=True, slots=True)
class Filter(Node):
    base: Node
    condition: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.base, self.condition)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``names`` is empty when the arguments are given by position."""

    function: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.arguments


@dataclass(frozen=True, slots=True)
class Negation(Node):
    operand: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Operators of one rank, from left to right: a + b - c."""

    first: Node
    rest: tuple[tuple[str, Node], ...]

    def parts(self) -> tuple[Node, ...]:
        return (self.first, *(operand for _, operand in self.rest))


@dataclass(frozen=True, slots=True)
class Logic(Node):
    operator: str
    operands: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Between(Node):
    subject: Node
    low: Node
    high: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.subject, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """A test that begins with an operator: < 5."""

    operator: str
    operand: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """Tests of which one must hold, or none when negated; no tests at all always hold."""

    tests: tuple[Node, ...]
    negated: bool = False

    def parts(self) -> tuple[Node, ...]:
        return self.tests


@dataclass(frozen=True, slots=True)
class Inside(Node):
    subject: Node
    tests: Tests

    def parts(self) -> tuple[Node, ...]:
        return (self.subject, self.tests)


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.condition, self.then, self.otherwise)


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """``for``, ``some`` or ``every``: names bound to the elements of their sources in turn."""

    kind: str
    iterators: tuple[tuple[str, Node], ...]
    body: Node

    def parts(self) -> tuple[Node, ...]:
        return (*(source for _, source in self.iterators), self.body)


@dataclass(frozen=True, slots=True)
class Listing(Node):
    entries: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.entries


@dataclass(frozen=True, slots=True)
class Context(Node):
    entries: tuple[tuple[str, Node], ...]

    def parts(self) -> tuple[Node, ...]:
        return tuple(entry for _, entry in self.entries)


@dataclass(frozen=True, slots=True)
class Interval(Node):
    low: Node
    high: Node
    low_included: bool
    high_included: bool

    def parts(self) -> tuple[Node, ...]:
        return (self.low, self.high)


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type after ``instance of``; ``entry`` is what a list holds, ``fields`` a context."""

    name: str
    entry: TypeName | None = None
    fields: tuple[tuple[str, TypeName], ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    subject: Node
    type: TypeName

    def parts(self) -> tuple[Node, ...]:
        return (self.subject,)
