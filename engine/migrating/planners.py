"""The planners of the latest pairs of versions; what they found out of alike cases is kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from engine.canonical import canonical, digest
from engine.forms.describe import field_types
from engine.gate.context import GateContext
from engine.migrating.plan import Planner, Version, version_of
from engine.store.database import Unit

if TYPE_CHECKING:
    from engine.world import World

CACHE_SIZE = 8


@dataclass(frozen=True)
class Target:
    """Where cases are to go: the version, the mapping of elements, and what somebody accepts."""

    bundle_id: UUID
    mapping: Mapping[str, str]
    accepted: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of the mapping."""
        return digest(canonical(dict(sorted(self.mapping.items()))))


class Planners:
    """The planners of the latest pairs of versions; what they found out of alike cases is kept."""

    def __init__(self) -> None:
        self._cache: OrderedDict[tuple[UUID, UUID, UUID, str], Planner] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tx: Unit, world: World, old: UUID, target: Target) -> Planner:
        """The planner from one published version to the target."""
        key = (tx.tenant_id, old, target.bundle_id, target.digest)
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        before, after = (world.bundles.get(tx, i) for i in (old, target.bundle_id))
        made = planner_for(world, version_of(before), version_of(after), target.mapping)
        with self._lock:
            self._cache[key] = made
            while len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)
        return made


def planner_for(world: World, old: Version, new: Version, mapping: Mapping[str, str]) -> Planner:
    """Makes plans for the cases that go from one version to another, published or not."""

    def fields(form_id: str) -> Mapping[str, str] | None:
        form = new.forms.get(form_id)
        return None if form is None else field_types(form)

    results = world.bindings.results
    context = GateContext(form_fields=fields, results=results, variables=frozenset({"case"}))
    return Planner(old, new, mapping, context)
