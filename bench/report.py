"""What was measured, as one JSON object or as tables to read."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.targets import TARGETS, Value, verdict


@dataclass(frozen=True)
class Table:
    """Rows under a title."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]

    def __str__(self) -> str:
        lines = [f"\n## {self.title}\n", _line(self.heads), _line("---" for _ in self.heads)]
        return "\n".join([*lines, *(_line(map(_shown, row)) for row in self.rows)])


@dataclass
class Report:
    """The values by key, and a table for each part."""

    values: dict[str, Value] = field(default_factory=lambda: dict.fromkeys(TARGETS))
    tables: list[Table] = field(default_factory=list)

    def put(self, **values: Value) -> None:
        """Keep values; a key that is none of the result's is a defect."""
        for key, value in values.items():
            if key not in self.values:
                raise KeyError(key)
            self.values[key] = value

    def as_json(self) -> str:
        """One object with exactly the keys of the result."""
        return json.dumps({key: _short(value) for key, value in self.values.items()})

    def as_text(self, facts: Mapping[str, object]) -> str:
        """Tables in Markdown: the machine, the result against its targets, the parts."""
        head = Table("machine", ("what", "value"), list(facts.items()))
        rows = [
            (key, value, TARGETS[key].must, TARGETS[key].wanted, verdict(key, value))
            for key, value in self.values.items()
        ]
        result = Table("result", ("key", "value", "must", "wanted", "reached"), rows)
        return "\n".join(map(str, (head, result, *self.tables)))


def machine() -> dict[str, object]:
    """Date, processor, memory, load and versions."""
    model = next(_lines("/proc/cpuinfo", "model name"), platform.processor())
    memory = next(_lines("/proc/meminfo", "MemTotal"), "")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{os.cpu_count()} × {model}",
        "memory": memory,
        "load before": f"{os.getloadavg()[0]:.1f}",
        "system": platform.platform(terse=True),
        "Python": platform.python_version(),
    }


def _lines(path: str, word: str) -> Iterator[str]:
    source = Path(path)
    text = source.read_text() if source.exists() else ""
    found = (line for line in text.splitlines() if line.startswith(word))
    return (line.partition(":")[2].strip() for line in found)


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 100 else _whole(value)


def _whole(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else str(value)


def _short(value: Value) -> Value:
    return round(value, 4) if isinstance(value, float) else value
