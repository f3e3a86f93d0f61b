"""The demonstration people of a tenant, with their enterprises and assessor bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from argon2 import PasswordHasher

from domain.assessors.rules import Named
from engine.tenancy.demo import Demo, DemoPerson
from webapp.product import Product
from webapp.usecases.identity import add_account
from webapp.usecases.people import add_person, ensure_assessor, ensure_body, ensure_enterprise

_told = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def load_people(
    product: Product, slug: str, demo: Demo, hashed: Callable[[str], str] = _told.hash
) -> Mapping[str, UUID]:
    """Give every demonstration person an account and a membership; returns these by user name.

    Their passwords are printed on the screen, so guessing them is made no dearer than it is; the
    first signing-in keeps one like everybody's.
    """
    now = product.clock.now()
    enterprises = {
        entry.code: ensure_enterprise(product.db, entry.credit_code, entry.name, now)
        for entry in demo.enterprises
    }
    bodies = {
        entry.code: ensure_body(product.db, entry.credit_code, entry.name, entry.kind, now)
        for entry in demo.bodies
    }
    for one in demo.assessors:
        ensure_assessor(
            product.db, bodies[one.body], Named(one.name, one.id_number), one.disciplines, now
        )

    def add(person: DemoPerson) -> UUID:
        facts = {
            "name": person.name,
            "title": person.title,
            "capacity": str(person.capacity),
            "roles": list(person.roles),
            "unit": person.unit or None,
            "enterprise_id": enterprises.get(person.enterprise),
            "body_id": bodies.get(person.body),
        }
        password = demo.password(person.username)
        add_account(product.db, person.username, person.name, hashed(password), now)
        return add_person(product, slug, person.username, password, facts)

    return {person.username: add(person) for person in demo.people}
