"""What is printed has a glyph for every character, in the font that travels with the program."""

from __future__ import annotations

from pathlib import Path

import pytest

import hatch_build
from tests.unit.rendering.glyphs import fonts_in, glyphs_in
from webapp.rendering.pdf import render_pdf

ROOT = Path(__file__).parents[3]
GIVEN = {"title": "", "made": "", "facts": [], "signatures": [], "note": ""}
NAMES = "㛃犇堃喆旻赟淼鑫垚昇晟翀頔燊璟玥珺甯缪佴亓仝麴迮"
MARKS = "〔2026〕（）“”‘’：；、—…①②③％℃㎡≥≤×÷√□〇《》【】＋－＝"
HIEROGLYPH = "\U00013000"


@pytest.fixture(autouse=True)
def _built() -> None:
    if not hatch_build.is_bundled(ROOT):
        pytest.skip("the browser code, and the font beside it, is not built")


def characters_of_the_product() -> str:
    """Every character that diagrams, forms, tenants, layouts and documents of the product use."""
    kept = {".bpmn", ".dmn", ".form", ".toml", ".csv", ".yaml", ".txt", ".typ"}
    folders = (ROOT / name for name in ("processes", "forms", "tenants", "webapp/layouts"))
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in kept]
    found = {letter for file in files for letter in file.read_text(encoding="utf-8")}
    return "".join(sorted(letter for letter in found if letter.isprintable()))


def test_no_character_the_product_prints_is_without_a_glyph() -> None:
    printed = characters_of_the_product() + NAMES + MARKS
    content = render_pdf("endorsement", {**GIVEN, "title": NAMES + MARKS, "note": printed})
    assert len(glyphs_in(content)) > len(printed)
    assert 0 not in glyphs_in(content)
    assert {font.partition("-")[0] for font in fonts_in(content)} == {"NotoSansSC"}


def test_a_missing_glyph_is_noticed() -> None:
    content = render_pdf("endorsement", {**GIVEN, "note": f"字{HIEROGLYPH}"})
    assert 0 in glyphs_in(content)
