"""Who sees a case: those whose it is, and those a step of it is or was with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from engine.store.database import Unit
from engine.store.tables import case_viewers
from engine.work_items.lists import items_of


def admit(tx: Unit, case_id: UUID, principals: Sequence[str]) -> None:
    """Let principals see a case from now on: those it is with, and whose it is."""
    rows = ({"case_id": case_id, "principal": p} for p in dict.fromkeys(principals))
    tx.insert_missing(case_viewers, ("case_id", "principal"), rows)


def part_with(tx: Unit, case: Any, gone: Sequence[UUID]) -> None:
    """Those who were only asked for steps that were taken back see the case no longer."""
    rows = items_of(tx, case.id)
    asked = {p for row in rows if row.id in gone for p in _with(row)}
    kept = {p for row in rows if row.status != "withdrawn" for p in _with(row)}
    dismiss(tx, case.id, asked - kept - {f"person:{case.starter}", case.principal})


def _with(item: Any) -> list[str]:
    """Whom an item is or was with: those it was offered to, its holder, its owner."""
    people = [f"person:{one}" for one in (item.holder, item.owner) if one is not None]
    return [*item.candidates, *people]


def dismiss(tx: Unit, case_id: UUID, principals: Collection[str]) -> None:
    """Let principals see a case no longer, unless a step of it comes to be with them again."""
    if principals:
        tx.remove(case_viewers, case_id=case_id, principal=sorted(principals))
