"""Trying a drawn procedure in the tenant's own rules, with what it has published."""

from __future__ import annotations

from typing import Any

from engine.actors import Actor
from engine.dry_run.gathering import with_called
from engine.dry_run.sandbox import try_in_child
from engine.dry_run.surroundings import read_surroundings
from engine.dry_run.trial import Trial
from engine.errors import Refused
from engine.gate.sandbox import survives
from engine.tenancy.chain import Kind
from webapp.product import Product
from webapp.usecases.definitions import check_administrator, published_files


def try_definition(product: Product, actor: Actor, body: bytes, scenario: Any) -> dict[str, Any]:
    """What a scenario shows of a diagram: ``ok`` and a state after every step.

    Nothing of the tenant is changed. Refused with the findings when it cannot be executed.
    """
    check_administrator(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        known = published_files(tx, now)
        surroundings = read_surroundings(tx)

    def find(kind: Kind, ref: str) -> bytes | None:
        found = known.get((kind.value, ref))
        return None if found is None else found.body

    trial = Trial(body, scenario, now, surroundings=surroundings)
    if survives(body):  # only then is it looked into here
        trial = with_called(trial, find)
    (answer,) = try_in_child([trial])
    if "findings" in answer:
        raise Refused(
            "流程图不能试运行", "the diagram cannot be tried", findings=answer["findings"]
        )
    return answer
