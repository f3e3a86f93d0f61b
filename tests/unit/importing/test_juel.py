"""Expressions of other engines: what is simple means the same in FEEL, the rest is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import Environment, compile_expression, evaluate_text, from_json
from engine.importing.juel import translate, translate_value
from engine.importing.labels import duration_in

SCOPE: dict[str, Any] = {
    "x": "y", "n": 3, "m": 4, "yes": True, "no": False, "nothing": None, "blank": "",
    "list": ["a", "b"], "none": [], "mine": {"name": "甲", "size": 12}, "in": 1,
    "nrOf": 2, "numberOfInstances": 5, "numberOfCompletedInstances": 3,
}  # fmt: skip


def value(text: str) -> Any:
    """What the translation of an expression gives."""
    feel = translate(text)
    assert feel is not None, text
    scope = {name: from_json(given) for name, given in SCOPE.items()}
    return evaluate_text(f"={feel}", scope, Environment())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x == 'y'", True),
        ('x eq "y"', True),
        ("x != 'y'", False),
        ("n >= 3 && m lt 5", True),
        ("n > 3 || !(m == 4)", False),
        ("not yes or n ne 3", False),
        ("empty blank and empty none && empty nothing", True),
        ("empty list", False),
        ("!empty x", True),
        ("mine.name == '甲'", True),
        ("mine['size'] > 10", True),
        ("list[0] == 'a'", True),
        ("list.size() == 2", True),
        ("x.equals('y') && \"y\".equals(x)", True),
        ("x.startsWith('y') and x.endsWith('y')", True),
        ("yes ? n : m", 3),
        ("no ? n : yes ? m : 0", 4),
        ("(n + m) * 2 - 7 % 4", 11),
        ("n - (m - 2)", 1),
        ("12 div n / 2", 2),
        ("-n + 1", -2),
        ("yes == True and nothing == None", True),
        ("nothing == null", True),
        ("execution.getVariable('n') == 3", True),
        ("nrOfCompletedInstances/nrOfInstances >= 0.5", True),
        ("in == 1", True),
        ("(yes && no) == false", True),
        ("no && no || yes", True),
        ("no && (no || yes)", False),
    ],
)
def test_a_simple_expression_means_the_same(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "bean.find(x)", "x -> y", "list.contains('a')", "a b", "'open", "x == ", "new Date()",
        "execution.id", "task.assignee", "a = b", "a; b", "{'a': 1}", "x[y]", "__import__('os')",
        "1[", "a.", "execution.", "a.b(", "not", "-",
        "(" * 60 + "x" + ")" * 60, "x" * 3_000, "empty " * 30 + "x",
    ],
)  # fmt: skip
def test_what_is_not_simple_is_left_alone(text: str) -> None:
    assert translate(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("${name}", "=name"),
        ("#{ a.b }", "=a.b"),
        ("通知 ${name}：${x}", '="通知 " + string(name) + "：" + string(x)'),
        ("${bean.x()} y", None),
        ("${open", None),
        ("${a${b}}", None),
    ],
)
def test_a_value_is_a_literal_or_an_expression(text: str, expected: str | None) -> None:
    assert translate_value(text) == expected


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1 .'\"()[]!<>=&|?:+-*/%,${}\n", max_size=40))
def test_a_translation_can_always_be_read_again(text: str) -> None:
    feel = translate(text)
    if feel is not None:
        compile_expression(feel)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("等待5个工作日", "=working days(5)"),
        ("三十日内未答复", "P30D"),
        ("after 2 hours", "PT2H"),
        ("10 working days", "=working days(10)"),
        ("两周", "P2W"),
        ("6 months", "P6M"),
        ("15分钟后", "PT15M"),
        ("3天或5天", ""),
        ("等待", ""),
        ("0 days", ""),
    ],
)
def test_a_label_may_tell_how_long(label: str, expected: str) -> None:
    assert duration_in(label) == expected
