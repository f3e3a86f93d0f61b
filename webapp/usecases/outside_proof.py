"""What outsiders can check: the signed file of a case, trust files, checkpoints."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any
from uuid import UUID

from sqlalchemy import select

from domain.endorsements.case_file import write_case_file
from domain.endorsements.export_store import (
    case_of_number,
    checkpoints_after,
    copy_checkpoints,
    gather_case_file,
    last_number,
    published_checkpoints,
    take_checkpoint,
)
from domain.endorsements.store import endorsement_of_code, revoke_tenant_key, tenant_key, trust_of
from domain.endorsements.trust import read_trust
from domain.endorsements.verdict import Verdict
from domain.endorsements.verify import tenant_named_in, verify_case_file
from engine.actors import Actor
from engine.definitions.loading import tenant_id_of
from engine.errors import Conflict, Forbidden, NotFound, TooLarge
from engine.store.control import tenants
from engine.store.database import Unit
from engine.store.tables import cases, readings
from engine.work_items.lists import visible_case
from engine.work_items.sight import sealed_steps, sight_of
from webapp.product import Product
from webapp.usecases.endorsements import endorsements_seen
from webapp.usecases.endorsing import safe_of
from webapp.usecases.proving import verify_with_files

IN_MEMORY = 8 * 1_048_576
CHUNK = 1_048_576
EXPORT = "export"


def export_case(product: Product, actor: Actor, case_id: UUID) -> tuple[str, IO[bytes]]:
    """The signed file of a case for somebody who sees all of it; the reading is recorded.

    Gives a name for the file and a temporary file that is at its beginning.
    """
    with product.db.tenant(actor.tenant_id) as tx:
        case = visible_case(tx, actor, case_id)
        bundle = product.world.bundles.get(tx, case.bundle_id)
        if sight_of(tx, actor, case, bundle).is_outside:
            raise Forbidden("您不能导出整份办件档案", "you may not export the whole case file")
        now = product.clock.now()
        tx.insert(readings, case_id=case_id, what=EXPORT, by=actor.membership_id, at=now)
    return write_case(product, actor.tenant_id, case_id)


def find_case(product: Product, slug: str | None, text: str) -> tuple[UUID, UUID]:
    """The tenant and the case with a number or id; NotFound, or Conflict when several have it."""
    found = [
        (tenant_id, case_id)
        for tenant_id in _tenants(product, slug)
        if (case_id := _case_in(product, tenant_id, text)) is not None
    ]
    if not found:
        raise NotFound(f"没有办件 {text}", f"there is no case {text}", case=text)
    if len(found) > 1:
        raise Conflict(
            "几个单位都有这个编号的办件，请用 --tenant 指明",
            "several tenants have a case with this number; name one with --tenant",
        )
    return found[0]


def _tenants(product: Product, slug: str | None) -> list[UUID]:
    if slug is not None:
        return [tenant_id_of(product.db, slug)]
    with product.db.control(read_only=True) as control:
        return [row.id for row in control.all(select(tenants.c.id))]


def _case_in(product: Product, tenant_id: UUID, text: str) -> UUID | None:
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return case_of_number(tx, text)


def write_case(product: Product, tenant_id: UUID, case_id: UUID) -> tuple[str, IO[bytes]]:
    """The signed file of a case, as of one moment."""
    safe, now = safe_of(product, tenant_id), product.clock.now()
    with product.db.tenant(tenant_id) as tx:
        pair = tenant_key(tx, safe, now)
    with product.db.tenant(tenant_id, read_only=True, frozen=True) as tx:
        case = tx.get(cases, case_id)
        if case is None:
            raise NotFound("办件不存在", "there is no such case", case=str(case_id))
        _check_unsealed(product, tx, case)
        office = product.world.offices.get(tx)
        read = _reader(product, tenant_id)
        found = gather_case_file(tx, office, case, safe.secret, read)
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller ends it
    write_case_file(stream, found, pair, now)
    stream.seek(0)
    return f"{case.number}.lucheng.zip", stream


def _check_unsealed(product: Product, tx: Unit, case: Any) -> None:
    """Conflict while people answer independently: a file would show what each of them said."""
    if sealed_steps(tx, case, product.world.bundles.get(tx, case.bundle_id)):
        raise Conflict(
            "独立意见尚未全部提交，提交后才能导出办件档案",
            "independent opinions are still being given; the file can be had when all are in",
            code="opinions_sealed",
        )


def _reader(product: Product, tenant_id: UUID) -> Any:
    def read(digest: str) -> Iterator[bytes]:
        with product.blobs.open(tenant_id, digest) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    return read


# ---------------------------------------------------------------- published


def published_keys(product: Product, slug: str) -> dict[str, Any]:
    """The trust file of a tenant; its first key is made when somebody asks for it."""
    tenant_id = tenant_id_of(product.db, slug)
    with product.db.tenant(tenant_id) as tx:
        tenant_key(tx, safe_of(product, tenant_id), product.clock.now())
        return trust_of(tx, product.world.offices.get(tx))


def renew_tenant_key(product: Product, slug: str) -> None:
    """End the tenant's key, for its secret is lost or known to others, and make a new one."""
    tenant_id, now = tenant_id_of(product.db, slug), product.clock.now()
    with product.db.tenant(tenant_id) as tx:
        revoke_tenant_key(tx, now)
        tenant_key(tx, safe_of(product, tenant_id), now)


def read_checkpoints(
    product: Product, slug: str, source: str, before: int | None
) -> tuple[dict[str, Any], int | None]:
    """A page of checkpoints: a tenant's own, or the copies it keeps of one below."""
    tenant_id = tenant_id_of(product.db, slug)
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return published_checkpoints(tx, slug, source or slug, before)


def checkpoint_tenant(product: Product, tenant_id: UUID) -> Mapping[str, Any]:
    """Take a checkpoint of a tenant and hand it to the level above."""
    safe, now = safe_of(product, tenant_id), product.clock.now()
    with product.db.tenant(tenant_id) as tx:
        office = product.world.offices.get(tx)
        signed = take_checkpoint(tx, office, safe, now)
    _hand_up(product, tenant_id, office.slug)
    return signed


def _hand_up(product: Product, tenant_id: UUID, slug: str) -> None:
    """Give the upper level every checkpoint it has not got; it keeps them whatever happens here."""
    above = _above(product, tenant_id)
    if above is None:
        return
    with product.db.tenant(above, read_only=True) as tx:
        known = last_number(tx, slug)
    while new := _after(product, tenant_id, slug, known):
        with product.db.tenant(above) as tx:
            copy_checkpoints(tx, slug, new)
        known = new[-1]["body"]["number"]


def _after(product: Product, tenant_id: UUID, slug: str, number: int) -> list[dict[str, Any]]:
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return checkpoints_after(tx, slug, number)


def _above(product: Product, tenant_id: UUID) -> UUID | None:
    with product.db.control(read_only=True) as control:
        row = control.one(select(tenants.c.parent_id).where(tenants.c.id == tenant_id))
    return None if row is None else row.parent_id


# ---------------------------------------------------------------- the page that verifies


def verify_upload(product: Product, stream: IO[bytes], trust: bytes | None) -> Verdict:
    """The verdict on an uploaded file: by the keys that came with it, or by what is kept here.

    TooLarge for a file above the limit for the public.
    """
    limit = product.settings.public_upload_limit_mb
    if stream.seek(0, 2) > limit * CHUNK:
        raise TooLarge(f"文件超过 {limit} MB", f"the file exceeds {limit} MB", limit=limit)
    stream.seek(0)
    if trust is not None:
        return verify_with_files(stream, trust, None)
    slug = tenant_named_in(stream)
    stream.seek(0)
    try:
        keys = published_keys(product, slug)
    except NotFound as error:
        raise NotFound(
            "档案所说的单位不在本系统，请一并选择它的信任文件",
            "the tenant of the file is not on this installation; add its trust file",
        ) from error
    return verify_case_file(stream, read_trust(keys), _all_checkpoints(product, slug))


def _all_checkpoints(product: Product, slug: str) -> list[Mapping[str, Any]]:
    tenant_id, found = tenant_id_of(product.db, slug), list[Mapping[str, Any]]()
    while new := _after(product, tenant_id, slug, len(found)):
        found += new
    return found


def endorsement_by_code(product: Product, slug: str, code: str) -> dict[str, Any] | None:
    """What the code on a sheet stands for: a signature and whether it is valid; None for nothing.

    Who has the sheet has read all of this on it.
    """
    tenant_id = tenant_id_of(product.db, slug)
    with product.db.tenant(tenant_id, read_only=True) as tx:
        row = endorsement_of_code(tx, code)
        if row is None:
            return None
        case = tx.get(cases, row.case_id)
        assert case is not None
        bundle = product.world.bundles.get(tx, case.bundle_id)
        seen = next(e for e in endorsements_seen(tx, bundle, row.case_id) if e.id == row.id)
        office = product.world.offices.get(tx)
    return {
        "tenant": office.name,
        "number": case.number,
        "step": seen.step,
        "name": seen.name,
        "capacity": seen.capacity,
        "at": seen.at.astimezone(office.calendar.zone).strftime("%Y-%m-%d %H:%M:%S"),
        "digest": row.statement["record"][1],
        "key": row.key,
        "is_valid": seen.void is None,
    }
