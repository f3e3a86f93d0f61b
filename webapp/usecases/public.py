"""What anybody may read: the list and the notices of a tenant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.notices.public import NoticePage, PublicNotice, public_notice, public_notices
from domain.notices.rules import NoticeKind
from domain.register.export_rows import public_values
from domain.register.listing import (
    CSV_PAGE,
    ListFilter,
    ListPage,
    count_list,
    csv_lines,
    minerals,
    public_list,
)
from domain.register.store import NoList, keeps_list
from engine.errors import NotFound
from engine.office import Office
from engine.store.control import tenants
from engine.store.database import Unit
from webapp.product import Product


@dataclass(frozen=True)
class Authority:
    """A tenant as the public knows it."""

    id: UUID
    slug: str
    office: Office

    @property
    def keeps_list(self) -> bool:
        """Whether the tenant keeps a list of its own."""
        return keeps_list(self.office)


def find_authority(product: Product, slug: str) -> Authority:
    """The tenant with this name in addresses; NotFound when there is none."""
    with product.db.control(read_only=True) as control:
        row = control.one(select(tenants.c.id).where(tenants.c.slug == slug))
    if row is None:
        raise NotFound("没有这个单位", "there is no such authority")
    return _authority(product, row.id, slug)


def _authority(product: Product, tenant_id: UUID, slug: str) -> Authority:
    with product.db.tenant(tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
    if office.practice_of:
        raise NotFound("没有这个单位", "there is no such authority")
    return Authority(tenant_id, slug, office)


@contextmanager
def open_list(product: Product, authority: Authority) -> Iterator[Unit]:
    """A unit of work on the tenant's list; NoList names as ``keeper`` the tenant that keeps it."""
    if not authority.keeps_list:
        keeper = _keeper(product, authority)
        raise NoList("本级不设名录", "no list is kept at this level", keeper=keeper)
    with product.db.tenant(authority.id, read_only=True) as tx:
        yield tx


def _keeper(product: Product, authority: Authority) -> tuple[str, str] | None:
    """The nearest tenant above that keeps the list."""
    with product.db.control(read_only=True) as control:
        rows = {row.id: row for row in control.all(select(tenants))}
    above = rows[authority.id].parent_id
    while above is not None:
        found = _authority(product, above, rows[above].slug)
        if found.keeps_list:
            return found.slug, found.office.name
        above = rows[above].parent_id
    return None


@dataclass(frozen=True)
class PublicList:
    """One page of the list with what a reader can choose from."""

    page: ListPage
    total: int
    minerals: list[str]


def read_list(
    product: Product, authority: Authority, wanted: ListFilter, cursor: str | None
) -> PublicList:
    """One page of the list."""
    with open_list(product, authority) as tx:
        return PublicList(
            public_list(tx, wanted, cursor=cursor), count_list(tx, wanted), minerals(tx)
        )


def whole_list(product: Product, authority: Authority, wanted: ListFilter) -> list[dict[str, str]]:
    """Every entry a reader's choice finds, by column."""
    entries: list[dict[str, str]] = []
    cursor: str | None = None
    with open_list(product, authority) as tx:
        while True:
            page = public_list(tx, wanted, cursor=cursor, limit=CSV_PAGE)
            entries += [public_values(row.entry) for row in page.rows]
            cursor = page.next
            if cursor is None:
                return entries


def list_as_csv(product: Product, authority: Authority, wanted: ListFilter) -> str:
    """The list as a CSV file."""
    with open_list(product, authority) as tx:
        return "".join(csv_lines(tx, wanted))


def read_notices(
    product: Product, authority: Authority, kind: NoticeKind | None, cursor: str | None
) -> NoticePage:
    """One page of the notices, running and ended, latest first."""
    with product.db.tenant(authority.id, read_only=True) as tx:
        return public_notices(tx, kind=kind, cursor=cursor)


def read_notice(product: Product, authority: Authority, notice_id: UUID) -> PublicNotice:
    """One notice as anybody may read it."""
    with product.db.tenant(authority.id, read_only=True) as tx:
        return public_notice(tx, notice_id, product.clock.now())


def authorities(product: Product) -> list[tuple[str, Any]]:
    """Slug and name of every tenant with public pages."""
    with product.db.control(read_only=True) as control:
        rows = control.all(select(tenants.c.slug, tenants.c.name).order_by(tenants.c.created_at))
    return [(row.slug, row.name) for row in rows]
