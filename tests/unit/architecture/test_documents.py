"""The documents name every setting, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from webapp.settings import PLAIN, PREFIX, Settings, read_settings

from .project import ROOT, files_of, name_of, text_of

SETTINGS = text_of(ROOT / "docs" / "settings.md")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", SETTINGS, re.MULTILINE))
PAGES = [
    *(path for path in files_of("docs") if path.suffix == ".md"),
    *sorted(ROOT.glob("*.md")),
]


def variable(field: str) -> str:
    name = field.upper()
    return name if name in PLAIN else f"{PREFIX}{name}"


def written(default: object) -> str:
    """A default as an operator writes it."""
    if default in ("", None):
        return "（空 empty）"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_the_guide_names_every_setting_with_its_default_and_no_other() -> None:
    defaults = {
        variable(name): written(field.default)
        for name, field in Settings.__dataclass_fields__.items()
    }
    assert defaults == ROWS


@pytest.mark.parametrize("name", ROWS)
def test_a_setting_is_read_under_the_name_of_the_guide(name: str) -> None:
    field = name.removeprefix(PREFIX).lower()
    default = getattr(Settings(), field)
    other = {bool: "yes", int: "7", type(None): "yes"}.get(type(default), "other")
    assert getattr(read_settings({name: other}), field) != default


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_links_of_a_page_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", text_of(path), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\((?!https?://|mailto:|#)([^)\s]+)\)", text)
    missing = [t for t in targets if not (path.parent / t.partition("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("path", [p for p in PAGES if p.parent.name != "recipes"], ids=name_of)
def test_the_files_a_page_speaks_of_exist(path: Path) -> None:
    """Recipes aside: they speak of files that their reader writes."""
    spoken = re.findall(
        r"`((?:engine|domain|webapp|tests|docs)/[\w/.-]+)(?:::\w+)?`", text_of(path)
    )
    missing = [name for name in spoken if not (ROOT / name).exists()]
    assert missing == []


def test_the_readme_gives_the_two_commands() -> None:
    readme = text_of(ROOT / "README.md")
    blocks = re.findall(r"^```sh\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    commands = {line.partition("#")[0].strip() for block in blocks for line in block.splitlines()}
    assert {"make run", "make test"} <= commands
    phony = re.findall(r"^([a-z-]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE)
    named = set(re.findall(r"`make ([a-z-]+)`", readme))
    assert named <= set(phony)


def test_the_map_of_the_readme_names_every_folder_and_no_other() -> None:
    drawn = set(re.findall(r"^\| `([a-z]+)/` \|", text_of(ROOT / "README.md"), re.MULTILINE))
    unmapped = {"data", "dist", "build"}
    there = {
        entry.name
        for entry in ROOT.iterdir()
        if entry.is_dir() and re.fullmatch(r"[a-z]+", entry.name)
    }
    assert drawn == there - unmapped
