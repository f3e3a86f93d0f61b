"""Going on with a record that was kept: the item got stuck, or waited for added signers."""

from __future__ import annotations

from typing import Any

from engine.cases.command import Command
from engine.cases.scopes import by_reference
from engine.cases.sync import close_item
from engine.store.tables import records


def finish_kept(command: Command, item: Any) -> None:
    """Let the token leave with the record that was kept, and end the item."""
    record = command.tx.get(records, item.record_id)
    assert record is not None
    values = by_reference(record.content, record.id)
    command.finish_item(item.token_id, values, item.resume_at)
    command.machine.advance()
    done_by = item.closed_by or item.holder
    close_item(command.tx, item.id, "completed", command.now, closed_by=done_by)
