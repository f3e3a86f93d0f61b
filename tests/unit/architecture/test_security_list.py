"""What the list of security promises names as proof exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LIST = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+|\*)`", LIST)))


def test_every_row_names_its_test() -> None:
    rows = [line for line in LIST.splitlines() if line.startswith("|") and "**" not in line]
    told = [line for line in rows if "---" not in line and "shown by" not in line]
    assert len(told) > 60
    assert [line for line in told if "`tests/" not in line] == []


@pytest.mark.parametrize("file", sorted({file for file, _name in NAMED}))
def test_every_test_that_is_named_exists(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    asked = {name for where, name in NAMED if where == file} - {"*"}
    assert asked - set(re.findall(r"def (test_\w+)", text)) == set()
