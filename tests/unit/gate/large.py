"""A procedure of three hundred elements, as somebody might draw one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.unit.bpmn.diagrams import END, START, USER, boundary, diagram, flow, node, user

STAGE = 12
"""The elements of one stage."""


def large(stages: int = 24) -> bytes:
    """Stages one behind the other: three opinions at once with a time-out, a decision that may
    lead back, a return that a task allows."""
    parts = [START, END, flow("start", "m0")]
    for n in range(stages):
        parts += _stage(n, f"m{n + 1}" if n + 1 < stages else "end")
    return diagram(*parts)


def _stage(n: int, after: str) -> Iterator[str]:
    back = f'<zeebe:property name="returnTo" value="ask{n}"/>'
    decide = USER + f"<zeebe:properties>{back}</zeebe:properties>"
    yield node("exclusiveGateway", f"m{n}") + flow(f"m{n}", f"ask{n}")
    yield user(f"ask{n}") + flow(f"ask{n}", f"g{n}")
    yield node("parallelGateway", f"g{n}") + node("parallelGateway", f"j{n}")
    for k in range(3):
        yield user(f"o{n}_{k}") + flow(f"g{n}", f"o{n}_{k}")
    yield flow(f"o{n}_0", f"j{n}") + flow(f"o{n}_1", f"j{n}") + flow(f"o{n}_2", f"k{n}")
    yield boundary(f"t{n}", f"o{n}_2", "timer") + user(f"late{n}")
    yield flow(f"t{n}", f"late{n}") + flow(f"late{n}", f"k{n}")
    yield node("exclusiveGateway", f"k{n}") + flow(f"k{n}", f"j{n}") + flow(f"j{n}", f"d{n}")
    yield user(f"d{n}", extensions=decide) + flow(f"d{n}", f"x{n}")
    default = f"f_x{n}_{after}"
    yield node("exclusiveGateway", f"x{n}", attributes=f'default="{default}"')
    yield flow(f"x{n}", after) + flow(f"x{n}", f"m{n}", condition='=decision = "again"')
