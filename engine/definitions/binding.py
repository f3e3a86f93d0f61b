"""Service-task bindings: the one place where a diagram meets functions of the product."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.errors import LuchengError
from engine.feel import from_json
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases

Result = Mapping[str, Any]


@dataclass(frozen=True)
class BindingContext:
    """What a binding may use. It runs inside the command's transaction, in a savepoint."""

    tx: Unit
    office: Office
    now: datetime
    case_id: UUID
    case_number: str
    case_title: str
    principal: str
    element: str
    element_name: str
    headers: Mapping[str, str]
    properties: Mapping[str, str]
    actor: Actor | None
    resolve: Callable[[Any], Any]
    """Gives the value behind a reference to a record (large values are stored as references)."""
    file: Callable[[str, str], bytes]
    """The body of a file of the case's bundle, by kind and reference."""

    def parameter(self, key: str) -> Any:
        """A tenant parameter as it was when the case began, unless it is read at the step.

        What a case reads it must read here: ``office`` knows the values of today.
        """
        if not self.office.is_read_at_step(key):
            pinned = self.tx.scalar(
                select(cases.c.parameters).where(
                    cases.c.tenant_id == TENANT, cases.c.id == self.case_id
                )
            )
            if key in (pinned or {}):
                return from_json(pinned[key])
        return self.office.parameter(key)


Binding = Callable[[BindingContext, Mapping[str, Any]], Result | None]


class BpmnError(LuchengError):
    """Thrown by a binding to take the error path drawn in the diagram."""

    code = "bpmn_error"

    def __init__(self, error_code: str, zh: str = "", en: str = "") -> None:
        super().__init__(zh or error_code, en or error_code)
        self.error_code = error_code


@dataclass
class Bindings:
    """The registry of bindings by task type."""

    _known: dict[str, Binding] = field(default_factory=dict)
    _gives: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def register(
        self, task_type: str, *, gives: Iterable[str] | Mapping[str, str] | None = None
    ) -> Callable[[Binding], Binding]:
        """Decorator that makes a function the binding of a service-task type.

        ``gives`` are the results it may have, with the kind of their values where that is certain
        (``{"total": "number"}``); without it the gate takes any name as possible.
        """

        def add(function: Binding) -> Binding:
            if task_type in self._known:
                raise ValueError(f"binding {task_type} is registered twice")
            self._known[task_type] = function
            if gives is not None:
                self._gives[task_type] = gives if isinstance(gives, Mapping) else _named(gives)
            return function

        return add

    def get(self, task_type: str) -> Binding | None:
        """The function for a type, or None."""
        return self._known.get(task_type)

    @property
    def results(self) -> Mapping[str, frozenset[str]]:
        """The results of each type that says what it gives."""
        return {task_type: frozenset(kinds) for task_type, kinds in self._gives.items()}

    @property
    def result_kinds(self) -> Mapping[str, Mapping[str, str]]:
        """The same with the kind of each result, "" where it is not certain."""
        return dict(self._gives)

    @property
    def types(self) -> frozenset[str]:
        """All known task types."""
        return frozenset(self._known)


def _named(names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, "")
