"""Two real places come online by script, from nothing to a completed case."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.definitions.loading import tenant_id_of
from engine.store.metadata import TENANT
from engine.store.tables import cases
from tests.places.opening import FOLDER, Place, drive_case, go_live, open_place, set_up
from tests.places.walking import Tally, Walker
from tests.web.served import served
from tests.web.tenants.conftest import PASSWORD
from webapp.product import Product

MOST_PAGES, MOST_ACTIONS = 12, 60


def first_case(product: Product, slug: str) -> Any:
    with product.db.tenant(tenant_id_of(product.db, slug), read_only=True) as tx:
        (found,) = tx.all(select(cases).where(cases.c.tenant_id == TENANT))
    return found


@pytest.mark.parametrize("name", ["hulunbuir", "ulanqab"])
def test_a_place_comes_online_and_completes_its_first_case(
    installation: Product, name: str
) -> None:
    place, tally, app = Place(name), Tally(), served(installation)
    password = open_place(app, place, tally, PASSWORD)
    slug = place.opening["slug"]
    admin = Walker(app, tally).sign_in(slug, place.opening["username"], password)
    passwords = set_up(admin, place)
    go_live(admin, installation, password)
    drive_case(app, place, tally, passwords)

    case = first_case(installation, slug)
    assert (case.status, case.number.startswith(place.opening["short"])) == ("completed", True)
    assert len(tally.pages) <= MOST_PAGES, sorted(tally.pages)
    assert tally.actions <= MOST_ACTIONS
    values = [value for _label, value in tally.typed]
    assert sorted(values) == sorted(set(values)), "something was typed twice"
    assert place.told["example"]
    for table in ("units", "roles", "calendar", "parameters"):
        admin.open(f"/admin/tables?table={table}")
        assert admin.status == 200
    assert not list((FOLDER / name).glob("*.py"))
