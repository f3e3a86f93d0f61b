"""The result of the bench: its keys, its targets, and what breaks the build."""

from __future__ import annotations

import json

import pytest

from bench.report import Report, machine
from bench.targets import TARGETS, above_must, failing, verdict

KEYS = [
    "completion_pg_over_floor",
    "completion_sqlite_over_floor",
    "http_completion_over_floor",
    "stock_spiff_over_ours",
    "round_200_over_round_0",
    "return_200_over_return_0",
    "state_bytes_max",
    "start_tasks_7x3",
    "wal_over_floor",
    "worklist_skew_ms",
    "timer_lag_p95_s",
    "timers_lost",
    "timers_double",
    "equivalence_mismatches",
    "approvals_skipped",
]


def test_the_object_has_its_keys_and_no_other_whatever_was_measured() -> None:
    report = Report()
    report.put(timers_lost=0)
    found = json.loads(report.as_json())
    assert list(found) == KEYS
    assert found["timers_lost"] == 0
    assert found["wal_over_floor"] is None


def test_a_value_without_a_key_is_refused() -> None:
    with pytest.raises(KeyError):
        Report().put(machine=1)


def test_a_value_above_must_fails_unless_the_table_says_why_not_yet() -> None:
    values = dict.fromkeys(KEYS, 1e9)
    promised = {key for key, target in TARGETS.items() if target.must is not None}
    pending = {key for key, target in TARGETS.items() if target.pending}
    assert set(above_must(values)) == promised
    assert set(failing(values)) == promised - pending
    assert failing(dict.fromkeys(KEYS, 0)) == {}
    assert failing(dict.fromkeys(KEYS)) == {}


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.9, "wanted"), (1.1, "wanted"), (1.2, "must"), (1.3, "ABOVE MUST"), (None, "not measured")],
)
def test_a_value_is_told_how_it_stands(value: float | None, word: str) -> None:
    assert verdict("round_200_over_round_0", value) == word


def test_the_table_tells_machine_date_and_targets() -> None:
    report = Report()
    report.put(state_bytes_max=541)
    text = report.as_text({**machine(), "fsync": "on"})
    assert "| state_bytes_max | 541 |" in text
    assert "| date | 20" in text
    assert "| fsync | on |" in text
