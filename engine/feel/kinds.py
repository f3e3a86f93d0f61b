"""Which kinds of values an expression works with, told without evaluating it.

Only what is certain counts: a name of unknown kind goes with everything, and a name that may be
of several kinds is wrong only where none of them fits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from engine.feel import arithmetic
from engine.feel.analysis import check_height
from engine.feel.compare import ORDERED
from engine.feel.library import BUILTIN_NAMES
from engine.feel.nodes import (
    Between,
    Bound,
    Call,
    Chain,
    Comparison,
    Context,
    Filter,
    If,
    Inside,
    InstanceOf,
    Interval,
    Listing,
    Literal,
    Logic,
    Loop,
    Name,
    Negation,
    Node,
    Path,
)
from engine.feel.parser import Parser
from engine.feel.result_kinds import RESULTS
from engine.feel.run import BadValue
from engine.feel.signatures import BUILTINS
from engine.feel.temporal import PROPERTIES
from engine.feel.values import CHINESE, KINDS, Months, Value, kind_of

Kinds = frozenset[str] | None
"""The kinds a value may be of; None when nothing is known."""

BOOLEAN: Kinds = frozenset({"boolean"})
_ORDERED_KINDS = frozenset(kind for of_type, kind in KINDS.items() if of_type in ORDERED)
_HAS_PARTS = {KINDS[of_type] for of_type in PROPERTIES} | {"context", "list", "range", "null"}
_SAMPLES: Mapping[str, Value] = {
    kind_of(value): value
    for value in (
        Decimal(2),
        "a",
        dt.date(2020, 1, 1),
        dt.time(1),
        dt.datetime(2020, 1, 1),
        dt.timedelta(days=1),
        Months(2),
    )
}


@dataclass(frozen=True)
class Mistake:
    """Two parts that never go together, or one that is never what is needed."""

    zh: str
    en: str


def kinds_of(
    text: str, known: Mapping[str, Kinds], functions: Mapping[str, Kinds]
) -> tuple[Kinds, tuple[Mistake, ...]]:
    """The kinds of an expression's value and the mistakes in it; the text must compile."""
    parser = Parser(text, BUILTIN_NAMES | functions.keys())
    parser.accept("=")
    node = parser.whole_expression()
    check_height(node, text)
    judge = _Judge(text, functions)
    found = judge.of(node, known)
    return found, tuple(dict.fromkeys(judge.mistakes))


def shown(kinds: frozenset[str]) -> tuple[str, str]:
    """The kinds in Chinese and in English."""
    names = sorted(kinds)
    return "或".join(CHINESE.get(kind, kind) for kind in names), " or ".join(names)


class _Judge:
    """Goes through one tree; ``known`` are the kinds of the names around a node."""

    def __init__(self, text: str, functions: Mapping[str, Kinds]) -> None:
        self.text = text
        self.functions = functions
        self.mistakes: list[Mistake] = []

    def of(self, node: Node, known: Mapping[str, Kinds]) -> Kinds:
        match node:
            case Literal():
                return frozenset({kind_of(node.value)})
            case Name():
                return known.get(node.name)
            case Path():
                return self._path(node, known)
            case Comparison():
                return self._comparison(node, known)
            case Chain():
                return self._chain(node, known)
            case Call():
                return self._call(node, known)
            case Filter() | Loop():
                return self._repeated(node, known)
            case If():
                return self._if(node, known)
            case Context():
                return self._context(node, known)
        return self._plain(node, known)

    def _plain(self, node: Node, known: Mapping[str, Kinds]) -> Kinds:
        """Nodes whose own kind does not depend on their parts."""
        parts = [(part, self.of(part, known)) for part in node.parts()]
        match node:
            case Logic():
                for part, kinds in parts:
                    self._needs(part, kinds, frozenset({"boolean"}))
                return BOOLEAN
            case Negation():
                return parts[0][1]
            case Between():
                for part, kinds in parts[1:]:
                    self._together(parts[0], (part, kinds), _ORDERED_KINDS)
                return BOOLEAN
            case Interval():
                self._together(parts[0], parts[1], _ORDERED_KINDS)
                return frozenset({"range"})
            case Inside():
                self._inside(node, parts[0][1], known)
                return BOOLEAN
            case InstanceOf():
                return BOOLEAN
            case Listing():
                return frozenset({"list"})
        return None

    def _path(self, node: Path, known: Mapping[str, Kinds]) -> Kinds:
        kinds = self.of(node.base, known)
        if kinds is not None and not kinds & _HAS_PARTS:
            zh, en = shown(kinds)
            label = self._label(node.base)
            self._wrong(
                f"“{label}”是{zh}，没有“{node.key}”这一项",
                f"'{label}' is a {en} and has no '{node.key}'",
            )
        return known.get(_dotted(node))

    def _comparison(self, node: Comparison, known: Mapping[str, Kinds]) -> Kinds:
        left, right = ((part, self.of(part, known)) for part in node.parts())
        if any(isinstance(part, Literal) and part.value is None for part, _ in (left, right)):
            return BOOLEAN  # only null may be asked for of everything
        is_equality = node.operator in {"=", "!="}
        self._together(left, right, None if is_equality else _ORDERED_KINDS)
        return BOOLEAN

    def _inside(self, node: Inside, kinds: Kinds, known: Mapping[str, Kinds]) -> None:
        tests = node.tests.tests
        ends = (test.operand if isinstance(test, Bound) else test for test in tests)
        if any(isinstance(end, Literal) and end.value is None for end in ends):
            return  # null may be asked for of everything
        for test in tests:
            if isinstance(test, Bound):
                bound = self.of(test.operand, known)
                self._together((node.subject, kinds), (test.operand, bound), _ORDERED_KINDS)
            elif isinstance(test, Literal):
                self._together((node.subject, kinds), (test, self.of(test, known)), None)

    def _chain(self, node: Chain, known: Mapping[str, Kinds]) -> Kinds:
        part, kinds = node.first, self.of(node.first, known)
        for sign, operand in node.rest:
            other = self.of(operand, known)
            if kinds is None or other is None:
                kinds = None
                continue
            results = {_result(sign, a, b) for a in kinds for b in other} - {""}
            if not results:
                self._mixed(part, kinds, operand, other)
                return None
            part, kinds = operand, frozenset(results)
        return kinds

    def _call(self, node: Call, known: Mapping[str, Kinds]) -> Kinds:
        given = [(argument, self.of(argument, known)) for argument in node.arguments]
        if node.function in self.functions:
            return self.functions[node.function]
        fitting = [
            (overload, order)
            for overload in BUILTINS.get(node.function, ())
            if (order := overload.order(len(given), node.names)) is not None
        ]
        for index, (argument, kinds) in enumerate(given):
            wanted: set[str] = set()
            for overload, order in fitting:
                for place, which in enumerate(order):
                    types = overload.parameter(place).types
                    if which == index:
                        wanted |= {KINDS[t] for t in types or KINDS}
            if fitting and wanted:
                self._needs(argument, kinds, frozenset(wanted))
        return RESULTS.get(node.function)

    def _repeated(self, node: Filter | Loop, known: Mapping[str, Kinds]) -> Kinds:
        """Inside a filter or loop other names hold, of which nothing is known."""
        if isinstance(node, Filter):
            self.of(node.base, known)
            return None  # one entry or all of them
        inner = dict(known)
        for name, source in node.iterators:
            self.of(source, inner)
            inner[name] = None
        found = self.of(node.body, {**inner, "partial": None})
        if node.kind == "for":
            return frozenset({"list"})
        self._needs(node.body, found, frozenset({"boolean"}))
        return BOOLEAN

    def _if(self, node: If, known: Mapping[str, Kinds]) -> Kinds:
        self._needs(node.condition, self.of(node.condition, known), frozenset({"boolean"}))
        then, otherwise = self.of(node.then, known), self.of(node.otherwise, known)
        return None if then is None or otherwise is None else then | otherwise

    def _context(self, node: Context, known: Mapping[str, Kinds]) -> Kinds:
        inner = dict(known)
        for key, entry in node.entries:
            inner[key] = self.of(entry, inner)
        return frozenset({"context"})

    # what does not fit

    def _needs(self, part: Node, kinds: Kinds, wanted: frozenset[str]) -> None:
        if kinds is None or kinds & wanted or kinds == {"null"}:
            return
        zh, en = shown(kinds)
        needed_zh, needed_en = shown(wanted)
        label = self._label(part)
        self._wrong(
            f"“{label}”是{zh}，这里需要{needed_zh}",
            f"'{label}' is a {en} where a {needed_en} is needed",
        )

    def _together(self, left: tuple[Node, Kinds], right: tuple[Node, Kinds], among: Kinds) -> None:
        if left[1] is None or right[1] is None:
            return
        both = left[1] & right[1]
        if not both or (among is not None and not both & among):
            self._mixed(left[0], left[1], right[0], right[1])

    def _mixed(self, left: Node, a: frozenset[str], right: Node, b: frozenset[str]) -> None:
        (a_zh, a_en), (b_zh, b_en) = shown(a), shown(b)
        first, second = self._label(left), self._label(right)
        self._wrong(
            f"“{first}”是{a_zh}，“{second}”是{b_zh}，不能这样一起使用",
            f"'{first}' is a {a_en} and '{second}' is a {b_en}; they do not go together",
        )

    def _wrong(self, zh: str, en: str) -> None:
        self.mistakes.append(Mistake(zh, en))

    def _label(self, node: Node) -> str:
        text = " ".join(self.text[node.start : node.end].split())
        return text if len(text) <= 40 else f"{text[:39]}…"


def _dotted(node: Node) -> str:
    keys: list[str] = []
    while isinstance(node, Path):
        keys.append(node.key)
        node = node.base
    return ".".join([node.name, *reversed(keys)]) if isinstance(node, Name) else ""


@cache
def _result(sign: str, a: str, b: str) -> str:
    """The kind of what an operator makes of two kinds; "" when it does not take them."""
    if a not in _SAMPLES or b not in _SAMPLES:
        return ""
    try:
        result = arithmetic.apply(sign, _SAMPLES[a], _SAMPLES[b])
    except BadValue:
        return ""
    return "" if result is NotImplemented else kind_of(result)
