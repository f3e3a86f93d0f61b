"""What the token machine asks of its surroundings: values, scopes and effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol
from uuid import UUID

from engine.bpmn.model import Node
from engine.errors import LuchengError


@dataclass(frozen=True)
class ScopeRef:
    """A variable scope on the way up.

    ``isolated`` ends the look-up (a call activity); ``instance`` marks one instance of a
    multi-instance activity, whose variables stay its own; in one that ``keeps`` stays what is new.
    """

    id: UUID
    isolated: bool = False
    instance: bool = False
    keeps: bool = False


@dataclass(frozen=True)
class Token:
    """A token at a node; ``scopes`` are those it sees, innermost first, the case's own left out.

    ``instance`` tells whether the token itself is one instance of a multi-instance activity.
    """

    id: UUID
    node: Node
    process: str
    scopes: tuple[ScopeRef, ...]
    instance: bool = False


class BudgetExceeded(LuchengError):
    """One command moved tokens more often, or deeper, than any procedure of people needs."""

    code = "step_budget"


class ServiceStopped(Exception):
    """A service task did not finish; with a code it throws a BPMN error, else it is an incident."""

    def __init__(self, error_code: str | None = None) -> None:
        super().__init__(error_code)
        self.error_code = error_code


class Host(Protocol):
    """The runtime of one command on one case. All calls come from one thread."""

    def condition(self, token: Token, expression: str) -> bool:
        """Evaluate a condition; only true or false are answers."""

    def revision(self) -> int:
        """A number that is another one whenever a variable of the case has changed."""

    def event_holds(self, token: Token, expression: str) -> bool:
        """Whether the condition of an event is true; what cannot be told yet is not."""

    def no_exit(self, token: Token) -> NoReturn:
        """No condition holds and no default is drawn: stop with a clear error."""

    def perform(self, token: Token) -> None:
        """Do a service, send or script task or throw a message; ServiceStopped leaves it open."""

    def open_body(self, token: Token) -> None:
        """Make the scope of a sub-process or call activity (its id is the token's)."""

    def close_body(self, token: Token) -> None:
        """Take results out of the scope of a finished body and drop the scope."""

    def open_loop(self, token: Token, limit: int) -> Sequence[object]:
        """Evaluate the collection of a multi-instance activity (at most ``limit`` items)."""

    def open_instance(self, token: Token, instance: UUID, index: int) -> None:
        """Make the scope of one instance, holding its item."""

    def close_instance(self, token: Token, instance: UUID) -> None:
        """Collect the output of one finished instance."""

    def leave_instance(self, token: Token, instance: UUID) -> None:
        """One instance of a loop is withdrawn before it was completed, alone."""

    def loop_decided(self, token: Token, counts: tuple[int, int, int], ended: UUID | None) -> bool:
        """Tell whether the completion condition holds; counts are (total, active, completed).

        It sees what the instance that has just ``ended`` gave; None when one was withdrawn.
        """

    def loop_goes_on(self, token: Token, done: int) -> bool:
        """Tell whether a standard loop that has run ``done`` times runs again."""

    def close_loop(self, token: Token) -> None:
        """Hand the output collection to the enclosing scope and drop the loop's own."""

    def drop_scopes(self, ids: Sequence[UUID]) -> None:
        """Forget the scopes of cancelled tokens."""

    def uncaught(self, token: Token, kind: str, code: str) -> None:
        """An error nobody catches: raise an incident (escalations are merely noted)."""

    def repeats(self, token: Token) -> bool:
        """Tell whether a repeating timer that has fired fires again, and have it do so."""

    def signal(self, token: Token, name: str) -> None:
        """A signal was thrown; waiting events of this case have been fired already."""
