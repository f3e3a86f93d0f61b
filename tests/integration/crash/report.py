"""The figures of a campaign, as they are printed and kept."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .campaign import Campaign, Standing, wire_of

EVIDENCE = Path(__file__).parents[3] / "docs" / "evidence"
BEGIN, END = "<!-- campaign {0} -->", "<!-- end {0} -->"


@dataclass(frozen=True)
class Figures:
    """What was done and what came out, in the order of the table."""

    kind: str
    seed: int
    rows: tuple[tuple[str, object], ...]

    def table(self) -> str:
        """The figures as a table."""
        lines = [f"| {name} | {value} |" for name, value in self.rows]
        return "\n".join(["| figure | value |", "|---|---|", *lines])


def figures_of(campaign: Campaign, standing: Standing) -> Figures:
    """The figures of a campaign that has passed its examination."""
    house, seen = campaign.house, campaign.seen
    kills = [(f"killed: {r}, {p}", n) for (r, p), n in sorted(house.kills.items())]
    sent = wire_of(campaign.installation)
    again = sum(count - 1 for count in sent.values())
    rows = (
        ("kills (SIGKILL)", house.kills.total()),
        *kills,
        ("hard stops of the database", campaign.stops),
        ("seconds", round(campaign.seconds)),
        ("cases walked to their end", standing.statuses["completed"]),
        ("acknowledged starts and completions", len(campaign.acknowledged)),
        ("double clicks", seen["double clicks"]),
        ("requests not answered and sent again", seen["not answered"]),
        ("requests told to come back (503)", seen["told to come back"]),
        ("acknowledged and lost", 0),
        ("done twice", 0),
        (f"timers lost or fired twice, of {standing.fired.total()}", 0),
        (f"messages lost, of {standing.messages.total()}", 0),
        ("messages sent again, under the same key", again),
        ("messages shown twice", 0),
        ("findings of history verify and of the invariant sweep", 0),
    )
    return Figures(campaign.installation.kind, house.seed, rows)


def keep(figures: Figures, path: Path, today: date) -> None:
    """Write the figures into the document, in the place of those of the same database."""
    begin, end = BEGIN.format(figures.kind), END.format(figures.kind)
    words = f"{today:%Y-%m-%d}, seed {figures.seed}, {os.cpu_count()} cores."
    section = f"{begin}\n\n### {figures.kind}\n\n{words}\n\n{figures.table()}\n\n{end}"
    with path.open("r+", encoding="utf-8") as document:
        fcntl.flock(document, fcntl.LOCK_EX)  # the other database may be through at the same moment
        before, _, rest = document.read().partition(begin)
        _, _, after = rest.partition(end)
        document.seek(0)
        document.truncate()
        document.write(before + section + after)
