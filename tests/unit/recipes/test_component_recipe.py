"""The recipe for a form component, with the component that the guide to forms writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.feel import Environment
from engine.forms import registry as types
from engine.forms.context import FormContext
from engine.forms.read import inspect_form
from engine.forms.validation import validate
from tests.conftest import MONDAY
from webapp.formkit import registry as widgets

from .guide import files_in, import_code, page

RECIPE = "recipes/form-component.md"
GUIDE = "forms.md"
BODY = files_in(RECIPE)["forms/shared/applicant.form"].encode()
CONTEXT = FormContext(env=Environment(now=MONDAY, lenient=True))


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries of this test alone, without the component of the guide."""
    known = {n: kind for n, kind in types.component_types().items() if n != "creditCode"}
    monkeypatch.setattr(types, "_known", known)
    monkeypatch.setattr(widgets, "_known", dict(widgets._known))
    widgets._known.pop("creditCode", None)


@pytest.mark.usefixtures("bare")
def test_an_unknown_component_is_refused_by_name() -> None:
    reading = inspect_form(BODY)
    assert reading.form is None
    assert [finding.component for finding in reading.findings] == ["f_code"]
    assert "creditCode" in reading.findings[0].en


@pytest.mark.usefixtures("bare")
def test_the_component_once_known_is_read_and_validated(tmp_path: Path) -> None:
    import_code(GUIDE, tmp_path)
    form = inspect_form(BODY).form
    assert form is not None

    right = validate(form, {"name": "青山矿业", "code": "91350100 m000100y43"}, CONTEXT)
    assert right.values == {"name": "青山矿业", "code": "91350100M000100Y43"}

    wrong = validate(form, {"name": "青山矿业", "code": "91350100M000100Y44"}, CONTEXT)
    (error,) = wrong.errors
    assert (error.field, error.code) == ("code", "credit_code")
    assert re.search(r"[\u4e00-\u9fff]", error.zh)


@pytest.mark.usefixtures("bare")
def test_the_component_has_a_widget(tmp_path: Path) -> None:
    import_code(GUIDE, tmp_path)
    assert widgets.widget_of("creditCode").template


def test_the_recipe_points_to_the_heading_of_the_guide() -> None:
    (anchor,) = re.findall(r"\]\(\.\./forms\.md#([a-z0-9-]+)\)", page(RECIPE))
    headings = re.findall(r"^#+ (.+)$", page(GUIDE), re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}
    assert anchor in slugs
