"""Why an item is not for somebody to do any more, by the name of who was faster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.errors import Conflict, LuchengError
from engine.store.database import Unit
from engine.store.tables import memberships


def _person(tx: Unit, membership_id: UUID | None) -> str:
    if membership_id is None:
        return ""
    row = tx.get(memberships, membership_id)
    return "" if row is None else str(row.name)


def taken(tx: Unit, item: Any) -> LuchengError:
    """Somebody else holds the item."""
    name = _person(tx, item.holder)
    return Conflict(f"待办已由{name}认领", f"the item is held by {name}", holder=name)


def over(tx: Unit, item: Any) -> Conflict:
    """The item is done, or no longer there."""
    name = _person(tx, item.closed_by)
    words = {
        "completed": (f"待办已由{name}办理", f"the item was completed by {name}"),
        "returned": (f"待办已由{name}退回", f"the item was returned by {name}"),
        "awaiting": (
            "该待办已提交，正在等待加签意见",
            "it waits for added signers",
        ),
        "withdrawn": ("该环节已被撤回或流转", "the step was withdrawn"),
        "stuck": ("该待办已提交，正在等待处理异常", "the item was submitted and waits for repair"),
    }
    zh, en = words.get(item.status, ("待办状态已变化", "the item has changed"))
    return Conflict(zh, en, status=item.status, at=str(item.closed_at or ""))
