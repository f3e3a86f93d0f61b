"""Every form that travels with the product can be used as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cases.expressions import HOST_FUNCTIONS
from engine.forms.describe import field_types, names_used
from engine.forms.read import inspect_form
from webapp.formkit.setup import install_components

install_components()

FORMS = sorted((Path(__file__).parents[3] / "forms").rglob("*.form"))


def test_there_are_forms() -> None:
    assert FORMS


@pytest.mark.parametrize("file", FORMS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_shipped_form_has_no_findings(file: Path) -> None:
    reading = inspect_form(file.read_bytes(), HOST_FUNCTIONS)

    assert reading.findings == ()
    assert reading.form is not None
    assert reading.form.id == file.stem
    assert not names_used(reading.form, HOST_FUNCTIONS) & set(field_types(reading.form))
