"""What holds for every page in every state, on a phone and at a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.states import STATES
from tests.browser.town import Town
from tests.browser.visiting import AXE, DESKTOP, PHONE, Visitors, barriers, is_wider_than_the_screen

BY_TURNS = [(name, ((PHONE, DESKTOP)[n % 2],)) for n, name in enumerate(STATES)]
"""axe looks at each page in one of the sizes, by turns; in the whole run in both."""

EACH = [pytest.param(name, (PHONE, DESKTOP), marks=pytest.mark.full) for name in STATES]


@pytest.mark.parametrize(("name", "looked_at"), [*BY_TURNS, *EACH])
def test_a_page_bars_nobody_and_fits_the_screen(
    visitors: Visitors, town: Town, name: str, looked_at: tuple[ViewportSize, ...]
) -> None:
    page = visitors.look(STATES[name].who, PHONE)
    STATES[name].reach(page, town)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert not is_wider_than_the_screen(page)
        if AXE.is_file() and size in looked_at:
            assert barriers(page) == []
