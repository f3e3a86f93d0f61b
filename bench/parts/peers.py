"""B4: peers in process: plain SpiffWorkflow always, others where they are installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.dialects import PLAIN_SPIFF, write
from bench.meter import Cost, NoServer, measure
from bench.samples import blocks, review
from bench.stock import Stock
from bench.world import answers

PEERS = Path(__file__).parents[1] / "peers"
ROUNDS = 30


@dataclass(frozen=True)
class StockGrowth:
    """What plain SpiffWorkflow does where we stay flat."""

    start_tasks_3x3: int
    first_ms: float
    after_rounds_ms: float
    first_bytes: int
    after_rounds_bytes: int
    rounds: int


def stock_growth() -> StockGrowth:
    """Tasks at the start of three parallel blocks of three; a return, first and last."""
    wide = Stock(blocks(3, 3))
    stock = Stock(review())
    document = stock.start()
    costs: list[Cost] = []
    sizes: list[int] = []
    for _ in range(ROUNDS):
        total = Cost()
        for element in ("Fill", "OpinionA", "OpinionB", "Decide"):
            given = answers("back")
            before = document
            cost, document = measure(
                NoServer(),
                lambda b=before, e=element, g=given: stock.complete(b, e, g),  # type: ignore[misc]
            )
            total += cost
        costs.append(total)
        sizes.append(len(document))
    return StockGrowth(
        wide.tasks(wide.start()),
        costs[1].client * 250,
        costs[-1].client * 250,
        sizes[0],
        sizes[-1],
        ROUNDS,
    )


@dataclass(frozen=True)
class Outsider:
    """A peer in a process of its own, or why it was not asked."""

    name: str
    cpu_ms: float | None
    note: str


def bpmn_engine() -> Outsider:
    """bpmn-engine on node: recover, signal one step, save, as its documents show it."""
    node, folder = shutil.which("node"), PEERS / "bpmn-engine"
    if node is None:
        return Outsider("bpmn-engine", None, "node is not on PATH")
    if not (folder / "node_modules" / "bpmn-engine").is_dir():
        return Outsider("bpmn-engine", None, f"run npm install in bench/peers/{folder.name} first")
    return _ask("bpmn-engine", [node, str(folder / "run.mjs")], folder)


def arena(checkout: Path | None) -> Outsider:
    """SpiffWorkflow's own product, with the Python of its checkout."""
    if checkout is None:
        return Outsider("spiff-arena", None, "give a checkout by --spiff-arena")
    backend = checkout.resolve() / "spiffworkflow-backend"
    python = backend / ".venv" / "bin" / "python"
    if not python.exists():
        return Outsider(
            "spiff-arena", None, f"there is no {python.relative_to(checkout.resolve())}"
        )
    return _ask("spiff-arena", [str(python), str(PEERS / "spiff-arena" / "run.py")], backend)


def _ask(name: str, command: list[str], folder: Path) -> Outsider:
    """Run a peer's script on the review process; it prints one JSON object with ``cpu_ms``."""
    with tempfile.TemporaryDirectory() as place:
        diagram = Path(place) / "review.bpmn"
        diagram.write_bytes(write(review(), PLAIN_SPIFF))
        done = subprocess.run(
            [*command, str(diagram)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no word"]
        return Outsider(name, None, f"failed: {last[0][:200]}")
    answer = json.loads(done.stdout.splitlines()[-1])
    return Outsider(name, float(answer["cpu_ms"]), str(answer.get("note", "")))
