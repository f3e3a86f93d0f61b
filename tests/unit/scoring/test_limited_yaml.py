"""Hostile or careless YAML is refused quickly and never changes a value's type by accident."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.scoring.limited_yaml import MAX_BYTES, YamlRefused, read_yaml

BOMB = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c]\n" % (new, new, old, old)
    for old, new in zip(b"abcdefgh", b"bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (BOMB, 2),
        (b"a: &x 1\nb: *x", 2),
        (b"a: 1\na: 2", 2),
        (b"x:\n  a: 1\n  a: 2", 3),
        (b"1: a", 1),
        (b"true: a", 1),
        (b"? [a]\n: b", 1),
        (b"a: !!python/object/apply:os.system [x]", 1),
        (b"a: !!binary x", 1),
        (b"a: !!timestamp x", 1),
        (b"a: !local x", 1),
        (b"[" * 100_000, 1),
        (b"a: [" + b"0," * 30_000 + b"0]", 1),
        (b"a: " + b"9" * 5000, 1),
        (b"a: [1", 1),
        (b"--- 1\n--- 2", 2),
        (b"\xff", 0),
        (b"a: \x00", 0),
        (b" " * (MAX_BYTES + 1), 0),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_plain_data_is_refused(raw: bytes, line: int) -> None:
    with pytest.raises(YamlRefused) as caught:
        read_yaml(raw)

    assert caught.value.line == line
    assert caught.value.zh


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", Decimal("0.5")),
        ("-0.10", Decimal("-0.10")),
        ("12", 12),
        ("'12'", "12"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("on", "on"),
        ("True", "True"),
        ("012", "012"),
        ("1e3", "1e3"),
        (".5", ".5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("12:30:00", "12:30:00"),
        ("2025-06-11", "2025-06-11"),
    ],
)
def test_only_plain_numbers_true_false_and_null_are_not_text(text: str, value: object) -> None:
    found = read_yaml(f"a: {text}".encode())

    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


def test_a_merge_key_is_an_ordinary_key() -> None:
    assert read_yaml(b"<<: {a: 1}") == {"<<": {"a": 1}}


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="ab:-?*&!|>%@`[]{},#'\"\\ \n\t01.", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_yaml(text.encode())
    except YamlRefused:
        return
    assert found is None or isinstance(found, dict | list | str | int | Decimal)
