"""Tables of expressions with their values: vectors/*.txt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from engine.feel import Environment, FeelError, compile_expression
from engine.feel.formatting import value_text
from engine.feel.values import Value

FOLDER = Path(__file__).parent / "vectors"
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC).astimezone(timezone(timedelta(hours=8)))
STRICT = Environment(now=NOW)
LENIENT = Environment(now=NOW, lenient=True)

SCOPE = {
    "a": 5,
    "b": 2.5,
    "name": "张三",
    "amount": 120000,
    "complete": True,
    "objections": 0,
    "tags": ["环评", "消防"],
    "scores": [70, 85, 90],
    "applicant": {"name": "李四", "age": 30, "addr": {"city": "杭州"}},
    "items": [{"code": "A", "qty": 2, "price": 10}, {"code": "B", "qty": 1, "price": Decimal(30)}],
    "empty": [],
    "nothing": None,
    "dept code": "D01",
    "date1": "2026-10-08",
    "s": "abc-123",
    "材料齐全": True,
    "金额": 80000,
}
"""What every vector may use."""


@dataclass(frozen=True)
class Vector:
    """One line of a table: what an expression gives in either environment."""

    expression: str
    strict: str
    lenient: str


def read_vectors() -> list[Vector]:
    """All lines of all tables."""
    return [
        _vector(line)
        for path in sorted(FOLDER.glob("*.txt"))
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def _vector(line: str) -> Vector:
    # The last arrow counts: an expression may contain one in a text.
    expression, _, wanted = line.rpartition(" => ")
    strict, mark, lenient = wanted.rpartition(" | ")
    return Vector(expression, strict, lenient) if mark else Vector(expression, wanted, wanted)


def outcome(expression: str, env: Environment, scope: dict[str, object] | None = None) -> str:
    """The value of an expression as the tables write it, or ``!`` and the code of its error."""
    names = SCOPE if scope is None else scope
    try:
        value = compile_expression(expression).evaluate(names, env)
    except FeelError as error:
        return f"!{error.code}"
    return shown(value)


def shown(value: Value) -> str:
    """A value in FEEL's own writing, texts in quotes."""
    return value_text([value], lambda _: None)[1:-1]
