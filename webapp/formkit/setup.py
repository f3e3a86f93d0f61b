"""The components that the product adds to those of form-js."""

from __future__ import annotations

from engine.forms.registry import register_component
from webapp.formkit import score_sheet
from webapp.formkit.registry import register_widget
from webapp.formkit.score_view import SCORE_WIDGET


def install_components() -> None:
    """Make the product's own components known; called once by everything that reads forms."""
    register_component(score_sheet.NAME, score_sheet.SCORE_SHEET)
    register_widget(score_sheet.NAME, SCORE_WIDGET)
