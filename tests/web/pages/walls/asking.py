"""A function asked for what belongs to another tenant, and what came of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import event

from engine.actors import Actor
from engine.cases.command import Command
from engine.store.control import tenants
from engine.store.database import ControlUnit, Unit
from engine.store.prepared import Answer

from .guesses import Guesses, NoRecipe, drawn, forged, own_values
from .registry import Reacher
from .rows import Estate
from .world import World

MOST_LEVELS = 7


@dataclass(frozen=True)
class Outcome:
    """What a probe came to: what it was told of the other tenant, and what it sent there."""

    name: str
    told: frozenset[str]
    sent: int
    error: str


class Listening:
    """Counts the statements of a database, and hears whether anything asks at all."""

    def __init__(self, world: World) -> None:
        self.count = 0
        self._world = world

    def __enter__(self) -> Listening:
        self._world.product.db.statements.heard.append(self._hear)
        event.listen(self._world.product.db.engine, "before_cursor_execute", self._run)
        return self

    def __exit__(self, *_error: object) -> None:
        self._world.product.db.statements.heard.remove(self._hear)
        event.remove(self._world.product.db.engine, "before_cursor_execute", self._run)

    def _hear(self, texts: Any) -> None:
        self.count += sum("set_config" not in text for text in texts)

    def _run(self, *given: Any) -> None:
        self.count += 1


class Asker:
    """An outsider who calls functions with what belongs to the other tenant."""

    def __init__(self, world: World, who: str, turn: int) -> None:
        self.world, self.actor, self._turn = world, world.outsiders[who], turn
        self._slug = slug_of(world, self.actor)
        product, estate = world.product, world.estate
        self._own = own_values(product, self.actor) | drawn(product, estate, turn)

    def ask(self, asked: Reacher, listening: Listening) -> Outcome:
        """Call a function in the outsider's own unit of work; whatever it refuses is fine."""
        given: dict[str, Any] = {}
        error, begun, told = "", listening.count, set[str]()
        try:
            with self.world.product.db.tenant(self.actor.tenant_id) as tx:
                given, is_within = self._given(asked, tx)
                tx.flush()
                begun = listening.count
                if is_within:
                    told = self._told(asked.call(**given), given)
                    tx.flush()
            if not is_within:
                told = self._told(asked.call(**given), given)
        except NoRecipe:
            raise
        except Exception as refused:
            error = type(refused).__name__
            told = self._told(_shown(refused), given)
        return Outcome(asked.name, frozenset(told), listening.count - begun, error)

    def _given(self, asked: Reacher, tx: Unit) -> tuple[dict[str, Any], bool]:
        """The arguments, and whether the function works within the unit of work."""
        own = dict(self._own)
        turn, world = self._turn, self.world
        own[Unit] = tx
        guesses = Guesses(world.estate, own, self._slug, turn, self.actor)
        wanted = guesses.wanted(asked.call)
        if Command in wanted:
            own[Command] = forged(world.product, self.actor, tx, world.estate, turn)
        if ControlUnit in wanted:
            own[ControlUnit] = ControlUnit(tx._connection, world.product.db.statements)
        given = guesses.arguments(asked.call)
        if asked.owner is not None:
            given["self"] = guesses.value("self", asked.owner)
        return given, bool({Unit, Command, ControlUnit} & wanted)

    def _told(self, result: Any, given: Mapping[str, Any]) -> set[str]:
        # What he once said may come back to him: it is kept in his own tenant.
        self.world.said.update(_texts(list(given.values()), MOST_LEVELS))
        told = " ".join(_texts(result, MOST_LEVELS))
        return self.world.estate.told_in(told, self.world.said)


def _shown(error: Exception) -> list[Any]:
    return [str(error), getattr(error, "zh", ""), getattr(error, "facts", {})]


def slug_of(world: World, actor: Actor) -> str:
    with world.product.db.control(read_only=True) as control:
        row = control.one(tenants.select().where(tenants.c.id == actor.tenant_id))
    assert row is not None
    return str(row.slug)


def _texts(value: Any, levels: int) -> Iterator[str]:
    """Every text that can be reached from a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode(errors="replace")
    elif isinstance(value, UUID):
        yield str(value)
    elif levels > 0:
        for part in _parts(value):
            yield from _texts(part, levels - 1)


def _parts(value: Any) -> Iterator[Any]:
    """What a value is made of."""
    if isinstance(value, Answer):
        yield from value.rows
    elif isinstance(value, Mapping):
        yield from value
        yield from value.values()
    elif dataclasses.is_dataclass(value):
        yield from (getattr(value, part.name, None) for part in dataclasses.fields(value))
    elif hasattr(value, "_mapping"):
        yield from value._mapping.values()
    elif hasattr(value, "read") and not isinstance(value, type):
        yield value.read()
        value.close()
    elif hasattr(value, "__iter__") and not isinstance(value, type):
        yield from value


__all__ = ["Asker", "Estate", "Listening", "Outcome"]
