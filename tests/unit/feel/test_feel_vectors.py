"""The language by its tables."""

from __future__ import annotations

import pytest

from .vectors import LENIENT, STRICT, Vector, outcome, read_vectors

VECTORS = read_vectors()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.expression[:50])
def test_an_expression_gives_what_the_table_says_strict_and_lenient(vector: Vector) -> None:
    given = outcome(vector.expression, STRICT), outcome(vector.expression, LENIENT)
    assert given == (vector.strict, vector.lenient)


def test_no_expression_stands_twice_in_the_tables() -> None:
    expressions = [vector.expression for vector in VECTORS]
    assert len(expressions) >= 1_000
    assert sorted(set(expressions)) == sorted(expressions)
