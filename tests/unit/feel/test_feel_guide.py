"""The guide says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cases.expressions import HOST_FUNCTIONS
from engine.feel import limits
from engine.feel.library import BUILTIN_NAMES

from .vectors import STRICT, outcome

GUIDE = (Path(__file__).parents[3] / "docs" / "feel.md").read_text("utf-8")
EXAMPLES = [
    line.rpartition(" => ")
    for block in re.findall(r"```feel\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize(("expression", "_", "value"), EXAMPLES)
def test_an_example_of_the_guide_has_the_value_it_says(expression: str, _: str, value: str) -> None:
    assert outcome(expression, STRICT) == value


@pytest.mark.parametrize("name", sorted(BUILTIN_NAMES | HOST_FUNCTIONS))
def test_the_guide_names_every_function(name: str) -> None:
    assert re.search(rf"`{re.escape(name)}[`(]", GUIDE)


def test_the_guide_names_no_function_that_does_not_exist() -> None:
    section = GUIDE.partition("## 函数")[2].partition("## 限度")[0]
    bullets = section[section.index("- **Text**") :]
    assert set(re.findall(r"`([a-z ]+)`", bullets)) == BUILTIN_NAMES


@pytest.mark.parametrize(
    "number",
    [
        limits.MAX_TEXT,
        limits.MAX_DEPTH,
        limits.MAX_STEPS,
        limits.COMMAND_STEPS,
        limits.MAX_STRING,
        limits.MAX_LIST,
        limits.MAX_DIGITS,
        limits.MAX_EXPONENT,
        limits.MAX_NODES,
        limits.MAX_PATTERN,
        limits.MAX_SEARCHED,
    ],
)
def test_the_guide_names_every_limit(number: int) -> None:
    assert re.search(rf"\b{number}\b", GUIDE.partition("## 限度")[2])
