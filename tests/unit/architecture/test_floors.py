"""Who may import whom, what may lie where, and how large a file may be."""

from __future__ import annotations

import re
import tomllib

import pytest

from .project import DATA, FLOORS, ROOT, all_texts, files_of, imported_names, name_of, python_files
from .project import text_of as text

FORMATS = {".bpmn", ".csv", ".dmn", ".form", ".json", ".md", ".toml", ".txt", ".yaml"}
LONGEST, LONGEST_TEST = 400, 600
LONGER = {
    "webapp/migrations/versions/0001_first_schema.py": "one list: the first schema",
}


def test_the_folders_of_procedures_forms_and_tenants_hold_data_only() -> None:
    strange = [name_of(path) for path in files_of(*DATA) if path.suffix not in FORMATS]
    assert strange == []


@pytest.mark.parametrize(
    ("floor", "above"),
    [
        ("engine", {"domain", "webapp", "flask", "werkzeug", "jinja2"}),
        ("domain", {"webapp", "flask", "werkzeug", "jinja2", "SpiffWorkflow"}),
    ],
)
def test_a_floor_knows_nothing_of_what_stands_above_it(floor: str, above: set[str]) -> None:
    files = python_files(floor)
    assert files
    wrong = {
        (name_of(path), module)
        for path in files
        for module in imported_names(path)
        if module.partition(".")[0] in above
    }
    assert wrong == set()


def test_only_one_package_imports_the_token_machine() -> None:
    users = {
        path.parent.relative_to(ROOT).as_posix()
        for path in python_files(*FLOORS)
        for module in imported_names(path)
        if module.partition(".")[0] == "SpiffWorkflow"
    }
    assert users == {"engine/spiff"}


def test_the_token_machine_is_pinned_to_one_version() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    pins = [d for d in project["dependencies"] if d.lower().startswith("spiffworkflow")]
    assert len(pins) == 1
    assert re.fullmatch(r"SpiffWorkflow==\d+\.\d+\.\d+", pins[0])
    assert pins[0].lower() in text(ROOT / "constraints.txt").lower().splitlines()


def test_pages_and_api_hold_no_sql() -> None:
    wrong = {
        name_of(path)
        for path in python_files("webapp/http")
        for module in imported_names(path)
        if module == "sqlalchemy" or module.startswith(("sqlalchemy.sql", "engine.store.tables"))
    }
    assert wrong == set()


def test_the_engine_says_no_word_about_mines() -> None:
    words = re.compile(r"矿|\bmin(?:es|ing|eral)\w*\b|green.?mine", re.IGNORECASE)
    wrong = [
        f"{name_of(path)}:{number}"
        for path in python_files("engine")
        for number, line in enumerate(text(path).splitlines(), 1)
        if words.search(line)
    ]
    assert wrong == []


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    sizes = {name_of(p): len(text(p).splitlines()) for p in python_files(*FLOORS)}
    assert {name for name, size in sizes.items() if size > LONGEST} - set(LONGER) == set()
    assert {name for name in LONGER if sizes[name] <= LONGEST} == set()


def test_no_test_is_longer_than_can_be_read_at_once() -> None:
    sizes = {name_of(p): len(text(p).splitlines()) for p in python_files("tests")}
    assert {name for name, size in sizes.items() if size > LONGEST_TEST} == set()


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    homes = "|".join(("home", "root", "Users", "private", "mnt", "work/main", "work/shared"))
    absolute = re.compile(rf"(?<![\w.:/$}}{{<>)-])/(?:{homes})/|\b[A-Z]:\\Users|\.\./shared")
    found = [
        f"{name_of(path)}:{number}: {line.strip()[:80]}"
        for path in all_texts()
        for number, line in enumerate(text(path).splitlines(), 1)
        if absolute.search(line)
    ]
    assert found == []
