"""What every act against the course of a case asks for: a reason."""

from __future__ import annotations

from engine.canonical import storable
from engine.errors import Invalid


def need_reason(reason: str) -> None:
    """Refuse an act that changes a case against its course without saying why."""
    storable(reason)
    if not reason.strip():
        raise Invalid(
            "请填写理由",
            "a reason is required",
            errors=[{"field": "reason", "message": "请填写理由"}],
        )
