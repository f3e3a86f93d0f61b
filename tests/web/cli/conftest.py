"""Commands start children; here they start warm."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _warm(warm_children: None) -> None:
    """Every test of this folder."""
