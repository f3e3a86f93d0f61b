"""The parts of the bench at a glance: what must hold at any size, and the smoke for CI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.databases import Sqlite
from bench.dialects import CAMUNDA7, FLOWABLE, OURS, PLAIN_SPIFF, write
from bench.parts.countersign import countersigning
from bench.parts.equivalence import equivalence, went_too_far
from bench.parts.flatness import flatness, returns
from bench.parts.growth import growth
from bench.parts.peers import PEERS, arena
from bench.parts.worklist import INDEX, keeps_to_index, work_lists
from bench.samples import approval, side_by_side
from bench.sizes import TINY
from bench.targets import TARGETS

ROOT = Path(__file__).parents[3]


def test_nothing_grows_where_other_engines_do(tmp_path: Path) -> None:
    found = growth(Sqlite(tmp_path), shapes=list(TINY.shapes), length=TINY.chain)
    assert 1 <= found.start_tasks["blocks-7-3"] <= TARGETS["start_tasks_7x3"].must
    assert 50 < found.state_bytes_max <= TARGETS["state_bytes_max"].must
    assert found.statements["after rounds"] == found.statements["fresh"]


def test_a_return_costs_as_many_statements_as_the_first(tmp_path: Path) -> None:
    first, later = flatness(Sqlite(tmp_path), returns(), TINY.marks)
    assert (later.statements, later.state_bytes) == (first.statements, first.state_bytes)
    assert later.over_fresh.middle < 3


def test_every_countersigner_counts(tmp_path: Path) -> None:
    found = countersigning(Sqlite(tmp_path), rounds=TINY.countersign_rounds)
    assert found.wrong == 0
    assert len(found.milliseconds) == 5


def test_the_work_list_finds_its_candidates_by_the_index(tmp_path: Path) -> None:
    found = work_lists(Sqlite(tmp_path), items=TINY.list_items[0], reads=TINY.list_reads)
    assert [f.profile for f in found] == ["uniform", "skewed"]
    assert all(f.plans_use_index for f in found)


@pytest.mark.parametrize(
    ("plan", "is_good"),
    [
        (f"Index Only Scan using {INDEX} on item_candidates", True),
        (f"Index Scan using {INDEX}\nSeq Scan on item_candidates", False),
        (f"SEARCH item_candidates USING COVERING INDEX {INDEX}", True),
        (f"SCAN item_candidates USING INDEX {INDEX}", True),
        (f"SEARCH item_candidates USING INDEX {INDEX}\nSCAN item_candidates", False),
        ("Index Scan using pk_item_candidates on item_candidates", False),
    ],
)
def test_a_plan_that_reads_all_candidates_is_found(plan: str, is_good: bool) -> None:
    assert keeps_to_index(plan) is is_good


def test_random_procedures_do_what_the_reference_does() -> None:
    found = equivalence(TINY.procedures)
    assert found is not None
    assert (found.mismatches, found.approvals_skipped) == (0, 0)
    assert found.acts > TINY.procedures


@pytest.mark.parametrize(
    ("ours", "theirs", "too_far"),
    [
        (["a", "b"], ["a", "b"], False),
        (["behind the join"], ["approval"], True),
        ([], ["approval"], True),
        (["a"], ["a", "b"], False),
    ],
)
def test_a_skipped_approval_is_told_from_one_that_comes_late(
    ours: list[str], theirs: list[str], too_far: bool
) -> None:
    assert went_too_far(ours, theirs) is too_far


@pytest.mark.parametrize(
    ("path", "dialect"),
    [("flowable/workload.bpmn20.xml", FLOWABLE), ("camunda7/workload.bpmn", CAMUNDA7)],
)
def test_the_peers_run_the_process_we_run(path: str, dialect: object) -> None:
    assert (PEERS / path).read_bytes() == write(side_by_side(), dialect)  # type: ignore[arg-type]


def test_a_peer_that_cannot_be_asked_says_why(tmp_path: Path) -> None:
    assert "--spiff-arena" in arena(None).note
    assert arena(tmp_path).note.startswith("there is no spiffworkflow-backend")
    python = tmp_path / "spiffworkflow-backend" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho it is broken >&2\nexit 1\n")
    python.chmod(0o755)
    assert arena(tmp_path).note == "failed: it is broken"
    python.write_text('#!/bin/sh\ntest -s "$2" && echo \'{"cpu_ms": 110}\'\n')
    assert arena(tmp_path).cpu_ms == 110


def test_the_dialects_draw_the_same_nodes_and_flows() -> None:
    drawing = approval()
    for dialect in (OURS, PLAIN_SPIFF, FLOWABLE, CAMUNDA7):
        text = write(drawing, dialect).decode()
        assert text.count("<bpmn:userTask") == sum(n.kind == "userTask" for n in drawing.walk())
        assert all(f'id="{flow.id}"' in text for flow in drawing.flows)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_the_smoke_keeps_what_is_promised() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--smoke", "--json"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert list(found) == list(TARGETS)
    assert None not in found.values()
    assert done.returncode == 0, done.stderr
