"""Hand-offs as files: written for a tenant that is not here, taken in from one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import IO, Any, BinaryIO, cast
from uuid import UUID

from domain.endorsements.handoff_file import read_handoff, tenant_of_handoff, write_handoff
from domain.endorsements.store import tenant_key
from domain.endorsements.trust import Trust, TrustUnreadable, read_trust
from engine.actors import Actor
from engine.definitions.loading import tenant_id_of
from engine.errors import Forbidden, NotFound
from engine.messaging.handoffs import SENT, CaseFile, handoffs_of, said_of, take_in, untaken
from engine.store.tables import handoffs, readings
from engine.work_items.lists import visible_case
from engine.work_items.sight import sight_of
from webapp.product import Product
from webapp.usecases.endorsing import safe_of
from webapp.usecases.files import MEGABYTE
from webapp.usecases.handing import ZIP
from webapp.usecases.outside_proof import EXPORT, IN_MEMORY, published_keys, write_case


def export_handoff(product: Product, actor: Actor, handoff_id: UUID) -> tuple[str, IO[bytes]]:
    """The file of a hand-off for somebody who sees all of its case; the reading is recorded."""
    with product.db.tenant(actor.tenant_id) as tx:
        row = tx.get(handoffs, handoff_id)
        if row is None or row.direction != SENT:
            raise NotFound("没有这次移交", "there is no such hand-off")
        case = visible_case(tx, actor, row.case_id)
        bundle = product.world.bundles.get(tx, case.bundle_id)
        if sight_of(tx, actor, case, bundle).is_outside:
            raise Forbidden("您不能导出整份办件档案", "you may not export the whole case file")
        now = product.clock.now()
        tx.insert(readings, case_id=case.id, what=EXPORT, by=actor.membership_id, at=now)
    return write_handoff_file(product, actor.tenant_id, handoff_id)


def write_handoff_file(
    product: Product, tenant_id: UUID, handoff_id: UUID
) -> tuple[str, IO[bytes]]:
    """The signed file of what was handed over, with the case file as it is now."""
    safe, now = safe_of(product, tenant_id), product.clock.now()
    with product.db.tenant(tenant_id) as tx:
        row = tx.get(handoffs, handoff_id)
        said = None if row is None else said_of(tx, row)
        pair, office = tenant_key(tx, safe, now), product.world.offices.get(tx)
    if row is None or said is None:
        raise NotFound("没有这次移交", "there is no such hand-off")
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller ends it
    name, content = write_case(product, tenant_id, row.case_id)
    with content:
        write_handoff(stream, (office.slug, office.name), said, (name, content), pair, now)
    stream.seek(0)
    return f"{row.number}-{row.peer}.lucheng-handoff.zip", stream


def import_handoff(
    product: Product, actor: Actor, stream: IO[bytes], trust: bytes | None
) -> dict[str, Any]:
    """Take in the file of a hand-off; administrators alone decide whom to trust."""
    if actor.capacity != "admin":
        raise Forbidden("只有流程管理员可以导入移交文件", "only administrators import hand-offs")
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        slug = product.world.offices.get(tx).slug
    return take_in_file(product, slug, stream, trust)


def take_in_file(
    product: Product, slug: str, stream: IO[bytes], trust: bytes | None
) -> dict[str, Any]:
    """Verify a file and take in once what it hands over to the tenant ``slug``.

    Gives from whom it comes, the number there, and whether it is ``new``: the same file again
    changes nothing. Without a trust file only tenants of this installation are believed.
    """
    receiver, now = tenant_id_of(product.db, slug), product.clock.now()
    limit = product.settings.case_file_limit_mb * MEGABYTE
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        known = _trust(product, stream, trust)
        stream.seek(0)
        read = read_handoff(stream, known, slug, cast(IO[bytes], kept))
        stored = product.blobs.put(receiver, cast(BinaryIO, read.case_file), limit)
    carried = CaseFile(read.case_name, ZIP, stored.size, stored.digest)
    source = SimpleNamespace(slug=read.source, name=read.source_name)
    with product.db.tenant(receiver) as tx:
        is_new = take_in(tx, source, read.said, carried, now)
    return {"from": read.source, "number": read.said["number"], "new": is_new}


def _trust(product: Product, stream: IO[bytes], given: bytes | None) -> Trust:
    if given is not None:
        try:
            parsed: Mapping[str, Any] = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise TrustUnreadable from error
        return read_trust(parsed)
    stream.seek(0)
    slug = tenant_of_handoff(stream)
    try:
        return read_trust(published_keys(product, slug))
    except NotFound as error:
        raise NotFound(
            f"移交单位 {slug} 不在本系统，请一并选择它的信任文件",
            f"tenant {slug} is not on this installation; add its trust file",
        ) from error


def latest_sent(product: Product, tenant_id: UUID, case_id: UUID) -> UUID:
    """What a case handed over last; NotFound when it handed nothing over."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        sent = [row.id for row in handoffs_of(tx, case_id) if row.direction == SENT]
    if not sent:
        raise NotFound("此办件没有移交过", "the case handed nothing over")
    found: UUID = sent[-1]
    return found


def read_untaken(product: Product, actor: Actor) -> Sequence[Any]:
    """What came in and no case has taken yet, for administrators and auditors."""
    if actor.capacity not in ("admin", "auditor"):
        raise Forbidden("仅供流程管理员和审计员查看", "only for administrators and auditors")
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return untaken(tx)
