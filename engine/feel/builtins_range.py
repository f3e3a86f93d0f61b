"""Built-in functions on points and intervals, by the formulas of DMN 1.3, table 78."""

from __future__ import annotations

from engine.feel.compare import ORDERED, holds, same, within
from engine.feel.run import BadValue, Run
from engine.feel.signatures import builtin
from engine.feel.values import Range, Value


def _holds(sign: str, a: Value, b: Value) -> bool:
    """Whether a < b and so on; the ends of two intervals must be comparable."""
    if type(a) not in ORDERED or type(b) not in ORDERED:
        raise BadValue("区间的端点缺失", "an end of the interval is missing")
    answer = holds(sign, a, b)
    if answer is None:
        raise BadValue("两者不能比较大小", "the two cannot be put in order")
    return answer


def _equal(a: Value, b: Value) -> bool:
    return _holds("<=", a, b) and _holds(">=", a, b)


def _inside(point: Value, interval: Range) -> bool:
    answer = within(point, interval)
    if answer is None:
        raise BadValue("两者不能比较大小", "the two cannot be put in order")
    return answer


def _before(a: Range, b: Range) -> bool:
    touching = not a.end_included or not b.start_included
    return _holds("<", a.end, b.start) or (touching and _equal(a.end, b.start))


def _starts_no_earlier(a: Range, b: Range) -> bool:
    """Whether all of ``a`` lies right of the start of ``b``."""
    return _holds(">", a.start, b.start) or (
        _equal(a.start, b.start) and (b.start_included or not a.start_included)
    )


def _ends_no_later(a: Range, b: Range) -> bool:
    return _holds("<", a.end, b.end) or (
        _equal(a.end, b.end) and (b.end_included or not a.end_included)
    )


def _same_start(a: Range, b: Range) -> bool:
    return a.start_included == b.start_included and _equal(a.start, b.start)


def _same_end(a: Range, b: Range) -> bool:
    return a.end_included == b.end_included and _equal(a.end, b.end)


@builtin("before", "point1: point", "point2: point", cost=14)
def point_before(_: Run, a: Value, b: Value) -> Value:
    return _holds("<", a, b)


@builtin("before", "point: point", "range: range", cost=14)
def point_before_range(_: Run, a: Value, b: Range) -> Value:
    return _holds("<", a, b.start) or (not b.start_included and _equal(a, b.start))


@builtin("before", "range: range", "point: point", cost=14)
def range_before_point(_: Run, a: Range, b: Value) -> Value:
    return _holds("<", a.end, b) or (not a.end_included and _equal(a.end, b))


@builtin("before", "range1: range", "range2: range", cost=14)
def range_before(_: Run, a: Range, b: Range) -> Value:
    return _before(a, b)


@builtin("after", "point1: point", "point2: point", cost=14)
def point_after(_: Run, a: Value, b: Value) -> Value:
    return _holds(">", a, b)


@builtin("after", "point: point", "range: range", cost=14)
def point_after_range(run: Run, a: Value, b: Range) -> Value:
    return range_before_point(run, b, a)


@builtin("after", "range: range", "point: point", cost=14)
def range_after_point(run: Run, a: Range, b: Value) -> Value:
    return point_before_range(run, b, a)


@builtin("after", "range1: range", "range2: range", cost=14)
def range_after(_: Run, a: Range, b: Range) -> Value:
    return _before(b, a)


@builtin("meets", "range1: range", "range2: range", cost=14)
def meets(_: Run, a: Range, b: Range) -> Value:
    return a.end_included and b.start_included and _equal(a.end, b.start)


@builtin("met by", "range1: range", "range2: range", cost=14)
def met_by(run: Run, a: Range, b: Range) -> Value:
    return meets(run, b, a)


@builtin("overlaps", "range1: range", "range2: range", cost=14)
def overlaps(_: Run, a: Range, b: Range) -> Value:
    return not _before(a, b) and not _before(b, a)


@builtin("overlaps before", "range1: range", "range2: range", cost=14)
def overlaps_before(run: Run, a: Range, b: Range) -> Value:
    """Whether ``a`` begins first and reaches into ``b`` without going past its end."""
    return bool(overlaps(run, a, b)) and not _starts_no_earlier(a, b) and _ends_no_later(a, b)


@builtin("overlaps after", "range1: range", "range2: range", cost=14)
def overlaps_after(run: Run, a: Range, b: Range) -> Value:
    """Whether ``a`` begins inside ``b`` and goes past its end."""
    return bool(overlaps(run, a, b)) and _starts_no_earlier(a, b) and not _ends_no_later(a, b)


@builtin("finishes", "point: point", "range: range", cost=14)
def point_finishes(_: Run, a: Value, b: Range) -> Value:
    return b.end_included and _equal(a, b.end)


@builtin("finishes", "range1: range", "range2: range", cost=14)
def finishes(_: Run, a: Range, b: Range) -> Value:
    return _same_end(a, b) and _starts_no_earlier(a, b)


@builtin("finished by", "range: range", "point: point", cost=14)
def finished_by_point(run: Run, a: Range, b: Value) -> Value:
    return point_finishes(run, b, a)


@builtin("finished by", "range1: range", "range2: range", cost=14)
def finished_by(run: Run, a: Range, b: Range) -> Value:
    return finishes(run, b, a)


@builtin("includes", "range: range", "point: point", cost=14)
def includes_point(_: Run, a: Range, b: Value) -> Value:
    return _inside(b, a)


@builtin("includes", "range1: range", "range2: range", cost=14)
def includes(_: Run, a: Range, b: Range) -> Value:
    return _starts_no_earlier(b, a) and _ends_no_later(b, a)


@builtin("during", "point: point", "range: range", cost=14)
def point_during(_: Run, a: Value, b: Range) -> Value:
    return _inside(a, b)


@builtin("during", "range1: range", "range2: range", cost=14)
def during(run: Run, a: Range, b: Range) -> Value:
    return includes(run, b, a)


@builtin("starts", "point: point", "range: range", cost=14)
def point_starts(_: Run, a: Value, b: Range) -> Value:
    return b.start_included and _equal(a, b.start)


@builtin("starts", "range1: range", "range2: range", cost=14)
def starts(_: Run, a: Range, b: Range) -> Value:
    return _same_start(a, b) and _ends_no_later(a, b)


@builtin("started by", "range: range", "point: point", cost=14)
def started_by_point(run: Run, a: Range, b: Value) -> Value:
    return point_starts(run, b, a)


@builtin("started by", "range1: range", "range2: range", cost=14)
def started_by(run: Run, a: Range, b: Range) -> Value:
    return starts(run, b, a)


@builtin("coincides", "point1: point", "point2: point", cost=14)
def points_coincide(run: Run, a: Value, b: Value) -> Value:
    return same(run, a, b)


@builtin("coincides", "range1: range", "range2: range", cost=14)
def coincides(_: Run, a: Range, b: Range) -> Value:
    return _same_start(a, b) and _same_end(a, b)
