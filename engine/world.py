"""What a node knows besides the database: clock, bindings and caches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.definitions.binding import Bindings
from engine.definitions.bundles import Bundles
from engine.messaging.transport import Transport
from engine.migrating.planners import Planners
from engine.office import Offices
from engine.store.database import Unit
from engine.timing.clock import Clock


@dataclass(frozen=True)
class CaseEnded:
    """A case that was withdrawn or terminated; whoever is told works in the same transaction."""

    tx: Unit
    case_id: UUID
    case_number: str
    principal: str
    status: str
    reason: str
    actor: Actor | None
    now: datetime


def _pass_by(_point: str) -> None:
    """Nothing happens at a marked point unless a test kills the process there."""


@dataclass(frozen=True)
class World:
    """Passed to every engine function that needs time, bindings or definitions."""

    clock: Clock
    bindings: Bindings
    bundles: Bundles = field(default_factory=Bundles)
    offices: Offices = field(default_factory=Offices)
    planners: Planners = field(default_factory=Planners)
    form_services: Mapping[str, Any] = field(default_factory=dict)
    transports: Mapping[str, Transport] = field(default_factory=dict)
    """What takes a message of the outbox to its receivers, by kind of message."""
    when_ended: Sequence[Callable[[CaseEnded], None]] = ()
    """Called when a case ends before its procedure is through."""
    mark: Callable[[str], None] = _pass_by
    """Called at the points where a crash matters."""
