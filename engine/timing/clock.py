"""Time as an argument: nothing below the edge asks the machine what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment as an aware UTC time."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """What the machine says."""
        return datetime.now(UTC)


@dataclass
class FrozenClock:
    """A clock that stands until it is moved; for tests and simulations."""

    moment: datetime

    def now(self) -> datetime:
        """Where the clock stands."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Move the clock on."""
        self.moment += by
