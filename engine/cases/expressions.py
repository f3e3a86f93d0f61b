"""Expressions of diagrams in the context of a case: host functions and wording of errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from engine.feel import COMMAND_STEPS, Allowance, Environment, evaluate_condition, evaluate_text
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import units

HOST_FUNCTIONS = frozenset(
    {"parameter", "working days", "unit name", "unit children", "unit parent"}
)
"""The functions the engine gives to diagrams and forms besides FEEL's own."""

EVENT_DAY, PERIOD_END = "period.event_day", "period.end"
"""Parameters about periods: whether the day of the event counts, and when the last day ends."""


def environment(
    tx: Unit,
    office: Office,
    now: datetime,
    parameter: Callable[[str], Any],
    *,
    lenient: bool = False,
) -> Environment:
    """The FEEL environment of one command or page."""
    local = now.astimezone(office.calendar.zone)

    def unit_name(code: str) -> str | None:
        return _unit(tx, units.c.name, code)

    def unit_parent(code: str) -> str | None:
        return _unit(tx, units.c.parent_code, code)

    def unit_children(code: str, kind: str) -> list[dict[str, Any]]:
        rows = tx.all(
            select(units.c.code, units.c.name)
            .where(units.c.tenant_id == TENANT, units.c.parent_code == code, units.c.kind == kind)
            .order_by(units.c.code)
        )
        return [{"value": r.code, "label": r.name} for r in rows]

    def ruled(key: str, otherwise: Any) -> Any:
        return parameter(key) if key in office.parameters else otherwise

    def working_days(
        count: Decimal, count_first_day: bool | None = None, since: Any = None
    ) -> dict[str, Any]:
        first = ruled(EVENT_DAY, False) if count_first_day is None else count_first_day
        period = {"workingDays": count, "countFirstDay": first, "until": ruled(PERIOD_END, "")}
        return period if since is None else {**period, "since": since}

    functions: Mapping[str, Callable[..., Any]] = {
        "parameter": parameter,
        "working days": working_days,
        "unit name": unit_name,
        "unit children": unit_children,
        "unit parent": unit_parent,
    }
    allowance = Allowance(COMMAND_STEPS)
    return Environment(functions=functions, now=local, lenient=lenient, allowance=allowance)


def _unit(tx: Unit, column: Any, code: str) -> str | None:
    value: str | None = tx.scalar(
        select(column).where(units.c.tenant_id == TENANT, units.c.code == code)
    )
    return value


def text_or_value(expression: str, scope: Mapping[str, Any], env: Environment) -> Any:
    """The value of ``=expression``, or the literal text."""
    return evaluate_text(expression, scope, env)


def holds(expression: str, scope: Mapping[str, Any], env: Environment) -> bool:
    """The truth of a condition; anything but true and false is an error."""
    text = expression[1:] if expression.startswith("=") else expression
    return evaluate_condition(text, scope, env)
