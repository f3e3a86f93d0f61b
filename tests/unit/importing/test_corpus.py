"""A folder of files, walked: what may be published runs as BPMN says."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.spiff.machine import Machine
from tests.unit.importing.corpus import table, take_census
from tests.unit.importing.files import FOLDER
from webapp.places import data_root

WALKS = 2


def test_shipped_and_foreign_files_run_as_the_semantics_say(tmp_path: Path) -> None:
    ours, theirs = take_census(data_root() / "processes", WALKS), take_census(FOLDER, WALKS)
    for census in (ours, theirs):
        assert census.broken == []
        assert census.walks["approvals skipped"] == 0
    assert ours.publishable == ours.files > 0
    assert theirs.walks["walked"] > theirs.walks["not walked"]
    assert f"| opened as drafts | {theirs.drafts} |" in table(theirs)


def test_a_walk_that_parts_from_the_semantics_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Machine, "completed", property(lambda _machine: False))
    assert take_census(FOLDER, 1).broken
