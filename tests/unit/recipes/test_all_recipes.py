"""Every recipe is run by a test, and says by which."""

from __future__ import annotations

import re
from pathlib import Path

from .guide import DOCS, page


def test_every_recipe_names_the_test_that_runs_it() -> None:
    pages = sorted((DOCS / "recipes").glob("*.md"))
    assert len(pages) >= 4
    for recipe in pages:
        (test,) = re.findall(r"`(tests/unit/recipes/\w+\.py)`", page(f"recipes/{recipe.name}"))
        body = (DOCS.parent / test).read_text(encoding="utf-8")
        assert f'"recipes/{recipe.name}"' in body


def test_every_test_of_a_recipe_is_named_by_one() -> None:
    tests = {path.name for path in Path(__file__).parent.glob("test_*_recipe.py")}
    pages = " ".join(page(f"recipes/{p.name}") for p in (DOCS / "recipes").glob("*.md"))
    assert tests == set(re.findall(r"test_\w+_recipe\.py", pages))
