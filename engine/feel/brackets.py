"""The part of the grammar that is written in brackets: lists, contexts, intervals, tests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Final, NoReturn

from engine.feel.nodes import Bound, Context, Interval, Listing, Name, Node, Tests
from engine.feel.reader import SUBJECT, Reader
from engine.feel.tokens import STRING

OR, AND, COMPARISON, SUM, PRODUCT, POWER = range(1, 7)
"""How tightly operators bind."""

_BOUNDS: Final = ("<", "<=", ">", ">=", "=", "!=")


class Brackets(Reader, ABC):
    """Reads what stands in brackets; operators are the business of the parser above it."""

    range_end = False
    """Inside the upper end of an interval, where ``[`` closes it instead of filtering."""

    in_cell = False
    """Inside a decision table's cell, where ``?`` is the value tested."""

    @abstractmethod
    def expression(self) -> Node:
        """Any expression."""

    @abstractmethod
    def operation(self, lowest: int) -> Node:
        """Operands joined by operators of at least the given rank."""

    def nothing(self) -> NoReturn:
        """Refuse a place where a value should be."""
        self.fail("这里应当是值、名称或表达式", "expected a value, a name or an expression")

    def bracket(self) -> Node:
        """Parentheses, a list, an interval, a context or the subject of a test."""
        token = self.token
        if token.text == "{":
            return self.context()
        if token.text == SUBJECT:
            if not self.in_cell:
                self.fail(
                    "“?”只能用在决策表的单元格里", "'?' belongs into a cell of a decision table"
                )
            self.take()
            return Name(token.start, token.end, SUBJECT)
        if token.text not in ("(", "[", "]"):
            return self.nothing()
        self.take()
        if token.text == "[" and self.accept("]"):
            return Listing(token.start, self.last_end, ())
        first = self.expression()
        if self.at(".."):
            return self.interval(token.start, token.text, first)
        if token.text == "(":
            self.expect(")")
            return first
        if token.text == "]":
            self.expect("..")
        entries = [first]
        while self.accept(","):
            entries.append(self.expression())
        self.expect("]")
        return Listing(token.start, self.last_end, tuple(entries))

    def interval(self, start: int, opening: str, low: Node) -> Node:
        """The rest of an interval after its lower end."""
        self.expect("..")
        outside, self.range_end = self.range_end, True
        high = self.operation(SUM)
        self.range_end = outside
        closing = self.token
        if not self.at("]", ")", "["):
            self.fail("区间应当以“]”或“)”结束", "an interval ends with ']' or ')'")
        self.take()
        return Interval(start, self.last_end, low, high, opening == "[", closing.text == "]")

    def context(self) -> Node:
        """``{key: value, …}``."""
        start = self.expect("{").start
        entries: dict[str, Node] = {}
        while not self.at("}"):
            place = self.token
            key = self.take().text if place.kind == STRING else self.key()
            if key in entries:
                self.fail(f"键“{key[:40]}”重复", f"the key '{key[:40]}' is repeated", place)
            self.expect(":")
            entries[key] = self.expression()
            if not self.accept(","):
                break
        self.expect("}")
        return Context(start, self.last_end, tuple(entries.items()))

    def inside_tests(self) -> Tests:
        """What stands after ``in``: one test, or several in parentheses."""
        start = self.token.start
        if self.at("("):
            return self.bracketed_tests(negated=False)
        test = self.bound() if self.at(*_BOUNDS) else self.operation(SUM)
        return Tests(start, self.last_end, (test,))

    def bracketed_tests(self, *, negated: bool) -> Tests:
        """Tests in parentheses; after ``in`` these may also be those of an open interval."""
        start = self.expect("(").start
        tests = list(self.separated_tests())
        if len(tests) == 1 and not negated and self.at(".."):
            tests = [self.interval(start, "(", tests[0])]
        else:
            self.expect(")")
        return Tests(start, self.last_end, tuple(tests), negated)

    def separated_tests(self) -> Iterable[Node]:
        """Tests separated by commas."""
        yield self.test()
        while self.accept(","):
            yield self.test()

    def test(self) -> Node:
        """One test: an operator with its bound, or an expression."""
        return self.bound() if self.at(*_BOUNDS) else self.expression()

    def bound(self) -> Node:
        """``< 5`` and its like."""
        token = self.take()
        operand = self.operation(SUM)
        return Bound(token.start, self.last_end, token.text, operand)
