"""The register of built-in functions: names, parameters and the kinds they take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.feel.values import KINDS, Value

Function = Callable[..., Value]
Order = tuple[int | None, ...]
"""Which argument, counted from 0, goes to each parameter."""

F = TypeVar("F", bound=Function)

_GROUPS = {
    "duration": ("days and time duration", "years and months duration"),
    "moment": ("date", "date and time"),
    "point": ("number", "string", "date", "time", "date and time", "days and time duration"),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``types`` is empty when every value, null included, is welcome."""

    name: str
    wanted: str
    types: frozenset[type]
    optional: bool
    repeated: bool

    def takes(self, value: Value) -> bool:
        """Whether a value may be given."""
        return not self.types or type(value) in self.types


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function."""

    function: Function
    parameters: tuple[Parameter, ...]
    cost: int

    @property
    def shape(self) -> str:
        """The parameters as a reader of an error sees them."""
        marks = (
            f"{p.name}{'?' if p.optional else ''}{'…' if p.repeated else ''}"
            for p in self.parameters
        )
        return ", ".join(marks)

    def order(self, count: int, names: Sequence[str]) -> Order | None:
        """Which argument goes to which parameter, or None when this overload does not fit."""
        if names:
            return self._by_name(names)
        last = self.parameters[-1] if self.parameters else None
        most = count if last and last.repeated else len(self.parameters)
        least = sum(not p.optional for p in self.parameters)
        return tuple(range(count)) if least <= count <= most else None

    def _by_name(self, names: Sequence[str]) -> Order | None:
        known = [p.name for p in self.parameters]
        if len(set(names)) != len(names) or not set(names) <= set(known):
            return None
        if any(p.name not in names and not p.optional for p in self.parameters):
            return None
        return tuple(names.index(name) if name in names else None for name in known)

    def values(self, order: Order, given: Sequence[Value]) -> list[Value] | None:
        """The arguments in the order of the parameters, or None when one does not fit."""
        result: list[Value] = []
        last = len(self.parameters) - 1
        for place, index in enumerate(order):
            if index is None:
                result.append(None)
                continue
            value = given[index]
            types = self.parameters[min(place, last)].types
            if types and type(value) not in types:
                return None
            result.append(value)
        return result

    def parameter(self, place: int) -> Parameter:
        """The parameter an argument at a place is for."""
        return self.parameters[min(place, len(self.parameters) - 1)]


BUILTINS: dict[str, list[Overload]] = {}
"""Every built-in function by name."""


def builtin(name: str, *parameters: str, cost: int = 5) -> Callable[[F], F]:
    """Registers a function.

    A parameter is written ``name: kinds``, kinds joined by ``|``; ``?`` after the kinds marks it
    optional, ``*`` lets it be given any number of times, ``any`` takes everything.
    """

    def register(function: F) -> F:
        overload = Overload(function, tuple(map(_parameter, parameters)), cost)
        BUILTINS.setdefault(name, []).append(overload)
        return function

    return register


def _parameter(text: str) -> Parameter:
    name, kinds = text.split(": ")
    wanted = kinds.rstrip("?*")
    wanted_kinds = {kind for part in wanted.split("|") for kind in _GROUPS.get(part, (part,))}
    allowed = frozenset(of_type for of_type, kind in KINDS.items() if kind in wanted_kinds)
    return Parameter(name, wanted, allowed, kinds.endswith(("?", "*?")), "*" in kinds)
