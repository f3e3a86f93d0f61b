"""Tries removals one after the other, keeps what came out, and writes the document of evidence.

``python -m tests.integration.removal.report KEPT [--minutes N] [words …]``: elements whose key or
section begins with one of the words and that KEPT does not have yet.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .twin import REFUSED, ROOT, Placed, Twin, placed_elements, tests_of

DOCUMENT = ROOT / "docs" / "evidence" / "rules.md"
BEGIN, END = "<!-- removals -->", "<!-- end removals -->"
Kept = dict[str, dict[str, Any]]


def main() -> None:
    """Try what is asked for, and write down everything kept."""
    asked = argparse.ArgumentParser()
    asked.add_argument("kept", type=Path)
    asked.add_argument("--minutes", type=float, default=10_000)
    asked.add_argument("--again", action="store_true")
    asked.add_argument("words", nargs="*")
    given = asked.parse_args()
    kept: Kept = json.loads(given.kept.read_text("utf-8")) if given.kept.exists() else {}
    until = time.monotonic() + 60 * given.minutes
    wanted = [p for p in _asked_for(given.words) if given.again or p.key not in kept]
    with TemporaryDirectory() as folder:
        twin = Twin(Path(folder), tests_of(wanted))
        for placed in wanted:
            if time.monotonic() < until:
                _try(twin, placed, kept)
                given.kept.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
        twin.close()
    write(kept)


def _try(twin: Twin, placed: Placed, kept: Kept) -> None:
    begun = time.monotonic()
    done = twin.remove(placed)
    kept[placed.key] = {"how": done.how, "noticed": done.noticed, "ran": done.ran}
    missed = " ".join(_missed(placed, kept)) or "noticed"
    print(f"{placed.key} {done.how} {time.monotonic() - begun:.0f} s: {missed}", flush=True)


def _asked_for(words: list[str]) -> list[Placed]:
    """The elements asked for, in the order of the words; all of them when there is no word."""
    found = {
        placed.key: placed
        for word in words or [""]
        for placed in placed_elements()
        if placed.key.startswith(word) or word in placed.sections
    }
    return list(found.values())


def _missed(placed: Placed, kept: Kept) -> list[str]:
    return [rule for rule in placed.rules if rule not in kept[placed.key]["noticed"]]


def write(kept: Kept) -> None:
    """Put the figures and the list into the document."""
    before = DOCUMENT.read_text("utf-8")
    head, tail = before.partition(BEGIN)[0], before.partition(END)[2]
    text = "\n".join([BEGIN, "", *_figures(kept), "", *_unnoticed(kept), "", END])
    DOCUMENT.write_text(head + text + tail, "utf-8")


def _figures(kept: Mapping[str, Any]) -> list[str]:
    every = placed_elements()
    tried = [placed for placed in every if placed.key in kept]
    seen = [
        kept[placed.key]["noticed"].get(rule, {"error": "unnoticed"})["error"]
        for placed in tried
        for rule in placed.rules
    ]
    whole = sum(not _missed(placed, dict(kept)) for placed in tried)
    rows = [
        ("elements with rules", len(every)),
        ("tried", len(tried)),
        ("noticed for every rule they carry", whole),
        ("pairs of rule and element tried", len(seen)),
        ("a test of the rule fails", sum(e not in (REFUSED, "unnoticed") for e in seen)),
        ("publication refuses the diagram", seen.count(REFUSED)),
        ("**no test of the rule notices**", seen.count("unnoticed")),
    ]
    ways = Counter(kept[placed.key]["how"] for placed in tried)
    rows += [(f"elements {how}", count) for how, count in sorted(ways.items())]
    made = datetime.now(UTC).date().isoformat()
    lines = [f"| {name} | {value} |" for name, value in rows]
    return [f"Made on {made}.", "", "| figure | value |", "|---|---|", *lines]


def _unnoticed(kept: Kept) -> list[str]:
    missed = {p: _missed(p, kept) for p in placed_elements() if p.key in kept}
    lines = [
        f"| `{placed.key}` {placed.name} | {', '.join(rules)} |"
        for placed, rules in missed.items()
        if rules
    ]
    if not lines:
        return ["Every removal that was tried is noticed."]
    return ["| removed | rules whose tests do not notice |", "|---|---|", *lines]


if __name__ == "__main__":
    main()
