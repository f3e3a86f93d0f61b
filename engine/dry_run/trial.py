"""What one dry run needs, as values that can be handed to another process."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Surroundings:
    """The tenant a procedure is tried in, as its rows have it; nothing of its people and cases."""

    tenant: Mapping[str, Any] = field(default_factory=dict)
    calendar: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    units: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Trial:
    """A diagram, what it calls by id, a scenario as plain JSON, and where and when it happens."""

    source: bytes
    scenario: Any
    now: datetime
    processes: Mapping[str, bytes] = field(default_factory=dict)
    decisions: Mapping[str, bytes] = field(default_factory=dict)
    surroundings: Surroundings = Surroundings()

    def to_json(self) -> dict[str, Any]:
        """The trial as JSON."""
        around = self.surroundings
        return {
            "source": _coded(self.source),
            "scenario": self.scenario,
            "now": self.now.isoformat(),
            "processes": {ref: _coded(body) for ref, body in self.processes.items()},
            "decisions": {ref: _coded(body) for ref, body in self.decisions.items()},
            "tenant": dict(around.tenant),
            "calendar": dict(around.calendar),
            "parameters": dict(around.parameters),
            "units": [dict(unit) for unit in around.units],
        }


def trial_of(written: Mapping[str, Any]) -> Trial:
    """The trial that :meth:`Trial.to_json` wrote."""
    around = Surroundings(
        written["tenant"], written["calendar"], written["parameters"], tuple(written["units"])
    )
    return Trial(
        source=_decoded(written["source"]),
        scenario=written["scenario"],
        now=datetime.fromisoformat(written["now"]),
        processes={ref: _decoded(body) for ref, body in written["processes"].items()},
        decisions={ref: _decoded(body) for ref, body in written["decisions"].items()},
        surroundings=around,
    )


def _coded(body: bytes) -> str:
    return base64.b64encode(body).decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text)
