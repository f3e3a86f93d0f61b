"""One step of a case, as the semantics names it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from engine.semantics.marking import At


class By(StrEnum):
    """Who makes a move: a person, something outside (an event), or the engine by itself."""

    PERSON = "person"
    EVENT = "event"
    ENGINE = "engine"


LAST = "last"


class Move(NamedTuple):
    """One enabled step: what happens at the item ``at``.

    ``pick`` says which of several: the number of an exit, instance, count or event.
    ``code`` is an error code, or :data:`LAST` for the last round of a repeating timer; ``to`` the
    step a return goes to.
    """

    kind: str
    node: str
    at: At
    by: By = By.ENGINE
    pick: int = 0
    code: str = ""
    to: str = ""
