"""How a message leaves: a transport takes it to its receivers, outside any write transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True)
class Message:
    """One row of the outbox on its way; sent again it carries the same ``key``."""

    tenant_id: UUID
    kind: str
    key: str
    payload: Mapping[str, Any]
    created_at: datetime


class Transport(Protocol):
    """Takes a message to its receivers, or raises.

    It may be called again with a message it has sent already: whoever receives it tells by the
    key that it is the same one.
    """

    def __call__(self, message: Message) -> None: ...
