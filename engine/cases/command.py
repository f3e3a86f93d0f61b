"""One command on one case: lock it, load its tokens and variables, act, close.

Design, section 8: lock the case, load tokens and scopes, advance within the step budget, sync
items, timers and subscriptions, append history, save with a version check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from engine.actors import Actor
from engine.cases.facts import CaseAsked
from engine.cases.host import CaseHost
from engine.errors import Conflict, NotFound
from engine.feel import from_json
from engine.spiff.host import Token
from engine.spiff.machine import Machine
from engine.store.database import Unit
from engine.store.prepared import Answer
from engine.store.tables import cases
from engine.world import World

OPEN = "open"
SUSPENDED = "suspended"
BEFORE_COMMIT = "command.before_commit"
"""Marked point: everything is written and nothing is committed."""
AFTER_COMMIT = "command.after_commit"
"""Marked point: it is committed and nobody knows yet."""


class Command(CaseHost):
    """A case locked for one command; use :func:`open_case`, act, then ``close_command``."""

    def finish_item(self, token_id: UUID, values: Mapping[str, Any], resume_at: str = "") -> None:
        """Complete a person's step with the values of its form, as variables.

        The token goes on, or straight back to the step ``resume_at`` that returned it.
        """
        token = self.machine.token(token_id)
        if token is None:
            raise Conflict("该环节已经流转，请刷新后查看", "the case has moved on from this step")
        self._store(token, {name: from_json(value) for name, value in values.items()})
        if resume_at:
            self.machine.put_back(token_id, resume_at)
        else:
            self.machine.complete(token_id)
        self.parts.items.pop(token_id, None)  # the caller ends the item, and says how

    def fire(self, token_id: UUID, payload: Mapping[str, Any] | None = None) -> None:
        """Let an event happen; of a payload only what the diagram maps is taken."""
        self.take_payload(self.machine.fire(token_id), payload or {})

    def take_payload(self, token: Token, payload: Mapping[str, Any]) -> None:
        """Take what the node of an event maps of what came with it."""
        if payload and token.node.zeebe.outputs:
            self._store(token, {k: from_json(v) for k, v in payload.items()})


def lock_case(tx: Unit, case_id: UUID) -> Any:
    """The row of the case, locked until the transaction ends; NotFound for another tenant's."""
    return _known(tx.ask_for(cases, case_id, lock=True), case_id)


def _known(asked: Answer, case_id: UUID) -> Any:
    structlog.contextvars.bind_contextvars(case=str(case_id))  # for whatever is told from here on
    for row in asked.rows:
        return row
    raise NotFound("办件不存在", "there is no such case", case=str(case_id))


def open_case(tx: Unit, world: World, case_id: UUID, actor: Actor | None) -> Command:
    """Lock a running case and load its tokens; Conflict when it is over or suspended."""
    asked = CaseAsked.of(tx, world, case_id)
    case = _known(asked.case, case_id)
    if case.status != OPEN:
        raise Conflict(
            "办件已挂起" if case.status == SUSPENDED else "办件已经办结",
            f"the case is {case.status}",
            status=case.status,
        )
    bundle = world.bundles.get(tx, case.bundle_id)
    command = Command(tx, world, case, actor, bundle, asked)
    command.machine = Machine.load(bundle.program, case.state, command)
    return command
