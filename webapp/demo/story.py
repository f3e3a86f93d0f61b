"""What the demonstration cases of a tenant are to do: its ``demo/world.toml``, read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENDLESS = 1_000


@dataclass(frozen=True)
class CasePlan:
    """One case: who starts it and when, where it is left, what is answered otherwise than usual.

    ``begin`` and ``not_before`` (by step) are working days ago, ``every`` is from step to step.
    """

    key: str
    starter: str
    begin: float
    every: float = 1.0
    procedure: str = ""
    """Another one than that of the story."""
    until: str = ""
    steps: int = ENDLESS
    not_before: Mapping[str, float] = field(default_factory=dict)
    fill: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    draft: Mapping[str, Any] = field(default_factory=dict)
    leave: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchPlan:
    """Cases whose step is completed by one act, as soon as all of them wait there."""

    kind: str
    step: str
    by: str
    title: str
    cases: Sequence[str]
    act: str = "complete"
    not_before: float = ENDLESS


@dataclass(frozen=True)
class Register:
    """A printed list to begin the register with."""

    file: str
    source: str
    division: str


@dataclass(frozen=True)
class BidPlan:
    """What a body bids in every tender, how many days ``after`` the notice.

    ``share``: how much of the points (%) the committee gives it.
    """

    body: str
    price: str
    share: int
    after: int = 0


@dataclass(frozen=True)
class TenderPlan:
    """How tenders go: who bids, and the passphrase of an officer (``{username}``).

    The members of a committee score one after the other, ``pace`` hours apart.
    """

    passphrase: str
    bids: Sequence[BidPlan]
    pace: int = 0


@dataclass(frozen=True)
class Story:
    """Everything that happens while the demonstration world of a tenant is loaded.

    ``pin`` is what everybody signs with who signs in it; empty where nobody does.
    """

    procedure: str
    register: Register | None
    cases: Sequence[CasePlan]
    batches: Sequence[BatchPlan]
    pin: str = ""
    tendering: TenderPlan | None = None


def read_story(path: Path) -> Story:
    """The story of a file; a TypeError names a key that is none."""
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    register = written.get("register")
    return Story(
        procedure=written["procedure"],
        register=None if register is None else Register(**register),
        cases=[CasePlan(**entry) for entry in written.get("cases", ())],
        batches=[BatchPlan(**entry) for entry in written.get("batches", ())],
        pin=written.get("pin", ""),
        tendering=_tendering(written.get("tendering")),
    )


def _tendering(written: Mapping[str, Any] | None) -> TenderPlan | None:
    if written is None:
        return None
    bids = [BidPlan(**entry) for entry in written["bids"]]
    return TenderPlan(written["passphrase"], bids, written.get("pace", 0))
