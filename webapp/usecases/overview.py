"""The overview for leaders: targets against the register, the work of every step, bottlenecks."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from domain.register.export_rows import escape_cell
from domain.register.rules import LEVEL_WORDS, SCALE_WORDS, Scale, printed
from domain.targets.rules import HUNDRED, TENTH, Coverage, Planned, Target
from domain.targets.store import counts_by_level, coverage, plan, targets
from engine.actors import Actor
from engine.definitions.bundles import Bundle, bundles_in_force
from engine.errors import Forbidden, NotFound
from engine.figures.steps import Figures, StepFigures, count_figures, is_stale, read_figures
from engine.office import Office, local_date
from engine.store.database import Unit
from webapp.product import Product

LOOKING = ("leader", "admin", "auditor")
MEASURES = ("duration", "waiting", "returned")
STEPS_HEADER = (
    "procedure", "element", "step", "open", "up_to_7_days", "up_to_28_days", "up_to_91_days",
    "older", "overdue", "done", "mean_hours", "in_time", "late", "returned",
)  # fmt: skip
TARGETS_HEADER = (
    "scale", "target_percent", "by", "base", "base_told", "listed", "reached_percent", "missing",
)  # fmt: skip
SECONDS_AN_HOUR = 3_600


@dataclass(frozen=True)
class ProcedureFigures:
    """The steps of a procedure, those where most waits first, and what they come to."""

    id: str
    title: str
    steps: Sequence[StepFigures]

    def total(self, of: Callable[[StepFigures], int]) -> int:
        """A figure summed over the steps."""
        return sum(of(step) for step in self.steps)

    @property
    def in_time_share(self) -> Decimal | None:
        """The share of the work with a deadline that was done in time, in per cent."""
        return share(self.total(lambda s: s.in_time), self.total(lambda s: s.late))


@dataclass(frozen=True)
class Overview:
    """Everything the overview says; ``as_of`` is when the work was counted."""

    targets: Sequence[Target]
    levels: Mapping[str, int]
    plan: Sequence[Planned]
    coverage: Coverage | None
    procedures: Sequence[ProcedureFigures]
    as_of: datetime | None


def share(good: int, bad: int) -> Decimal | None:
    """What share the good ones are, in per cent, cut to a tenth; None without any."""
    if not good + bad:
        return None
    return (HUNDRED * good / (good + bad)).quantize(TENTH, ROUND_DOWN)


def read_overview(product: Product, actor: Actor) -> Overview:
    """The overview of the person's tenant; Forbidden for those who do not lead or audit."""
    _check_looking(actor)
    found = _fresh_figures(product, actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        return Overview(
            targets=targets(tx, office),
            levels={printed(LEVEL_WORDS, k): n for k, n in counts_by_level(tx, office).items()},
            plan=plan(tx, office, local_date(office, now)),
            coverage=coverage(tx, office, now),
            procedures=_by_procedure(office, found),
            as_of=found.as_of,
        )


def _check_looking(actor: Actor) -> None:
    if actor.capacity not in LOOKING:
        raise Forbidden(
            "只有负责人、审计员和管理员可以查看", "only those who lead or audit may look"
        )


def _fresh_figures(product: Product, actor: Actor) -> Figures:
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        found = read_figures(tx)
    if not is_stale(found, now):
        return found
    with product.db.tenant(actor.tenant_id) as tx:
        return count_figures(tx, now)


def _by_procedure(office: Office, found: Figures) -> list[ProcedureFigures]:
    titles = {p["id"]: str(p["title"]) for p in office.facts.get("procedures", ())}
    steps: dict[str, list[StepFigures]] = {}
    for step in found.steps:
        steps.setdefault(step.procedure, []).append(step)
    return [
        ProcedureFigures(
            procedure,
            titles.get(procedure, procedure),
            sorted(own, key=lambda s: (-s.waiting, -(s.mean_seconds or 0), s.element)),
        )
        for procedure, own in steps.items()
    ]


# ---------------------------------------------------------------- bottlenecks on the diagram


@dataclass(frozen=True)
class Heat:
    """How a step stands out: from 0 (least) to 4 (most), by its value among the others."""

    level: int
    value: int


def heats(steps: Iterable[StepFigures], measure: str) -> dict[str, Heat]:
    """How hot each step is by a measure; steps without a value have none."""
    values = {step.element: _measured(step, measure) for step in steps}
    known = {element: value for element, value in values.items() if value}
    most = max(known.values(), default=0)
    levels = len(_LEVELS)
    return {e: Heat(min(levels - 1, levels * v // (most + 1)), v) for e, v in known.items()}


_LEVELS = range(5)


def _measured(step: StepFigures, measure: str) -> int:
    if measure == "waiting":
        return step.waiting
    return step.returned if measure == "returned" else step.mean_seconds or 0


@dataclass(frozen=True)
class HeatMap:
    """The drawing of a process with how hot its steps are."""

    source: bytes
    process: str
    processes: Mapping[str, str]
    heats: Mapping[str, Heat]


def read_heat_map(
    product: Product, actor: Actor, overview: Overview, procedure: str, process: str, measure: str
) -> HeatMap:
    """The heat of a procedure's steps, drawn on one of its processes as it is in force."""
    _check_looking(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        bundle = _in_force(product, tx, procedure)
    chosen = process or procedure
    if chosen not in bundle.diagrams:
        raise NotFound("流程图不存在", "there is no such diagram")
    steps = next((p.steps for p in overview.procedures if p.id == procedure), ())
    return HeatMap(
        source=bundle.diagrams[chosen].source,
        process=chosen,
        processes={ref: found.name for ref, found in bundle.processes.items()},
        heats=heats(steps, measure),
    )


def _in_force(product: Product, tx: Unit, procedure: str) -> Bundle:
    bundle_id = bundles_in_force(tx, product.clock.now()).get(procedure)
    if bundle_id is None:
        raise NotFound("没有这个事项", "there is no such procedure")
    return product.world.bundles.get(tx, bundle_id)


# ---------------------------------------------------------------- files


def steps_csv(found: Overview) -> str:
    """The figures of every step as CSV."""
    return _csv(
        STEPS_HEADER,
        (
            (
                p.title, s.element, s.name, s.waiting, *s.ages, s.overdue, s.done,
                "" if s.mean_seconds is None else s.mean_seconds // SECONDS_AN_HOUR,
                s.in_time, s.late, s.returned,
            )
            for p in found.procedures
            for s in p.steps
        ),
    )  # fmt: skip


def targets_csv(found: Overview) -> str:
    """The targets as CSV."""
    return _csv(
        TARGETS_HEADER,
        (
            (
                printed(SCALE_WORDS, Scale(t.scale)), t.share, t.by, t.base,
                "yes" if t.is_told else "no", t.listed,
                "" if t.reached is None else t.reached, t.missing,
            )
            for t in found.targets
        ),
    )  # fmt: skip


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([escape_cell(str(cell)) for cell in row])
    return out.getvalue()
