"""The region above the city, in the same product: its people, driven as those of the city are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.definitions.loading import tenant_id_of
from engine.store.tables import cases
from tests.web.a1.drive import A1
from tests.web.chain.drive import Drive, Json, people_of, quick_hash, tokens_of
from webapp.demo.people import load_people


class Above(Drive):
    """Drives cases that nobody of the tenant began: everyone brings the files of his own step."""

    acting = ""

    def _first(
        self, people: Sequence[str], steps: Sequence[Json], element: str
    ) -> tuple[str, Json]:
        self.acting, item = super()._first(people, steps, element)
        return self.acting, item

    def data(self, case: str, item: Json, changes: Mapping[str, Any]) -> Json:
        """What is written into the form of an item, with files of whoever does it."""
        if "$" in str(self.answers.fill[item["element"]]):
            self.take_up(case, self.acting)
        return super().data(case, item, changes)


def region_above(city: Drive) -> Above:
    """The same product, driven by the people of the region."""
    product = city.product
    tenant_id = tenant_id_of(product.db, A1.slug)
    members = load_people(product, A1.slug, A1.people, quick_hash)
    names = people_of(A1.answers) | {A1.everyone_sees}
    tokens = tokens_of(product, tenant_id, members, names)
    prepared = replace(city.prepared, tenant_id=tenant_id, tokens=tokens, members=members, chain=A1)
    return Above(product, city.clock, city.client, prepared)


def came_in(region: Drive) -> str:
    """The one case the region was handed and has not ended."""
    (row,) = region.rows(cases, cases.c.handed_by.is_not(None), cases.c.status == "open")
    region.files.setdefault(str(row.id), {})
    return str(row.id)


def pass_over(drive: Drive) -> None:
    """Let what was sent arrive, and what it causes happen."""
    while drive.sweep():
        pass
