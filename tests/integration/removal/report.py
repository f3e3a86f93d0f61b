"""Tries removals one after the other, keeps what came out, and writes the document of evidence.

``python -m tests.integration.removal.report [--again] [--minutes N] [words …]``: elements whose key
begins with one of the words, or whose section is one, and that were not tried yet.
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

from .twin import REFUSED, ROOT, Outcome, Placed, Twin, names_of, placed_elements

DOCUMENT = ROOT / "docs" / "evidence" / "rules.md"
BEGIN, END = "<!-- removals -->", "<!-- end removals -->"
OUTCOMES = Path(__file__).with_name("outcomes.json")
UNNOTICED = "unnoticed"


def read_outcomes(path: Path) -> dict[str, Outcome]:
    """What came out for each element that was tried."""
    kept = json.loads(path.read_text("utf-8"))
    return {key: Outcome(one["how"], one["noticed"], 0) for key, one in kept.items()}


def missed(placed: Placed, outcome: Outcome) -> list[str]:
    """The rules of an element of which no test noticed that it was missing."""
    return [rule for rule in placed.rules if rule not in outcome.noticed]


def main() -> None:
    """Try what is asked for, and write down everything kept."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--minutes", type=float, default=10_000)
    asked.add_argument("--again", action="store_true")
    asked.add_argument("words", nargs="*")
    given = asked.parse_args()
    kept = read_outcomes(OUTCOMES)
    until = time.monotonic() + 60 * given.minutes
    wanted = [p for p in _asked_for(given.words) if given.again or p.key not in kept]
    with TemporaryDirectory() as folder:
        twin = Twin(Path(folder), names_of(wanted))
        for placed in wanted:
            if time.monotonic() < until:
                kept[placed.key] = _try(twin, placed)
                _keep(kept)
        twin.close()
    write(kept)


def _try(twin: Twin, placed: Placed) -> Outcome:
    begun = time.monotonic()
    done = twin.remove(placed)
    told = " ".join(missed(placed, done)) or "noticed"
    print(f"{placed.key} {done.how} {time.monotonic() - begun:.0f} s: {told}", flush=True)
    return done


def _keep(kept: Mapping[str, Outcome]) -> None:
    """A line an element, so that a change is seen as one."""
    lines = []
    for key, one in sorted(kept.items()):
        noticed = {
            rule: {"test": seen["test"], "error": seen["error"]}
            for rule, seen in sorted(one.noticed.items())
        }
        told = json.dumps({"how": one.how, "noticed": noticed}, ensure_ascii=False)
        lines.append(f"{json.dumps(key)}: {told}")
    OUTCOMES.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def _asked_for(words: list[str]) -> list[Placed]:
    """The elements asked for, in the order of the words; all of them when there is no word."""
    found = {
        placed.key: placed
        for word in words or [""]
        for placed in placed_elements()
        if placed.key.startswith(word) or word in placed.sections
    }
    return list(found.values())


def write(kept: Mapping[str, Outcome]) -> None:
    """Put the figures and the list into the document."""
    before = DOCUMENT.read_text("utf-8")
    head, tail = before.partition(BEGIN)[0], before.partition(END)[2]
    text = "\n".join([BEGIN, "", *_figures(kept), "", *_unnoticed(kept), "", END])
    DOCUMENT.write_text(head + text + tail, "utf-8")


def _figures(kept: Mapping[str, Outcome]) -> list[str]:
    every = placed_elements()
    tried = [placed for placed in every if placed.key in kept]
    seen = [
        kept[placed.key].noticed.get(rule, {"error": UNNOTICED})["error"]
        for placed in tried
        for rule in placed.rules
    ]
    rows: list[tuple[str, object]] = [
        ("elements with rules", len(every)),
        ("tried", len(tried)),
        ("noticed for every rule they carry", sum(not missed(p, kept[p.key]) for p in tried)),
        ("pairs of rule and element tried", len(seen)),
        ("a test of the rule fails", sum(e not in {*REFUSED, UNNOTICED} for e in seen)),
        ("publication refuses the diagram", sum(e in REFUSED for e in seen)),
        ("**no test of the rule notices**", seen.count(UNNOTICED)),
    ]
    ways = Counter(kept[placed.key].how for placed in tried)
    rows += [(f"elements {how}", count) for how, count in sorted(ways.items())]
    made = datetime.now(UTC).date().isoformat()
    lines = [f"| {name} | {value} |" for name, value in rows]
    return [f"Made on {made}.", "", "| figure | value |", "|---|---|", *lines]


def _unnoticed(kept: Mapping[str, Outcome]) -> list[str]:
    lines = [
        f"| `{placed.key}` {placed.name} | {', '.join(missed(placed, kept[placed.key]))} |"
        for placed in placed_elements()
        if placed.key in kept and missed(placed, kept[placed.key])
    ]
    if not lines:
        return ["Every removal that was tried is noticed."]
    return ["| removed | rules whose tests do not notice |", "|---|---|", *lines]


if __name__ == "__main__":
    main()
