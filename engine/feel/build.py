"""From trees to closures: the parts of the language that hold no loop and call nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from engine.feel import arithmetic
from engine.feel.compare import ORDERED, comparable, holds, same, within
from engine.feel.nodes import (
    Between,
    Chain,
    Comparison,
    Context,
    If,
    InstanceOf,
    Interval,
    Listing,
    Literal,
    Logic,
    Name,
    Negation,
    Node,
    Path,
)
from engine.feel.run import BadValue, Missing, Run
from engine.feel.temporal import PROPERTIES
from engine.feel.type_names import is_instance
from engine.feel.values import CHINESE, Range, Value, kind_of

Eval = Callable[[Run], Value]
N = TypeVar("N", bound=Node)
M = TypeVar("M", bound=Node)


class Builder:
    """Turns nodes of one text into closures; knows the host's functions."""

    def __init__(self, text: str, functions: frozenset[str]) -> None:
        self.text = text
        self.functions = functions

    def build(self, node: Node) -> Eval:
        """The closure that evaluates a node."""
        return _MAKERS[type(node)](self, node)

    def label(self, node: Node) -> str:
        """How an error names a part of the expression."""
        text = " ".join(self.text[node.start : node.end].split())
        return text if len(text) <= 40 else f"{text[:39]}…"


Maker = Callable[[Builder, N], Eval]
_MAKERS: dict[type[Node], Callable[[Builder, Node], Eval]] = {}


def makes(kind: type[M]) -> Callable[[Maker[M]], Maker[M]]:
    """Registers how nodes of a kind become closures."""

    def register(maker: Maker[M]) -> Maker[M]:
        def build(builder: Builder, node: Node) -> Eval:
            assert isinstance(node, kind)
            return maker(builder, node)

        _MAKERS[kind] = build
        return maker

    return register


@makes(Literal)
def _literal(_: Builder, node: Literal) -> Eval:
    value = node.value
    return lambda run: value


@makes(Name)
def _name(_: Builder, node: Name) -> Eval:
    name = node.name

    def evaluate(run: Run) -> Value:
        run.step()
        try:
            return run.lookup(name)
        except Missing:
            run.step(4)
            return run.unknown(name)

    return evaluate


@makes(Path)
def _path(builder: Builder, node: Path) -> Eval:
    base, key, label = builder.build(node.base), node.key, builder.label(node.base)

    def read(run: Run, value: Value) -> Value:
        if type(value) is dict:
            return value.get(key)
        if value is None:
            return run.absent(label)
        run.step(3)
        prop = PROPERTIES.get(type(value), {}).get(key)
        if prop is not None:
            return prop(value)
        kind = kind_of(value)
        return run.wrong(
            "feel_type",
            f"“{label}”是{CHINESE[kind]}，没有“{key}”这一项",
            f"'{label}' is a {kind} and has no '{key}'",
            variable=label,
        )

    def evaluate(run: Run) -> Value:
        run.step()
        value = base(run)
        if type(value) is list:
            run.step(len(value))
            return [read(run, entry) for entry in value]
        return read(run, value)

    return evaluate


@makes(Negation)
def _negation(builder: Builder, node: Negation) -> Eval:
    if isinstance(node.operand, Literal) and type(node.operand.value) is Decimal:
        number = arithmetic.negate(node.operand.value)
        return lambda run: number
    operand, label = builder.build(node.operand), builder.label(node.operand)

    def evaluate(run: Run) -> Value:
        run.step(2)
        value = operand(run)
        result = arithmetic.negate(value)
        return run.unfit(label, value, "number") if result is NotImplemented else result

    return evaluate


@makes(Chain)
def _chain(builder: Builder, node: Chain) -> Eval:
    first, first_label = builder.build(node.first), builder.label(node.first)
    rest = [(sign, builder.build(operand), builder.label(operand)) for sign, operand in node.rest]

    def evaluate(run: Run) -> Value:
        value, label = first(run), first_label
        for sign, operand, operand_label in rest:
            other = operand(run)
            run.step(arithmetic.cost(sign, value, other))
            try:
                result = arithmetic.apply(sign, value, other)
            except BadValue as bad:
                place = f"{label} {sign} {operand_label}"
                return run.wrong(bad.code, f"“{place}”：{bad.zh}", f"'{place}': {bad}")
            if result is NotImplemented:
                return run.mixed(label, value, operand_label, other)
            value, label = result, f"… {sign} {operand_label}"
        return value

    return evaluate


@makes(Comparison)
def _comparison(builder: Builder, node: Comparison) -> Eval:
    left, right = builder.build(node.left), builder.build(node.right)
    compare = comparing(node.operator, builder.label(node.left), builder.label(node.right))
    if node.operator in ("=", "!=") and (is_null(node.left) or is_null(node.right)):
        wanted = node.operator == "="

        def asks_for_null(run: Run) -> Value:
            run.step()
            return (left(run) is None and right(run) is None) == wanted

        return asks_for_null

    def evaluate(run: Run) -> Value:
        run.step()
        return compare(run, left(run), right(run))

    return evaluate


def is_null(node: Node) -> bool:
    """Whether a node is written as ``null``: only then may a comparison meet a null."""
    return isinstance(node, Literal) and node.value is None


def comparing(sign: str, left: str, right: str) -> Callable[[Run, Value, Value], bool | None]:
    """The comparison behind a sign, for parts with these labels."""

    def equality(run: Run, a: Value, b: Value) -> bool | None:
        run.step(2 if type(a) is Decimal else 6)
        if a is None or b is None:
            run.mixed(left, a, right, b)
            return (a is b) == (sign == "=")
        if not comparable(a, b):
            return run.mixed(left, a, right, b)
        return same(run, a, b) == (sign == "=")

    def order(run: Run, a: Value, b: Value) -> bool | None:
        run.step(1 if type(a) is Decimal else 4)
        if type(a) is str:
            run.step(len(a) // 256)
        answer = holds(sign, a, b)
        return run.mixed(left, a, right, b) if answer is None else answer

    return equality if sign in ("=", "!=") else order


@makes(Between)
def _between(builder: Builder, node: Between) -> Eval:
    subject, low, high = map(builder.build, node.parts())
    labels = [builder.label(part) for part in node.parts()]

    def evaluate(run: Run) -> Value:
        run.step(9)
        value, bottom, top = subject(run), low(run), high(run)
        for label, end in zip(labels[1:], (bottom, top), strict=True):
            if type(end) not in ORDERED or not comparable(value, end):
                return run.mixed(labels[0], value, label, end)
        return within(value, Range(bottom, top, True, True))

    return evaluate


@makes(Interval)
def _interval(builder: Builder, node: Interval) -> Eval:
    low, high = builder.build(node.low), builder.build(node.high)
    low_label, high_label = builder.label(node.low), builder.label(node.high)
    low_included, high_included = node.low_included, node.high_included

    def evaluate(run: Run) -> Value:
        run.step(4)
        start, end = low(run), high(run)
        if type(start) not in ORDERED or not comparable(start, end):
            return run.mixed(low_label, start, high_label, end)
        return Range(start, end, low_included, high_included)

    return evaluate


@makes(Logic)
def _logic(builder: Builder, node: Logic) -> Eval:
    operands = [(builder.build(part), builder.label(part)) for part in node.operands]
    if node.operator == "not":
        return _not(*operands[0])
    decisive = node.operator == "or"

    def evaluate(run: Run) -> Value:
        result: bool | None = not decisive
        for operand, label in operands:
            run.step()
            value = operand(run)
            if value is decisive:
                return decisive
            if type(value) is not bool:
                run.unfit(label, value, "boolean")
                result = None
        return result

    return evaluate


def _not(operand: Eval, label: str) -> Eval:
    def evaluate(run: Run) -> Value:
        run.step()
        value = operand(run)
        return not value if type(value) is bool else run.unfit(label, value, "boolean")

    return evaluate


@makes(If)
def _if(builder: Builder, node: If) -> Eval:
    condition, then, otherwise = map(builder.build, node.parts())
    label = builder.label(node.condition)

    def evaluate(run: Run) -> Value:
        run.step()
        value = condition(run)
        if type(value) is not bool:
            run.unfit(label, value, "boolean")
        return then(run) if value is True else otherwise(run)

    return evaluate


@makes(Listing)
def _listing(builder: Builder, node: Listing) -> Eval:
    entries = [builder.build(entry) for entry in node.entries]

    def evaluate(run: Run) -> Value:
        run.step(1 + len(entries))
        return [entry(run) for entry in entries]

    return evaluate


@makes(Context)
def _context(builder: Builder, node: Context) -> Eval:
    entries = [(key, builder.build(entry)) for key, entry in node.entries]

    def evaluate(run: Run) -> Value:
        run.step(3 + len(entries))
        outside = run.frame
        result: dict[str, Value] = {}
        run.frame = (result, outside)
        try:
            for key, entry in entries:
                result[key] = entry(run)
        finally:
            run.frame = outside
        return result

    return evaluate


@makes(InstanceOf)
def _instance_of(builder: Builder, node: InstanceOf) -> Eval:
    subject, wanted = builder.build(node.subject), node.type

    def evaluate(run: Run) -> Value:
        run.step()
        return is_instance(run, subject(run), wanted)

    return evaluate


def is_index(value: Value) -> bool:
    """Whether a value is a whole number one can count to."""
    return type(value) is Decimal and abs(value) < 10**15 and value == value.to_integral_value()
