"""From trees to closures: loops, filters and tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from engine.feel.analysis import mentions
from engine.feel.build import Builder, Eval, comparing, is_index, is_null, makes
from engine.feel.compare import comparable, contains, same, within
from engine.feel.errors import FeelError
from engine.feel.limits import MAX_LIST, too_long_list
from engine.feel.nodes import (
    Bound,
    Chain,
    Filter,
    Inside,
    Literal,
    Loop,
    Name,
    Negation,
    Node,
    Tests,
)
from engine.feel.reader import SUBJECT
from engine.feel.run import Run
from engine.feel.values import Range, Value

Check = Callable[[Run, Value], bool | None]

PARTIAL = "partial"
ITEM = "item"


# --- filters ---------------------------------------------------------------------------------


@makes(Filter)
def _filter(builder: Builder, node: Filter) -> Eval:
    base, condition = builder.build(node.base), builder.build(node.condition)
    label, condition_label = builder.label(node.base), builder.label(node.condition)
    may_index = isinstance(node.condition, Literal | Negation | Chain | Name)

    def evaluate(run: Run) -> Value:
        run.step()
        value = base(run)
        if value is None:
            return run.absent(label)
        entries = value if type(value) is list else [value]
        if not entries:
            return None if may_index and _gives_number(run, condition) else []
        return select(run, entries)

    def select(run: Run, entries: list[Value]) -> Value:
        chosen: list[Value] = []
        outside = run.frame
        try:
            for entry in entries:
                run.step()
                run.frame = ({ITEM: entry}, outside)
                if type(entry) is dict:
                    run.frame = (entry, run.frame)
                answer = condition(run)
                if type(answer) is Decimal:
                    return _element(run, entries, answer, condition_label)
                if answer is True:
                    chosen.append(entry)
                elif answer is not False:
                    run.unfit(condition_label, answer, "boolean")
        finally:
            run.frame = outside
        return chosen

    return evaluate


def _gives_number(run: Run, condition: Eval) -> bool:
    """Whether the filter of an empty list is an index: then its result is null, else no entries."""
    try:
        return type(condition(run)) is Decimal
    except FeelError as error:
        if error.code == "feel_limit":
            raise
        return False


def _element(run: Run, entries: list[Value], index: Decimal, label: str) -> Value:
    """The entry at an index counted from 1, or from the end when negative; null when none is."""
    if not is_index(index):
        return run.unfit(label, index, "whole number")
    place = int(index)
    if 1 <= place <= len(entries):
        return entries[place - 1]
    return entries[place] if -len(entries) <= place < 0 else None


# --- loops -----------------------------------------------------------------------------------


def iterate(run: Run, value: Value, label: str) -> Iterable[Value] | None:
    """The values a loop runs through: entries of a list, whole numbers or days of an interval."""
    if type(value) is list:
        return value
    if type(value) is Range and is_index(value.start) and is_index(value.end):
        return map(Decimal, _steps(value, int))
    if type(value) is Range and type(value.start) is dt.date:
        return map(dt.date.fromordinal, _steps(value, dt.date.toordinal))
    run.unfit(label, value, "list")
    return None if value is None or type(value) is Range else [value]


def _steps(interval: Range, number: Callable[..., int]) -> Iterator[int]:
    start, end = number(interval.start), number(interval.end)
    way = 1 if start <= end else -1
    first = start if interval.start_included else start + way
    last = end if interval.end_included else end - way
    return iter(range(first, last + way, way))


@makes(Loop)
def _loop(builder: Builder, node: Loop) -> Eval:
    sources = [
        (name, builder.build(source), builder.label(source)) for name, source in node.iterators
    ]
    body, label = builder.build(node.body), builder.label(node.body)
    if node.kind == "for":
        return _for(sources, body, mentions(node.body, PARTIAL))
    return _quantified(sources, body, label, decisive=node.kind == "some")


Sources = list[tuple[str, Eval, str]]


def _rounds(run: Run, sources: Sources, names: dict[str, Value], index: int) -> Iterator[bool]:
    """Binds the names to every combination in turn; yields False when a source is null."""
    if index == len(sources):
        yield True
        return
    name, source, label = sources[index]
    values = iterate(run, source(run), label)
    if values is None:
        yield False
        return
    for value in values:
        run.step(2)
        names[name] = value
        yield from _rounds(run, sources, names, index + 1)


def _for(sources: Sources, body: Eval, uses_partial: bool) -> Eval:
    def evaluate(run: Run) -> Value:
        run.step(4)
        outside, names = run.frame, dict[str, Value]()
        results: list[Value] = []
        run.frame = (names, outside)
        try:
            for bound in _rounds(run, sources, names, 0):
                if not bound:
                    return None
                if uses_partial:
                    run.step(len(results))
                    names[PARTIAL] = results.copy()
                results.append(body(run))
                if len(results) > MAX_LIST:
                    raise too_long_list()
        finally:
            run.frame = outside
        return results

    return evaluate


def _quantified(sources: Sources, body: Eval, label: str, *, decisive: bool) -> Eval:
    def evaluate(run: Run) -> Value:
        run.step(4)
        outside, names = run.frame, dict[str, Value]()
        result: bool | None = not decisive
        run.frame = (names, outside)
        try:
            for bound in _rounds(run, sources, names, 0):
                answer = body(run) if bound else None
                if answer is decisive:
                    return decisive
                if type(answer) is not bool:
                    if bound:
                        run.unfit(label, answer, "boolean")
                    result = None
        finally:
            run.frame = outside
        return result

    return evaluate


# --- tests -----------------------------------------------------------------------------------


@makes(Inside)
def _inside(builder: Builder, node: Inside) -> Eval:
    subject = builder.build(node.subject)
    check = build_tests(builder, node.tests, builder.label(node.subject))

    def evaluate(run: Run) -> Value:
        run.step()
        return check(run, subject(run))

    return evaluate


def build_tests(builder: Builder, node: Tests, label: str, *, cell: bool = False) -> Check:
    """What tells whether a value with this label passes the tests.

    In a decision table's ``cell`` a test may also be a condition on other things than the value.
    """
    checks = [_check(builder, test, label, cell) for test in node.tests]
    asks_for_null = any(is_null(test) for test in node.tests)
    negated, anything = node.negated, not node.tests

    def evaluate(run: Run, value: Value) -> bool | None:
        if anything:
            return True
        if value is None and asks_for_null:
            return not negated
        result: bool | None = False
        for check in checks:
            run.step()
            answer = check(run, value)
            if answer:
                return not negated
            if answer is None:
                result = None
        return result if result is None else result != negated

    return evaluate


def _check(builder: Builder, node: Node, label: str, cell: bool) -> Check:
    if isinstance(node, Bound):
        return _bound_check(builder, node, label)
    if is_null(node):
        return lambda run, value: value is None
    expression, test_label = builder.build(node), builder.label(node)
    if mentions(node, SUBJECT):
        return _condition_check(expression, test_label)

    def check(run: Run, value: Value) -> bool | None:
        wanted = expression(run)
        if type(wanted) is Range and value is not None:
            answer = within(value, wanted)
            return run.mixed(label, value, test_label, wanted.start) if answer is None else answer
        if type(wanted) is list:
            return _in_list(run, wanted, value, label)
        if cell and type(wanted) is bool and type(value) is not bool:
            return wanted
        if comparable(value, wanted) and value is not None:
            return same(run, value, wanted)
        return run.mixed(label, value, test_label, wanted)

    return check


def _in_list(run: Run, entries: list[Value], value: Value, label: str) -> bool:
    """Whether a list holds a value or is that value."""
    if contains(run, entries, value) or (type(value) is list and same(run, entries, value)):
        return True
    if value is None:
        run.absent(label)
    return False


def _bound_check(builder: Builder, node: Bound, label: str) -> Check:
    operand = builder.build(node.operand)
    compare = comparing(node.operator, label, builder.label(node.operand))
    if is_null(node.operand) and node.operator in ("=", "!="):
        wanted = node.operator == "="
        return lambda run, value: (value is None) == wanted
    return lambda run, value: compare(run, value, operand(run))


def _condition_check(expression: Eval, label: str) -> Check:
    """A test that speaks of ``?`` itself and so is true or false."""

    def check(run: Run, value: Value) -> bool | None:
        outside = run.frame
        run.frame = ({SUBJECT: value}, outside)
        try:
            answer = expression(run)
        finally:
            run.frame = outside
        return answer if type(answer) is bool else run.unfit(label, answer, "boolean")

    return check
