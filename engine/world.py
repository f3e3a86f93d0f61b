"""What a node knows besides the database: clock, bindings and caches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.binding import Bindings
from engine.bundles import Bundles
from engine.clock import Clock
from engine.office import Offices


@dataclass(frozen=True)
class World:
    """Passed to every engine function that needs time, bindings or definitions."""

    clock: Clock
    bindings: Bindings
    bundles: Bundles = field(default_factory=Bundles)
    offices: Offices = field(default_factory=Offices)
    form_services: Mapping[str, Any] = field(default_factory=dict)
