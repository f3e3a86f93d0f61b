"""FEEL's grammar: tokens in, a tree out. Precedence climbing, no backtracking."""

from __future__ import annotations

import difflib
from typing import Final

from engine.feel.brackets import AND, COMPARISON, OR, POWER, PRODUCT, SUM, Brackets
from engine.feel.limits import MAX_DEPTH, MAX_ITERATORS, exact_number
from engine.feel.nodes import (
    Between,
    Call,
    Chain,
    Comparison,
    Filter,
    If,
    Inside,
    InstanceOf,
    Interval,
    Literal,
    Logic,
    Loop,
    Name,
    Negation,
    Node,
    Path,
    Tests,
)
from engine.feel.temporal import parse_at
from engine.feel.tokens import AT, END, KEYWORDS, NAME, NUMBER, OPERATOR, STRING
from engine.feel.type_names import read_type

_RANKS: Final = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "between", "in"), COMPARISON),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/"), PRODUCT),
    "**": POWER,
}
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


class Parser(Brackets):
    """Reads one expression or one set of unary tests."""

    def whole_expression(self) -> Node:
        """The tree of a text that is one expression."""
        node = self.expression()
        self.expect_end()
        return node

    def whole_tests(self) -> Tests:
        """The tree of a decision table's cell."""
        self.in_cell = True
        start = self.token.start
        if self.at("-") and self.peek(1).kind == END:
            self.take()
            tests = Tests(start, self.last_end, ())
        elif self.at("not") and self.peek(1).text == "(":
            self.take()
            tests = self.bracketed_tests(negated=True)
        else:
            tests = Tests(start, self.last_end, tuple(self.separated_tests()))
        self.expect_end()
        return tests

    def expect_end(self) -> None:
        """Refuse whatever follows."""
        if self.token.kind != END:
            self.fail("表达式到此应当结束", "the expression should end here")

    # --- operators -----------------------------------------------------------------------------

    def expression(self) -> Node:
        """Any expression, inside brackets of its own."""
        outside, self.range_end = self.range_end, False
        node = self.operation(OR)
        self.range_end = outside
        return node

    def operation(self, lowest: int) -> Node:
        """Operands joined by operators of at least the given rank."""
        self.descend()
        node = self.operand()
        while (rank := self.rank()) >= lowest:
            node = self.join(node, rank)
        self.depth -= 1
        return node

    def rank(self) -> int:
        """How tightly the operator that comes next binds; 0 when none comes."""
        token = self.token
        return _RANKS.get(token.text, 0) if token.kind in (NAME, OPERATOR) else 0

    def join(self, left: Node, rank: int) -> Node:
        """The left operand joined to what follows."""
        if rank in (OR, AND):
            return self.logic(left, rank)
        if rank == COMPARISON:
            return self.comparison(left)
        rest = []
        while self.rank() == rank:
            operator = self.take().text
            rest.append((operator, self.operation(rank + 1)))
        return Chain(left.start, self.last_end, left, tuple(rest))

    def logic(self, left: Node, rank: int) -> Node:
        """Operands of ``and`` or ``or``."""
        operator, operands = self.token.text, [left]
        while self.accept(operator):
            operands.append(self.operation(rank + 1))
        return Logic(left.start, self.last_end, operator, tuple(operands))

    def comparison(self, left: Node) -> Node:
        """One comparison; a second one in a row is refused."""
        operator = self.take().text
        node: Node
        if operator == "between":
            low = self.operation(SUM)
            self.expect("and")
            high = self.operation(SUM)
            node = Between(left.start, self.last_end, left, low, high)
        elif operator == "in":
            tests = self.inside_tests()
            node = Inside(left.start, self.last_end, left, tests)
        else:
            right = self.operation(SUM)
            node = Comparison(left.start, self.last_end, operator, left, right)
        if self.rank() == COMPARISON:
            self.fail(
                "比较不能连写，请用 and 连接", "comparisons cannot be chained; join them by 'and'"
            )
        return node

    def operand(self) -> Node:
        """A value with its sign, paths, filters and type test."""
        start = self.token.start
        if self.accept("-"):
            self.descend()
            operand = self.operand()
            self.depth -= 1
            return Negation(start, self.last_end, operand)
        return self.suffixes(self.primary())

    def suffixes(self, node: Node) -> Node:
        """A value followed by ``.key``, ``[filter]`` and ``instance of``."""
        length = 0
        while True:
            length += 1
            if length > MAX_DEPTH:
                self.fail("路径过长", "the path is too long", code="feel_limit")
            if self.accept("."):
                key = self.key()
                node = Path(node.start, self.last_end, node, key)
                if self.at("("):
                    self.fail(
                        "只能调用按名称给出的函数", "only functions known by name can be called"
                    )
            elif self.at("[") and not self.range_end:
                self.take()
                condition = self.expression()
                self.expect("]")
                node = Filter(node.start, self.last_end, node, condition)
            elif self.at_instance_of():
                self.index += 2
                wanted = read_type(self)
                node = InstanceOf(node.start, self.last_end, node, wanted)
            else:
                return node

    # --- values --------------------------------------------------------------------------------

    def primary(self) -> Node:
        """A literal, name, call, bracket or keyword expression."""
        token = self.token
        if token.kind in (NUMBER, STRING, AT):
            return self.literal()
        function = self.function_name()
        if function is not None:
            return self.call(function)
        if token.kind == NAME and token.text in KEYWORDS:
            return self.keyword()
        if self.at_name():
            return self.variable()
        if token.kind == OPERATOR:
            return self.bracket()
        return self.nothing()

    def literal(self) -> Node:
        """A number, a text or a date."""
        token = self.take()
        if token.kind == STRING:
            return Literal(token.start, token.end, token.text)
        value = exact_number(token.text) if token.kind == NUMBER else parse_at(token.text)
        if value is None and token.kind == NUMBER:
            self.fail(
                "数字过大或超过34位", "the number is too large or has more than 34 digits", token
            )
        if value is None:
            self.fail("这里应当是日期、时间或时长", "expected a date, time or duration", token)
        return Literal(token.start, token.end, value)

    def variable(self) -> Node:
        """A name that stands for a value; a bracket after it makes it an unknown function."""
        token = self.token
        name = self.name()
        if self.at("("):
            raise self.unknown_function(name, token.start)
        return Name(token.start, self.last_end, name)

    def unknown_function(self, name: str, start: int) -> Exception:
        """The refusal of a function nobody knows, with the nearest known one."""
        close = difflib.get_close_matches(name[:40], self.functions, 1, 0.75)
        zh = f"，是否想写“{close[0]}”" if close else ""
        en = f"; did you mean '{close[0]}'" if close else ""
        error = self.error(
            f"没有名为“{name[:40]}”的函数{zh}",
            f"there is no function '{name[:40]}'{en}",
            next(token for token in self.tokens if token.start == start),
            "feel_unknown_function",
        )
        error.facts["function"] = name
        return error

    def call(self, function: str) -> Node:
        """A known function with its arguments, all by position or all by name."""
        start = self.token.start
        self.index += function.count(" ") + 1
        self.expect("(")
        arguments: list[Node] = []
        names: list[str] = []
        while not self.at(")"):
            name = self.argument_name()
            if (name is not None) != bool(names) and arguments:
                self.fail(
                    "参数不能既按名称又按位置", "arguments are given either by name or by place"
                )
            if name is not None:
                names.append(name)
            arguments.append(self.expression())
            if not self.accept(","):
                break
        self.expect(")")
        return Call(start, self.last_end, function, tuple(arguments), tuple(names))

    def keyword(self) -> Node:
        """What begins with a reserved word."""
        token = self.token
        if token.text in _CONSTANTS:
            self.take()
            return Literal(token.start, token.end, _CONSTANTS[token.text])
        if token.text == "if":
            return self.condition()
        if token.text in ("for", "some", "every"):
            return self.loop()
        if token.text == "not":
            return self.negated()
        if token.text == "function":
            self.fail("不支持自定义函数", "functions cannot be defined here", code="feel_function")
        return self.nothing()

    def negated(self) -> Node:
        """``not(…)``."""
        start = self.take().start
        self.expect("(")
        operand = self.expression()
        self.expect(")")
        return Logic(start, self.last_end, "not", (operand,))

    def condition(self) -> Node:
        """``if … then … else …``."""
        start = self.take().start
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        otherwise = self.expression()
        return If(start, self.last_end, condition, then, otherwise)

    def loop(self) -> Node:
        """``for … in … return …`` or ``some|every … in … satisfies …``."""
        word = self.take()
        iterators = [self.iterator()]
        while self.accept(","):
            if len(iterators) == MAX_ITERATORS:
                self.fail("循环变量过多", "too many loop variables", code="feel_limit")
            iterators.append(self.iterator())
        self.expect("return" if word.text == "for" else "satisfies")
        body = self.expression()
        return Loop(word.start, self.last_end, word.text, tuple(iterators), body)

    def iterator(self) -> tuple[str, Node]:
        """A name and where its values come from: a list or 1..10."""
        name = self.name()
        self.expect("in")
        source = self.expression()
        if self.accept(".."):
            high = self.expression()
            source = Interval(source.start, self.last_end, source, high, True, True)
        return name, source
