"""Acts on a case as a whole: withdraw, terminate, suspend, resume, urge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.cases.lifecycle import (
    resume_case,
    suspend_case,
    terminate_case,
    urge_case,
    withdraw_case,
)
from engine.store.database import Unit
from engine.work_items.lists import visible_case
from engine.world import World
from webapp.product import Product


def _urge(tx: Unit, world: World, actor: Actor, case_id: UUID, _reason: str) -> None:
    urge_case(tx, world, actor, case_id)


ACTS: Mapping[str, Callable[[Unit, World, Actor, UUID, str], Any]] = {
    "withdraw": withdraw_case,
    "terminate": terminate_case,
    "suspend": suspend_case,
    "resume": resume_case,
    "urge": _urge,
}


def do_act(
    tx: Unit, world: World, actor: Actor, case_id: UUID, act: str, given: Mapping[str, str]
) -> None:
    """Do one of the acts within a unit of work; only suspending names a legal ground."""
    if act == "suspend":
        suspend_case(tx, world, actor, case_id, given["reason"], given.get("ground", ""))
    else:
        ACTS[act](tx, world, actor, case_id, given["reason"])


def act_on_case(
    product: Product, actor: Actor, case_id: UUID, act: str, given: Mapping[str, str]
) -> None:
    """Do it; NotFound for a case that is not the person's to know of."""
    with product.db.tenant(actor.tenant_id) as tx:
        visible_case(tx, actor, case_id)
        do_act(tx, product.world, actor, case_id, act, given)
