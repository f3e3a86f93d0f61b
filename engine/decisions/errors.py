"""What stops a decision: its sentence names the table and the rules."""

from __future__ import annotations

from engine.errors import Invalid


class DecisionFailed(Invalid):
    """A decision has no result; ``facts`` name the decision and the rules."""

    code = "decision"
