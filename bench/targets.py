"""The keys of the result, and what design section 8 asks of each: must and wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = float | int | None


@dataclass(frozen=True)
class Target:
    """At most ``must``, better at most ``wanted``; None where nothing is promised.

    ``pending`` says why a value above ``must`` does not fail the build yet.
    """

    must: float | None
    wanted: float | None
    pending: str = ""


LISTS = "milliseconds, not a ratio: they hold on an idle machine only"
TARGETS: Mapping[str, Target] = {
    "completion_pg_over_floor": Target(3.5, 2.0),
    "completion_sqlite_over_floor": Target(9.0, 5.0),
    "http_completion_over_floor": Target(6.0, 4.0),
    "stock_spiff_over_ours": Target(None, None),
    "round_200_over_round_0": Target(1.25, 1.1),
    "return_200_over_return_0": Target(1.25, 1.1),
    "state_bytes_max": Target(8_192, 3_072),
    "start_tasks_7x3": Target(100, 40),
    "wal_over_floor": Target(2.0, 1.2),
    "worklist_skew_ms": Target(10.0, 2.0, LISTS),
    "timer_lag_p95_s": Target(None, None),
    "timers_lost": Target(0, 0),
    "timers_double": Target(0, 0),
    "equivalence_mismatches": Target(0, 0),
    "approvals_skipped": Target(0, 0),
}


def above_must(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values that break a promise, those with a pending reason too."""
    return {key: value for key, value in values.items() if _is_above(value, TARGETS[key].must)}


def failing(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values that fail the build."""
    return {key: v for key, v in above_must(values).items() if not TARGETS[key].pending}


def verdict(key: str, value: Value) -> str:
    """In a word, how a value stands to its target."""
    target = TARGETS[key]
    if value is None:
        return "not measured"
    if target.must is None:
        return ""
    if _is_above(value, target.must):
        return f"ABOVE MUST ({target.pending})" if target.pending else "ABOVE MUST"
    return "must" if _is_above(value, target.wanted) else "wanted"


def _is_above(value: Value, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit
