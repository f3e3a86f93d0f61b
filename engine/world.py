"""What a node knows besides the database: clock, bindings and caches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.binding import Bindings
from engine.bundles import Bundles
from engine.clock import Clock
from engine.office import Offices
from engine.transport import Transport


def _pass_by(_point: str) -> None:
    """Nothing happens at a marked point unless a test kills the process there."""


@dataclass(frozen=True)
class World:
    """Passed to every engine function that needs time, bindings or definitions."""

    clock: Clock
    bindings: Bindings
    bundles: Bundles = field(default_factory=Bundles)
    offices: Offices = field(default_factory=Offices)
    form_services: Mapping[str, Any] = field(default_factory=dict)
    transports: Mapping[str, Transport] = field(default_factory=dict)
    """What takes a message of the outbox to its receivers, by kind of message."""
    mark: Callable[[str], None] = _pass_by
    """Called at the points where a crash matters."""
