"""How often the proof comes to an answer, on random processes of at most sixty elements.

    .venv/bin/python -m tests.unit.semantics.decided 2000

prints the figures of docs/evidence/soundness.md for the seeds from 0 on.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.model import Process
from engine.gate.proof import MOST_MOVES
from engine.semantics.soundness import prove
from tests.unit.semantics.mutation import blocks, torn

MOST_ELEMENTS = 60


@dataclass
class Decided:
    """What the proof said of a row of random processes."""

    verdicts: Counter[str] = field(default_factory=Counter)
    flaws: Counter[str] = field(default_factory=Counter)
    unknown: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def share_unknown(self) -> float:
        """The part of the processes of which nothing is known."""
        return len(self.unknown) / max(1, len(self.sizes))

    def to_json(self) -> dict[str, Any]:
        """The figures, rounded."""
        order = sorted(self.seconds)
        return {
            "processes": len(self.sizes),
            "elements": {
                "mean": round(sum(self.sizes) / len(self.sizes), 1),
                "most": max(self.sizes),
            },
            "verdicts": dict(self.verdicts),
            "flaws": dict(self.flaws),
            "unknown": {"share": round(self.share_unknown, 5), "seeds": self.unknown},
            "milliseconds": {
                "median": round(1_000 * order[len(order) // 2], 1),
                "99 of 100": round(1_000 * order[len(order) * 99 // 100], 1),
                "most": round(1_000 * order[-1], 1),
            },
        }


def drawn(seed: int) -> tuple[Process, dict[str, Process]]:
    """The process of a seed: whole blocks, torn ones, or ones full of events, with the called."""
    if seed % 2 == 0:
        main, *called = blocks(seed)[0]
    else:
        main, *called = torn(seed, rough=seed % 10 == 9)[0]
    return main, {process.id: process for process in called}


def size(main: Process, called: dict[str, Process]) -> int:
    """The elements of a process and of all it calls."""
    return sum(1 for process in (main, *called.values()) for _ in process.body.walk())


def fitting(seeds: Iterable[int]) -> Iterator[int]:
    """The seeds whose process is no larger than the limit."""
    return (seed for seed in seeds if size(*drawn(seed)) <= MOST_ELEMENTS)


def decide(seeds: Iterable[int]) -> Decided:
    """Prove every process with the budget of the gate."""
    found = Decided()
    for seed in fitting(seeds):
        main, called = drawn(seed)
        began = time.process_time()
        proof = prove(main, called, most_moves=MOST_MOVES)
        found.seconds.append(time.process_time() - began)
        found.sizes.append(size(main, called))
        found.verdicts[proof.verdict] += 1
        found.flaws.update({flaw.kind for flaw in proof.flaws})
        if proof.verdict == "unknown":
            found.unknown.append(seed)
    return found


if __name__ == "__main__":
    print(json.dumps(decide(range(int(sys.argv[1]))).to_json(), indent=1))
