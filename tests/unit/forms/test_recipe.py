"""The guide to forms: its recipe works as written, and it names all there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from engine.forms.types import BUILT_IN
from webapp.formkit.page import RenderContext
from webapp.formkit.posted import parse_form_post
from webapp.formkit.render import formkit_environment, render_form
from webapp.formkit.score_sheet import SCORE_SHEET

from .builders import check, context, errors, field, form

GUIDE = (Path(__file__).parents[3] / "docs" / "forms.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"\w+", GUIDE))
CODE = field("creditCode", "code", label="统一社会信用代码")


@pytest.fixture(scope="module", autouse=True)
def recipe() -> dict[str, Any]:
    """The names the code blocks of the recipe define, executed in their order."""
    names: dict[str, Any] = {"__name__": "recipe"}
    for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(compile(block, "docs/forms.md", "exec"), names)
    return names


def test_the_component_of_the_recipe_accepts_and_refuses() -> None:
    right = "91350100M000100Y43"

    assert check(CODE, {"code": "91350100 m000100y43"}).values == {"code": right}
    refused = check(CODE, {"code": right[:-1] + "4"})
    assert errors(refused) == {"code": "credit_code"}
    assert refused.errors[0].zh == "统一社会信用代码有误，请核对营业执照"


def test_the_widget_of_the_recipe_shows_and_posts() -> None:
    sample = form(CODE)
    page = RenderContext(context(), formkit_environment())

    html = str(render_form(sample, {"code": "913"}, (), page))

    assert 'name="f.code" value="913"' in html
    assert parse_form_post(sample, MultiDict({"f.code": "914"})) == {"code": "914"}


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_the_guide_names_every_component_with_all_it_may_hold(name: str) -> None:
    kind = BUILT_IN[name]

    assert {name, *kind.attributes, *kind.limits, *kind.properties} - NAMED == set()


def test_the_guide_names_all_that_the_score_sheet_may_hold() -> None:
    assert {*SCORE_SHEET.attributes, *SCORE_SHEET.limits} - NAMED == set()
