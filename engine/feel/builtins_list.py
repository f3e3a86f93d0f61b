"""Built-in functions on lists."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from decimal import Decimal

from engine.feel.builtins_text import whole
from engine.feel.compare import ORDERED, comparable, identity, same, sort_key
from engine.feel.limits import MAX_DEPTH, MAX_LIST, NUMBERS, too_deep, too_long_list
from engine.feel.run import BadValue, Run
from engine.feel.signatures import builtin
from engine.feel.values import Value


def numbers(entries: list[Value]) -> list[Decimal]:
    """The entries, all of which must be numbers."""
    kept = [entry for entry in entries if type(entry) is Decimal]
    if len(kept) != len(entries):
        raise BadValue("列表中只能是数字", "the list may hold numbers only")
    return kept


def ordered(run: Run, entries: list[Value]) -> list[Value]:
    """The entries sorted; all must be of one kind that has an order."""
    first = entries[0] if entries else None
    for entry in entries:
        if type(entry) not in ORDERED or not comparable(first, entry):
            raise BadValue("列表各项不能相互比较大小", "the entries cannot be put in order")
    run.step(len(entries) * max(1, int(math.log2(len(entries) or 1)) // 4))
    return sorted(entries, key=sort_key)  # type: ignore[arg-type]


def _sum(values: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = NUMBERS.add(total, value)
    return total


def _mean(values: list[Decimal]) -> Decimal:
    return NUMBERS.divide(_sum(values), Decimal(len(values)))


def _place(entries: list[Value], position: Decimal, *, extra: int = 0) -> int:
    """The index from 0 of a place counted from 1, or from the end when negative."""
    place = whole(position)
    if place == 0 or abs(place) > len(entries) + extra:
        raise BadValue("位置超出列表", "the position is outside the list")
    return place - 1 if place > 0 else len(entries) + place


@builtin("count", "list: list")
def count(_: Run, entries: list[Value]) -> Value:
    return Decimal(len(entries))


@builtin("is empty", "list: list")
def is_empty(_: Run, entries: list[Value]) -> Value:
    return not entries


@builtin("list contains", "list: list", "element: any")
def list_contains(run: Run, entries: list[Value], element: Value) -> Value:
    return any(same(run, entry, element) for entry in entries)


@builtin("min", "list: list")
def minimum(run: Run, entries: list[Value]) -> Value:
    return ordered(run, entries)[0] if entries else None


@builtin("max", "list: list")
def maximum(run: Run, entries: list[Value]) -> Value:
    return ordered(run, entries)[-1] if entries else None


@builtin("sum", "list: list")
def total(_: Run, entries: list[Value]) -> Value:
    return _sum(numbers(entries)) if entries else None


@builtin("product", "list: list")
def product(_: Run, entries: list[Value]) -> Value:
    result = Decimal(1)
    for value in numbers(entries):
        result = NUMBERS.multiply(result, value)
    return result if entries else None


@builtin("mean", "list: list")
def mean(_: Run, entries: list[Value]) -> Value:
    return _mean(numbers(entries)) if entries else None


@builtin("median", "list: list")
def median(run: Run, entries: list[Value]) -> Value:
    values = numbers(ordered(run, entries))
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else _mean(values[middle - 1 : middle + 1])


@builtin("stddev", "list: list", cost=20)
def stddev(run: Run, entries: list[Value]) -> Value:
    """The standard deviation of a sample; null for fewer than two numbers."""
    values = numbers(entries)
    if len(values) < 2:
        return None
    run.step(2 * len(values))
    middle = _mean(values)
    squares = [NUMBERS.multiply(d, d) for d in (NUMBERS.subtract(v, middle) for v in values)]
    return NUMBERS.sqrt(NUMBERS.divide(_sum(squares), Decimal(len(values) - 1)))


@builtin("mode", "list: list")
def mode(run: Run, entries: list[Value]) -> Value:
    """The numbers that occur most often, in ascending order."""
    values = numbers(entries)
    counts: dict[Hashable, int] = {}
    firsts: dict[Hashable, Value] = {}
    for value in values:
        key = identity(run, value)
        counts[key] = counts.get(key, 0) + 1
        firsts.setdefault(key, value)
    most = max(counts.values(), default=0)
    return ordered(run, [firsts[key] for key, times in counts.items() if times == most])


def _variadic(function: Callable[[Run, list[Value]], Value]) -> Callable[..., Value]:
    """The same function with its entries given as arguments."""
    return lambda run, *entries: function(run, list(entries))


builtin("min", "n: point*")(_variadic(minimum))
builtin("max", "n: point*")(_variadic(maximum))
for _name, _function in {
    "sum": total,
    "product": product,
    "mean": mean,
    "median": median,
    "stddev": stddev,
    "mode": mode,
}.items():
    builtin(_name, "n: number*")(_variadic(_function))


def _decide(run: Run, entries: list[Value], decisive: bool) -> bool | None:
    """Three-valued ``any`` (decisive true) or ``all`` (decisive false)."""
    if any(entry is decisive for entry in entries):
        return decisive
    if any(type(entry) is not bool for entry in entries):
        return run.wrong(
            "feel_type",
            "列表中只能是是/否值",
            "the list may hold true and false only",
        )
    return not decisive


@builtin("all", "list: list")
def every(run: Run, entries: list[Value]) -> Value:
    return _decide(run, entries, False)


@builtin("any", "list: list")
def some(run: Run, entries: list[Value]) -> Value:
    return _decide(run, entries, True)


@builtin("all", "b: boolean*")
def every_argument(run: Run, *entries: Value) -> Value:
    return _decide(run, list(entries), False)


@builtin("any", "b: boolean*")
def some_argument(run: Run, *entries: Value) -> Value:
    return _decide(run, list(entries), True)


@builtin("sublist", "list: list", "start position: number", "length: number?")
def sublist(_: Run, entries: list[Value], start: Decimal, length: Decimal | None = None) -> Value:
    first = _place(entries, start, extra=1)
    if length is None:
        return entries[first:]
    return entries[first : first + max(0, whole(length, "长度", "length"))]


@builtin("append", "list: list", "item: any*")
def append(_: Run, entries: list[Value], *items: Value) -> Value:
    return [*entries, *items]


@builtin("concatenate", "list: list*")
def concatenate(_: Run, *lists: list[Value]) -> Value:
    if sum(map(len, lists)) > MAX_LIST:
        raise too_long_list()
    return [entry for entries in lists for entry in entries]


@builtin("insert before", "list: list", "position: number", "newItem: any")
def insert_before(_: Run, entries: list[Value], position: Decimal, item: Value) -> Value:
    place = _place(entries, position, extra=1)
    return [*entries[:place], item, *entries[place:]]


@builtin("list replace", "list: list", "position: number", "newItem: any")
def list_replace(_: Run, entries: list[Value], position: Decimal, item: Value) -> Value:
    place = _place(entries, position)
    return [*entries[:place], item, *entries[place + 1 :]]


@builtin("remove", "list: list", "position: number")
def remove(_: Run, entries: list[Value], position: Decimal) -> Value:
    place = _place(entries, position)
    return [*entries[:place], *entries[place + 1 :]]


@builtin("reverse", "list: list")
def reverse(_: Run, entries: list[Value]) -> Value:
    return entries[::-1]


@builtin("index of", "list: list", "match: any")
def index_of(run: Run, entries: list[Value], match: Value) -> Value:
    """The places, counted from 1, where a value stands."""
    return [Decimal(place) for place, entry in enumerate(entries, 1) if same(run, entry, match)]


@builtin("union", "list: list*")
def union(run: Run, *lists: list[Value]) -> Value:
    return _firsts(run, [entry for entries in lists for entry in entries])


@builtin("distinct values", "list: list")
def distinct_values(run: Run, entries: list[Value]) -> Value:
    return _firsts(run, entries)


def _firsts(run: Run, entries: list[Value]) -> list[Value]:
    firsts: dict[Hashable, Value] = {}
    for entry in entries:
        firsts.setdefault(identity(run, entry), entry)
    return list(firsts.values())


@builtin("duplicate values", "list: list")
def duplicate_values(run: Run, entries: list[Value]) -> Value:
    """The values that stand in a list more than once."""
    places: dict[Hashable, list[Value]] = {}
    for entry in entries:
        places.setdefault(identity(run, entry), []).append(entry)
    return [found[0] for found in places.values() if len(found) > 1]


@builtin("flatten", "list: list")
def flatten(run: Run, entries: list[Value]) -> Value:
    """The entries of all lists within the list, at every depth."""
    result: list[Value] = []
    _flatten(run, entries, result, 0)
    return result


def _flatten(run: Run, entries: list[Value], result: list[Value], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise too_deep()
    run.step(1 + len(entries))
    for entry in entries:
        if type(entry) is list:
            _flatten(run, entry, result, depth + 1)
        else:
            result.append(entry)


@builtin("partition", "list: list", "size: number")
def partition(_: Run, entries: list[Value], size: Decimal) -> Value:
    """The list cut into lists of that size, the last one perhaps shorter."""
    width = whole(size, "大小", "size")
    if width < 1:
        raise BadValue("大小应至少为1", "the size is at least 1")
    return [entries[place : place + width] for place in range(0, len(entries), width)]


@builtin("sort", "list: list")
def sort(run: Run, entries: list[Value]) -> Value:
    """The list in ascending order; sorting by an own rule is not offered."""
    return ordered(run, entries)
