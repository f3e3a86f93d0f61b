"""A difference between two drawings, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """The kinds of difference."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REWIRED = "rewired"
    MOVED = "moved"


@dataclass(frozen=True)
class Change:
    """One difference: the element by its id on either side (empty where it is not) and in words.

    ``facet`` names what changed (``due``, ``people``, ``property:rigid`` …), ``before`` and
    ``after`` hold it as written in the files.
    """

    what: What
    element: str
    was: str
    name: str
    zh: str
    en: str
    facet: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Comparison:
    """All differences of two processes, in the order of the newer drawing."""

    changes: tuple[Change, ...]

    def of(self, what: What) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.what is what)

    def marks(self, *, old: bool) -> dict[str, str]:
        """How each element of one side is marked on its drawing; the gravest change wins."""
        found: dict[str, str] = {}
        for what in (What.MOVED, What.REWIRED, What.CHANGED, What.ADDED, What.REMOVED):
            for change in self.of(what):
                element = change.was if old else change.element
                if element:
                    found[element] = what.value
        return found
