"""The property by which a diagram tells the legal deadline; apart, for the gate loads little."""

from __future__ import annotations

LEGAL_DUE = "legalDue"
"""The legal deadline (法定期限) of a step whose ``dueDate`` is what is promised (承诺期限)."""
