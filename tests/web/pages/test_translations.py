"""Every text of the pages in English, complete and with the same facts in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.web.pages.desk import Desk

ROOT = Path(__file__).parents[3]
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
FACTS = re.compile(r"%\((\w+)\)s")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def marked() -> set[str]:
    """The texts marked in the program and its templates."""
    found = extract_from_dir(str(ROOT / "webapp"), method_map=METHODS)
    return {text for _file, _line, text, *_rest in found if isinstance(text, str)}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (ROOT / "webapp/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


def texts(catalogue: Catalog) -> dict[str, str]:
    return {str(one.id): str(one.string) for one in catalogue if one.id}


def test_every_text_of_the_pages_has_an_english_one(marked: set[str], english: Catalog) -> None:
    assert sorted(marked - {name for name, text in texts(english).items() if text}) == []


def test_no_text_hides_inside_another_where_nobody_gathers_it() -> None:
    for file in (ROOT / "webapp").rglob("*.py"):
        assert "{_(" not in file.read_text(encoding="utf-8"), file


def test_no_english_text_is_of_a_page_that_is_gone(marked: set[str], english: Catalog) -> None:
    assert sorted(texts(english).keys() - marked) == []


def test_both_languages_tell_the_same_facts(english: Catalog) -> None:
    for chinese, text in texts(english).items():
        assert sorted(FACTS.findall(chinese)) == sorted(FACTS.findall(text)), chinese


def test_no_english_text_is_left_in_chinese(english: Catalog) -> None:
    assert [text for text in texts(english).values() if HAN.search(text)] == []


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh-CN")])
def test_the_chosen_language_stays_chosen(desk: Desk, language: str, tag: str) -> None:
    browser = desk["clerk"]
    assert browser.get(f"/language/{language}?next=/cases").location == "/cases"
    assert browser.get("/work").one("/html/@lang") == tag


def test_an_error_is_told_in_the_chosen_language(desk: Desk) -> None:
    desk["clerk"].get("/language/en")
    assert "there is no such case" in desk["clerk"].get("/cases/" + "0" * 32).main


def test_the_language_leads_to_no_other_site(desk: Desk) -> None:
    for target in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert desk["clerk"].get("/language/en?next=" + target).location == "/"
