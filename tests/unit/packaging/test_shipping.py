"""What is installed, built and shipped."""

from __future__ import annotations

import gettext
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import hatch_build
from webapp import notices, places

ROOT = Path(__file__).parents[3]
FRONTEND = ROOT / "webapp" / "frontend"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "待办"
msgstr "To do"
"""


@pytest.fixture
def package_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which the program seems to be installed."""
    package = tmp_path / "webapp"
    package.mkdir()
    monkeypatch.setattr(places, "PACKAGE", package)
    places.data_root.cache_clear()
    yield package
    places.data_root.cache_clear()


def test_a_checkout_has_its_data_at_the_root() -> None:
    places.data_root.cache_clear()
    assert places.data_root() == ROOT


def test_an_installed_program_has_its_data_inside(package_in: Path) -> None:
    (package_in / "shipped").mkdir()
    assert places.data_root() == package_in / "shipped"


def test_the_bundle_says_which_sources_it_was_made_from(package_in: Path) -> None:
    assert places.bundle_version() == "unbuilt"
    places.bundle_folder().mkdir(parents=True)
    (places.bundle_folder() / ".stamp").write_text("0123456789abcdef")
    assert places.bundle_version() == "0123456789ab"


def test_a_changed_source_asks_for_a_new_bundle_and_an_installed_package_does_not(
    tmp_path: Path,
) -> None:
    frontend = tmp_path / "webapp" / "frontend"
    (frontend / "node_modules" / "x").mkdir(parents=True)
    (frontend / "app.js").write_text("1")
    before = hatch_build.source_digest(tmp_path)
    dist = tmp_path / "webapp" / "static" / "dist"
    dist.mkdir(parents=True)
    (dist / ".stamp").write_text(before)

    (frontend / "node_modules" / "x" / "index.js").write_text("anything")
    assert hatch_build.is_bundled(tmp_path)

    (frontend / "app.js").write_text("2")
    assert not hatch_build.is_bundled(tmp_path)


def test_catalogues_are_compiled_beside_their_sources(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(CATALOGUE, encoding="utf-8")
    hatch_build.compile_catalogues(tmp_path)
    assert gettext.translation("messages", tmp_path, ["en"]).gettext("待办") == "To do"


def test_the_lock_file_names_no_registry_and_pins_what_was_asked_for() -> None:
    lock = (FRONTEND / "package-lock.json").read_text(encoding="utf-8")
    asked = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    pinned = json.loads(lock)["packages"]
    assert "://" not in re.sub(r'"funding": \[[^\]]*\]|"(url|funding)": "[^"]*"', "", lock)
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert pinned[f"node_modules/{name}"]["version"] == version


def test_the_constraints_pin_every_dependency_without_hash_or_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in pins)
    named = {canonical(line.split("==")[0]) for line in pins}
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    assert {canonical(re.split(r"[<>=\[]", one)[0]) for one in wanted} <= named


def test_every_island_is_short_enough_to_be_read_at_once() -> None:
    sources = [*(FRONTEND / "src").rglob("*.js"), *FRONTEND.glob("*.mjs")]
    long = {file.name for file in sources if len(file.read_text().splitlines()) > 150}
    assert long == set()


def test_the_notices_hold_the_licences_of_what_runs_and_of_nothing_else() -> None:
    text = notices.third_party_notices()
    headings = re.findall(rf"^{notices.RULE}\n(\S+) ", text, re.MULTILINE)
    assert {"SpiffWorkflow", "Flask", "psycopg-binary"} <= set(headings)
    assert {"pytest", "mypy", "lucheng"}.isdisjoint(headings)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text


def test_the_make_help_names_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) == set(phony.split())


@pytest.mark.skipif(not hatch_build.is_bundled(ROOT), reason="the browser code is not built")
def test_the_wheel_holds_the_program_its_data_and_its_pages_but_no_sources_of_them(
    tmp_path: Path,
) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = zipfile.ZipFile(wheel).namelist()
    wanted = ("dist/app.css", "dist/fonts/NotoSansSC_400Regular.ttf", "mark.svg")
    static = tuple(f"webapp/static/{one}" for one in wanted)
    for name in (*static, "webapp/templates/base.html", "engine/errors.py"):
        assert name in names
    assert any(name.startswith("webapp/shipped/tenants/") for name in names)
    assert not [name for name in names if "frontend" in name or name.startswith("tests/")]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
