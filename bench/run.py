"""The parts one after the other; each puts its values and a table into the report."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from bench.databases import Postgres, Server, Sqlite
from bench.parts.countersign import countersigning
from bench.parts.equivalence import equivalence
from bench.parts.flatness import flatness, long_returns, returns, rework
from bench.parts.floor import FloorRatio, floor_ratio
from bench.parts.growth import growth
from bench.parts.http import over_http
from bench.parts.peers import arena, bpmn_engine, stock_growth
from bench.parts.side_by_side import side_by_side
from bench.parts.timers import timers
from bench.parts.worklist import work_lists
from bench.report import Report, Table
from bench.sizes import Sizes

LARGE_BLOCKS = "blocks-7-3"


@dataclass(frozen=True)
class Bench:
    """What the parts work with."""

    postgres: Postgres
    sqlite: Sqlite
    sizes: Sizes
    report: Report
    spiff_arena: Path | None = None

    def server(self, kind: str) -> Server:
        """The server of a kind."""
        return self.postgres if kind == "postgresql" else self.sqlite


def run_parts(bench: Bench, only: Collection[str], *, is_quiet: bool) -> None:
    """Run the parts that are asked for, all when none is named."""
    for name, part in PARTS.items():
        if only and name not in only:
            continue
        begun = time.perf_counter()
        part(bench)
        if not is_quiet:
            print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)


def _floor(bench: Bench) -> None:
    sizes = bench.sizes
    found = {
        server.kind: floor_ratio(server, instances=sizes.instances, repetitions=sizes.repetitions)
        for server in (bench.postgres, bench.sqlite)
    }
    for ratio in found.values():
        if not ratio.is_equal:
            raise AssertionError("the floor did not write the same rows")
    postgres, sqlite = found["postgresql"], found["sqlite"]
    bench.report.put(
        completion_pg_over_floor=postgres.over("ours", "floor").middle,
        completion_sqlite_over_floor=sqlite.over("ours", "floor").middle,
        wal_over_floor=postgres.over("ours", "floor", "wal").middle,
        stock_spiff_over_ours=postgres.over("naive", "ours").middle,
    )
    rows = [row for ratio in found.values() for row in _floor_rows(ratio)]
    heads = ("database", "lane", "CPU × F", "wall × F", "CPU ms", "of it server", "WAL bytes")
    bench.report.tables.append(Table("B1 floor, B4 plain SpiffWorkflow", heads, rows))
    sums = [(r.kind, r.completions, r.statements, r.rows, r.state_bytes) for r in found.values()]
    what = ("database", "completions a repetition", "floor statements", "rows", "state bytes max")
    bench.report.tables.append(Table("B1 what a completion writes", what, sums))


def _floor_rows(ratio: FloorRatio) -> list[tuple[object, ...]]:
    return [
        (
            ratio.kind,
            lane,
            ratio.over(lane, "floor"),
            ratio.over(lane, "floor", "wall"),
            ratio.mean(lane).cpu * 1e3,
            ratio.mean(lane).server * 1e3,
            ratio.mean(lane).wal,
        )
        for lane in ratio.costs
    ]


def _flatness(bench: Bench) -> None:
    sizes, rows = bench.sizes, []
    loops = {"rounds": rework(), "returns": returns()}
    if sizes.has_long_returns:
        loops["long returns"] = long_returns()
    for kind in sizes.flat_on:
        for name, loop in loops.items():
            marks = sizes.marks if name != "long returns" else (0, 200)
            found = flatness(bench.server(kind), loop, marks)
            rows += [
                (kind, name, f.rounds, f.over_fresh, f.state_bytes, f.statements) for f in found
            ]
            at_200 = next((f for f in found if f.rounds == 200), found[-1]).over_fresh.middle
            if kind == sizes.flat_on[0] and name == "rounds":
                bench.report.put(round_200_over_round_0=at_200)
            elif kind == sizes.flat_on[0] and name == "returns":
                bench.report.put(return_200_over_return_0=at_200)
    heads = ("database", "loop", "after", "CPU over fresh case", "state bytes", "statements")
    bench.report.tables.append(Table("B2 flatness", heads, rows))


def _growth(bench: Bench) -> None:
    sizes = bench.sizes
    found = growth(bench.sqlite, shapes=list(sizes.shapes), length=sizes.chain)
    bench.report.put(
        state_bytes_max=found.state_bytes_max, start_tasks_7x3=found.start_tasks[LARGE_BLOCKS]
    )
    rows: list[tuple[object, ...]] = [
        (name, found.start_tasks[name], size) for name, size in found.state_bytes.items()
    ]
    bench.report.tables.append(
        Table("B3 growth guards", ("process", "tasks at start", "state bytes max"), rows)
    )
    rows = [("statements, " + name, count) for name, count in found.statements.items()]
    none = found.remark_seconds["none"]
    rows += [
        (f"CPU with a remark of {n} × none", s / none) for n, s in found.remark_seconds.items()
    ]
    bench.report.tables.append(Table("B3 one completion", ("what", "value"), rows))


def _peers(bench: Bench) -> None:
    stock = stock_growth()
    rows = [
        ("plain SpiffWorkflow", "tasks at start, 3 blocks of 3", stock.start_tasks_3x3),
        ("plain SpiffWorkflow", "CPU ms a completion, first return", stock.first_ms),
        ("plain SpiffWorkflow", f"the same, return {stock.rounds}", stock.after_rounds_ms),
        ("plain SpiffWorkflow", "document bytes, first return", stock.first_bytes),
        ("plain SpiffWorkflow", f"the same, return {stock.rounds}", stock.after_rounds_bytes),
    ]
    for peer in (bpmn_engine(), arena(bench.spiff_arena)):
        what = "CPU ms a completion" if peer.cpu_ms is not None else peer.note
        rows.append((peer.name, what, peer.cpu_ms))  # type: ignore[arg-type]
    bench.report.tables.append(Table("B4 peers in process", ("peer", "what", "value"), rows))


def _timers(bench: Bench) -> None:
    sizes = bench.sizes
    found = timers(bench.postgres, steady=sizes.trickle, burst=sizes.burst, pending=sizes.pending)
    bench.report.put(
        timer_lag_p95_s=found.lag_p95, timers_lost=found.lost, timers_double=found.double
    )
    rows = [
        ("fired", found.fired),
        ("lag p95 of a trickle, s", found.lag_p95),
        ("fired a second while two clocks run and one is killed", found.fired_a_second),
        ("leased to the killed clock, fired after its lease", found.left_by_the_killed),
        ("lost", found.lost),
        ("fired twice", found.double),
        (f"poll with nothing due among {found.pending:,}, ms", found.poll_ms),
        ("of it in the database, µs", found.poll_server_us),
    ]
    bench.report.tables.append(Table("B5 timers", ("what", "value"), rows))


def _work_lists(bench: Bench) -> None:
    sizes, rows = bench.sizes, []
    for kind in sizes.list_on:
        for items in sizes.list_items:
            for found in work_lists(bench.server(kind), items=items, reads=sizes.list_reads):
                plan = "index" if found.plans_use_index else "READS ALL CANDIDATES"
                rows.append((kind, items, found.profile, found.p50, found.p95, plan))
                if kind == sizes.list_on[0] and found.profile == "skewed":
                    bench.report.put(worklist_skew_ms=found.p50)
    heads = ("database", "open items", "profile", "p50 ms", "p95 ms", "plan")
    bench.report.tables.append(Table("B6 work list, page and count", heads, rows))


def _countersign(bench: Bench) -> None:
    found = countersigning(bench.postgres, rounds=bench.sizes.countersign_rounds)
    if found.wrong:
        raise AssertionError(f"{found.wrong} countersigned cases came out wrong")
    rows = [(found.rounds, found.p50, found.p95, found.conflicts, found.wrong)]
    heads = ("rounds of five", "p50 ms", "p95 ms", "conflicts", "wrong")
    bench.report.tables.append(Table("B7 five countersigners at once", heads, rows))


def _equivalence(bench: Bench) -> None:
    found = equivalence(bench.sizes.procedures)
    if found is None:
        return
    bench.report.put(
        equivalence_mismatches=found.mismatches, approvals_skipped=found.approvals_skipped
    )
    rows = [(found.procedures, found.acts, found.mismatches, found.approvals_skipped)]
    heads = ("procedures", "acts", "mismatches", "approvals skipped")
    bench.report.tables.append(Table("B8 equivalence", heads, rows))


def _side_by_side(bench: Bench) -> None:
    found = side_by_side(bench.postgres, instances=bench.sizes.instances * 10)
    rows = [(name, value) for name, value in found.rows()]
    bench.report.tables.append(Table("B9 workload W, our side", ("what", "value"), rows))


def _http(bench: Bench) -> None:
    sizes = bench.sizes
    found = over_http(bench.postgres, repetitions=sizes.http_repetitions, reads=sizes.http_reads)
    bench.report.put(http_completion_over_floor=found.api_over_floor.middle)
    ratios = {"api": found.api_over_floor, "page": found.page_over_floor, "list": None}
    names = {"api": "API completion", "page": "page and form", "list": "work list under load"}
    rows = [(names[what], ratio, *found.quantiles(what)) for what, ratio in ratios.items()]
    heads = ("what", "CPU × F", "p50 ms", "p95 ms")
    bench.report.tables.append(Table("HTTP, two web processes", heads, rows))


PARTS: dict[str, Callable[[Bench], None]] = {
    "B1": _floor,
    "B2": _flatness,
    "B3": _growth,
    "B4": _peers,
    "B5": _timers,
    "B6": _work_lists,
    "B7": _countersign,
    "B8": _equivalence,
    "B9": _side_by_side,
    "HTTP": _http,
}
