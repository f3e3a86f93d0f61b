"""A draw as the file that anybody can take away and compute again."""

from __future__ import annotations

from typing import Any

from engine.batches.draws.store import entries_of, refusals_of, seated
from engine.batches.draws.verify import FORMAT
from engine.office import Office, local_date
from engine.store.database import Unit


def describe_draw(tx: Unit, office: Office, row: Any) -> dict[str, Any]:
    """All that is needed to compute the draw again, and what came out."""
    refusals = refusals_of(tx, row.id)
    return {
        "format": FORMAT,
        "authority": office.name,
        "id": str(row.id),
        "number": row.number,
        "kind": row.kind,
        "content": row.content,
        "digest": row.frozen_digest,
        "frozenAt": row.frozen_at.isoformat(),
        "frozenOn": local_date(office, row.frozen_at).isoformat(),
        "entries": [
            {name: _plain(one[name]) for name in ("kind", "party", "label", "value", "day", "at")}
            for one in entries_of(tx, row.id)
        ],
        "settledAt": None if row.settled_at is None else row.settled_at.isoformat(),
        "seed": row.seed,
        "ranking": row.ranking,
        "refusals": [
            {"member": r.member, "reason": r.reason, "at": r.at.isoformat()} for r in refusals
        ],
        "seats": seated(tx, row),
        "void": row.void,
        "labels": row.labels or {},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
