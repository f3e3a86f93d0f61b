"""Incidents: a failure waits on the case, visible, until it is retried with success."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.command import Command, open_case
from engine.errors import Conflict, Forbidden, NotFound
from engine.history import Act
from engine.items import finish_stuck, load_item
from engine.store.database import Unit
from engine.store.tables import incidents
from engine.sync import close_command
from engine.world import World


def retry_incident(tx: Unit, world: World, actor: Actor | None, incident_id: UUID) -> bool:
    """Try again what failed; True when the incident is closed. Raises what fails anew."""
    if actor is not None and actor.capacity not in ("admin", "leader"):
        raise Forbidden("只有管理员可以重试异常", "only an administrator may retry")
    incident = tx.get(incidents, incident_id)
    if incident is None:
        raise NotFound("异常不存在", "there is no such incident")
    if incident.closed_at is not None:
        raise Conflict("异常已处理", "the incident is closed")
    command = open_case(tx, world, incident.case_id, actor)
    _again(command, incident)
    close_command(command, Act("incident.retried", incident.element, incident.item_id))
    fresh = tx.get(incidents, incident_id)
    return fresh is not None and fresh.closed_at is not None


def _again(command: Command, incident: Any) -> None:
    if incident.code == "nobody":
        return  # closing the command looks for people again
    if incident.item_id is not None:
        finish_stuck(command, load_item(command.tx, incident.item_id))
        return
    if not command.machine.is_stopped(incident.token_id):
        command.fire(incident.token_id)  # an event whose consequences failed
    else:
        command.machine.retry(incident.token_id)
    command.machine.advance()
