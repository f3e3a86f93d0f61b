"""Messages and signals that come from outside: another system tells of what has happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.answers import earlier_answer, keep_answer, request_digest
from engine.errors import Forbidden
from engine.messaging.messages import publish_message, publish_signal
from webapp.product import Product

OUTSIDE = UUID(int=0)
"""Stands for the case that throws a signal when none does."""


def send_message(
    product: Product, actor: Actor, given: Mapping[str, Any], key: str | None
) -> dict[str, Any]:
    """Keep a message of another system for the case it is meant for; returns {message}."""
    _check_sender(actor)
    request, now = request_digest("send message", dict(given)), product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        answer: dict[str, Any] | None = earlier_answer(tx, actor.account_id, key, request)
        if answer is None:
            kept = publish_message(
                tx,
                given["name"],
                given["correlation"],
                given["variables"],
                now,
                message_id=given["id"],
            )
            answer = {"message": str(kept)}
            keep_answer(tx, actor.account_id, key, request, answer, now)
    return answer


def send_signal(product: Product, actor: Actor, name: str, key: str | None) -> None:
    """Tell every case of the tenant that waits for a signal, and begin what it starts."""
    _check_sender(actor)
    request, now = request_digest("send signal", name), product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        if earlier_answer(tx, actor.account_id, key, request) is None:
            publish_signal(tx, name, OUTSIDE, now)
            keep_answer(tx, actor.account_id, key, request, {"signal": name}, now)


def _check_sender(actor: Actor) -> None:
    if actor.capacity != "admin":
        raise Forbidden("只有管理员可以代其他系统发送消息和信号", "only an administrator may")
