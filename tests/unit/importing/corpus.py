"""Every BPMN file of a folder: what opens, what may be published, and whether that runs right.

``python -m tests.unit.importing.corpus FOLDER`` prints a table; nothing of the files is kept.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from engine.bpmn.model import EventKind, Kind, Process
from engine.gate.imported import check_import
from engine.gate.report import Report
from engine.semantics.rest import TooManyWays
from engine.spiff.host import BudgetExceeded
from tests.unit.semantics.twin import Disagreement, NoExit, Procedure, Twin

ENDINGS = (".bpmn", ".bpmn2", ".bpmn20.xml")
MOST_ACTS = 30


@dataclass
class Census:
    """How many files opened, why the others did not, and how the walks ended."""

    files: int = 0
    drafts: int = 0
    unchanged: int = 0
    proposed: int = 0
    publishable: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    walks: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def bodies(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The BPMN files under a folder, each content once."""
    seen: set[bytes] = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or not path.name.endswith(ENDINGS):
            continue
        body = path.read_bytes()
        digest = sha256(body).digest()
        if digest not in seen:
            seen.add(digest)
            yield path, body


def take_census(folder: Path, walks: int = 8) -> Census:
    """Import, check and walk all files of a folder; an exception is a fault of ours."""
    census = Census()
    opened: list[tuple[Path, Process]] = []
    for path, body in bodies(folder):
        census.files += 1
        try:
            report, text = check_import(body)
        except Exception as error:
            census.broken.append(f"{path}: {type(error).__name__}: {error}")
            continue
        _enter(census, report, is_changed=text != body)
        if report.publishable and report.diagram is not None:
            opened += ((path, p) for p in report.diagram.processes if p.executable)
    known: dict[str, Process] = {}
    for _path, process in opened:
        known.setdefault(process.id, process)
    for path, process in opened:
        for seed in range(walks):
            _walk(census, path, process, known, seed)
    return census


def _enter(census: Census, report: Report, *, is_changed: bool) -> None:
    codes = {finding.code for finding in report.findings}
    if not report.readable:
        census.refused.update(codes)
        return
    census.drafts += 1
    census.unchanged += not is_changed
    census.publishable += report.publishable
    census.proposed += any(finding.fix for finding in report.findings)
    census.findings.update(codes)
    census.verdicts[report.soundness.verdict] += 1


def _walk(
    census: Census, path: Path, process: Process, known: Mapping[str, Process], seed: int
) -> None:
    """Random acts in the engine and in the semantics at once, where a plain start begins it."""
    starts = process.body.starts()
    processes = _with_called(process, known)
    if processes is None or len(starts) != 1 or starts[0].event.kind is not EventKind.NONE:
        census.walks["not walked"] += 1
        return
    random = Random(f"{process.id} {seed}")
    loops = {
        node.id: (random.randint(0, 3), random.randint(1, 3))
        for one in processes
        for node in one.body.walk()
        if node.loop
    }
    procedure: Procedure = processes, _conditions(processes), loops
    try:
        twin = Twin(procedure, seed)
        while twin.moves < MOST_ACTS and not twin.is_over():
            twin.act()
    except (NoExit, BudgetExceeded, TooManyWays):
        census.walks["ended by data or budget"] += 1
    except Disagreement as error:
        census.broken.append(f"{path}: {process.id}: {seed}: {error}")
    else:
        census.walks["walked"] += 1
        census.walks["acts"] += twin.moves
        census.walks["joins"] += twin.ledger.joins
        census.walks["approvals skipped"] += twin.ledger.skipped
        census.walks["came to their end"] += twin.machine.completed


def _with_called(process: Process, known: Mapping[str, Process]) -> list[Process] | None:
    """The process and all it calls; None when one of them is not there."""
    found, todo = {process.id: process}, [process]
    while todo:
        for node in todo.pop().body.walk():
            name = node.zeebe.called_process
            if node.kind is not Kind.CALL_ACTIVITY or name in found:
                continue
            if name not in known:
                return None
            found[name] = known[name]
            todo.append(known[name])
    return list(found.values())


def _conditions(processes: list[Process]) -> list[str]:
    found: set[str] = set()
    for process in processes:
        nodes = [*process.body.walk()]
        levels = [process.body, *(node.body for node in nodes if node.body)]
        found.update(f.condition for level in levels for f in level.flows.values() if f.condition)
        found.update(n.repeat.condition for n in nodes if n.repeat and n.repeat.condition)
    return sorted(found)


def table(census: Census) -> str:
    """The census as Markdown."""
    rows = {
        "files, each content once": census.files,
        "opened as drafts": census.drafts,
        "of these not changed by a byte": census.unchanged,
        "with a proposed fix": census.proposed,
        "may be published as they came (structure)": census.publishable,
        **{f"refused: {code}": count for code, count in census.refused.most_common()},
        **{f"soundness {verdict}": count for verdict, count in census.verdicts.most_common()},
        **{f"walks: {what}": count for what, count in census.walks.items()},
        "exceptions and disagreements": len(census.broken),
    }
    lines = ["| | |", "|---|---|", *(f"| {name} | {value:,} |" for name, value in rows.items())]
    common = ", ".join(f"{code} {count:,}" for code, count in census.findings.most_common(25))
    return "\n".join([*lines, "", f"Findings: {common}.", *census.broken])


if __name__ == "__main__":
    print(table(take_census(Path(sys.argv[1]))))
