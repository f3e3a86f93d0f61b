"""The language by its tables."""

from __future__ import annotations

import pytest

from .vectors import LENIENT, STRICT, Vector, outcome, read_vectors

VECTORS = read_vectors()
IDS = [f"{place}-{vector.expression[:40]}" for place, vector in enumerate(VECTORS)]


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
def test_an_expression_has_the_value_of_the_table(vector: Vector) -> None:
    assert outcome(vector.expression, STRICT) == vector.strict


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
def test_a_lenient_environment_gives_null_where_the_table_says_so(vector: Vector) -> None:
    assert outcome(vector.expression, LENIENT) == vector.lenient


def test_no_expression_stands_twice_in_the_tables() -> None:
    expressions = [vector.expression for vector in VECTORS]
    assert len(expressions) >= 500
    assert sorted(set(expressions)) == sorted(expressions)
