"""What an examination says about one question."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARNING, FAILURE = "ok", "warning", "failure"


@dataclass(frozen=True)
class Finding:
    """One answer: which check, how it stands, what was seen, and what to do."""

    check: str
    state: str
    message: str
    advice: str = ""
