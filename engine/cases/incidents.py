"""Incidents: a failure waits on the case, visible, until it is retried with success."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.cases.command import OPEN, SUSPENDED, Command, lock_case, open_case
from engine.cases.sync import close_command
from engine.errors import Conflict, Forbidden, NotFound
from engine.history import Act
from engine.messaging.messages import redeliver
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import incidents, subscriptions, timers
from engine.work_items.finishing import finish_kept
from engine.work_items.turns import load_item
from engine.world import World

REPAIRERS = ("admin", "leader")


def retry_incident(tx: Unit, world: World, actor: Actor | None, incident_id: UUID) -> bool:
    """Try again what failed; True when the incident is closed. Raises what fails anew."""
    if actor is not None and actor.capacity not in REPAIRERS:
        raise Forbidden("只有管理员可以重试异常", "only an administrator may retry")
    command = open_case(tx, world, _open_incident(tx, incident_id).case_id, actor)
    incident = _open_incident(tx, incident_id)  # again, now that nobody else can act
    _again(command, incident)
    close_command(command, Act("incident.retried", incident.element, incident.item_id))
    fresh = tx.get(incidents, incident_id)
    return fresh is not None and fresh.closed_at is not None


def tell_trouble(tx: Unit, world: World, case_id: UUID, error: Exception, item: Any = None) -> None:
    """Show on a case that is not over that something about it must be mended.

    The tokens are not read: they may be what is broken.
    """
    case = lock_case(tx, case_id)
    if case.status not in (OPEN, SUSPENDED):
        return
    bundle = world.bundles.get(tx, case.bundle_id)
    node = None if item is None else bundle.node(item.element)
    command = Command(tx, world, case, None, bundle)
    command.raise_incident(
        node or bundle.process.body.starts()[0],
        error,
        token_id=None if item is None else item.token_id,
        item_id=None if item is None else item.id,
    )
    command.keep()


def _open_incident(tx: Unit, incident_id: UUID) -> Any:
    incident = tx.get(incidents, incident_id)
    if incident is None:
        raise NotFound("异常不存在", "there is no such incident")
    if incident.closed_at is not None:
        raise Conflict("异常已处理", "the incident is closed")
    return incident


def _again(command: Command, incident: Any) -> None:
    """Repeat the step that failed; closing the command looks at everything else again."""
    token_id = incident.token_id
    if incident.item_id is not None:
        item = load_item(command.tx, incident.item_id)
        if item.status == "stuck":
            finish_kept(command, item)
    elif command.machine.is_stopped(token_id):
        command.machine.retry(token_id)
        command.machine.advance()
    elif _stands(command, timers, token_id):
        command.fire(token_id)
        command.machine.advance()
    elif _stands(command, subscriptions, token_id):
        redeliver(command.tx, token_id, command.now)


def _stands(command: Command, table: Any, token_id: UUID) -> bool:
    """Whether there is a row of this kind for the token, and it has come due if it can."""
    row = command.tx.one(
        select(table).where(table.c.tenant_id == TENANT, table.c.token_id == token_id)
    )
    if row is None:
        return False
    return table is not timers or (row.due_at is not None and row.due_at <= command.now)
