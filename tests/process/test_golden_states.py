"""What earlier releases left half-way goes on in this one: the same path, the same end."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from golden_cases import GOLDEN
from golden_states import FOLDER, STATE, add_missing, kept_folders, read

from engine.bpmn.model import ACTIVITIES, GATEWAYS
from engine.bpmn.support import FEATURES, Verdict
from engine.cases.invariants import find_broken
from engine.store.database import Database

FOLDERS = kept_folders()


@pytest.mark.parametrize("folder", FOLDERS, ids=[f"{p.parent.name}-{p.name}" for p in FOLDERS])
def test_a_kept_state_goes_on_where_it_stood_and_comes_to_the_same_end(
    database: Database, folder: Path
) -> None:
    stage, kept = read(database, folder)
    town = stage.town
    assert stage.waits() == kept["waits"]
    assert stage.variables() == kept["variables"]
    assert find_broken(town.db, town.world, town.tenant_id) == (1, [])

    before = len(stage.path())
    stage.play([tuple(step) for step in kept["steps"]])

    assert stage.path()[before:] == kept["path"]
    assert town.case(stage.case).status == "completed"
    assert stage.variables() == kept["at_the_end"]
    assert town.breaks(stage.case) == []
    assert find_broken(town.db, town.world, town.tenant_id) == (0, [])


def test_every_element_that_is_executed_stands_in_a_kept_state() -> None:
    drawn = "".join(path.read_text() for folder in FOLDERS for path in folder.glob("*.bpmn"))
    executed = {
        kind
        for kind in ACTIVITIES | GATEWAYS
        if kind.value in FEATURES and FEATURES[kind.value].verdict is Verdict.EXECUTED
    }
    assert len(executed) > 12
    assert [kind for kind in executed if f"<bpmn:{kind.value} " not in drawn] == []


def test_this_release_has_kept_a_state_of_every_procedure() -> None:
    kept = {folder.name for folder in FOLDERS if folder.parent.name == version("lucheng")}
    assert kept == set(GOLDEN)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "golden"))


def test_adding_states_writes_what_is_missing_and_never_what_is_there(copied: Path) -> None:
    release = copied / version("lucheng")
    (release / "loop-second-round" / STATE).write_text("as it was")
    shutil.rmtree(release / "sequence")
    untouched = {p: p.stat().st_mtime_ns for p in copied.rglob("*") if p.is_file()}

    assert add_missing(copied) == ["sequence"]
    assert add_missing(copied) == []

    assert {p: p.stat().st_mtime_ns for p in untouched} == untouched
    assert (release / "sequence" / STATE).is_file()
