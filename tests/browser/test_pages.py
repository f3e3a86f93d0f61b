"""What holds for every page in every state, on a phone and at a desk."""

from __future__ import annotations

import pytest

from tests.browser.states import STATES
from tests.browser.town import Town
from tests.browser.visiting import AXE, DESKTOP, PHONE, Visitors, barriers, is_wider_than_the_screen


@pytest.mark.parametrize("name", STATES)
def test_a_page_bars_nobody_and_fits_the_screen(visitors: Visitors, town: Town, name: str) -> None:
    page = visitors.come(STATES[name].who, PHONE)
    STATES[name].reach(page, town)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert not is_wider_than_the_screen(page)
        if AXE.is_file():
            assert barriers(page) == []
