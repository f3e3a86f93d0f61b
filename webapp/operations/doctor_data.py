"""What the rows of an installation say about its health."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from engine.cases.invariants import CODE
from engine.store.control import dispatch
from engine.store.metadata import TENANT
from engine.store.tables import attachments, incidents
from webapp.operations.sweeping import all_tenants, find_everything_broken, last_sweep
from webapp.operations.verdicts import FAILURE, OK, WARNING, Finding
from webapp.product import Product

LATE = timedelta(minutes=5)
UNSWEPT = timedelta(hours=3)
MOST_NAMED = 20


def incidents_of(product: Product, _now: datetime) -> Iterator[Finding]:
    """Open incidents of every tenant; broken invariants are failures."""
    is_clean = True
    for tenant_id, slug in all_tenants(product.db):
        with product.db.tenant(tenant_id, read_only=True) as tx:
            rows = tx.all(
                select(incidents.c.code, func.count().label("count_"))
                .where(incidents.c.tenant_id == TENANT, incidents.c.closed_at.is_(None))
                .group_by(incidents.c.code)
            )
        for row in rows:
            is_clean = False
            state = FAILURE if row.code == CODE else WARNING
            words = f"{slug} 有 {row.count_} 个未处理的异常（{row.code}）"
            yield Finding("incidents", state, words, "请该租户的管理员在“异常”页面处理")
    if is_clean:
        yield Finding("incidents", OK, "没有未处理的异常")


def clock_at_work(product: Product, now: datetime) -> Iterator[Finding]:
    """Whether some node with the clock role does what is due."""
    with product.db.control(read_only=True) as control:
        row = control.one(
            select(func.min(dispatch.c.due_at).label("oldest"), func.count().label("count_")).where(
                dispatch.c.due_at <= now - LATE
            )
        )
    advice = "启动时钟节点：lucheng run --role clock"
    if row is not None and row.count_:
        words = f"有 {row.count_} 项到期工作没有处理，最早的到期于 {row.oldest:%Y-%m-%d %H:%M} UTC"
        yield Finding("timers", FAILURE, words, advice)
    else:
        yield Finding("timers", OK, "到期工作都已处理")
    swept = [last_sweep(product.db, tenant_id) for tenant_id, _ in all_tenants(product.db)]
    if any(at is None or now - at > UNSWEPT for at in swept):
        yield Finding("sweep", WARNING, "每小时的一致性检查没有按时进行", advice)


def invariants_of(product: Product) -> Iterator[Finding]:
    """Every running case looked at: do its rows belong to its tokens?"""
    checked = count = 0
    for slug, (looked, found) in find_everything_broken(product).items():
        checked, count = checked + looked, count + len(found)
        for one in found[:MOST_NAMED]:
            words = f"{slug} 办件 {one.case_id}：{one.zh}（{one.what}）"
            yield Finding("invariants", FAILURE, words, "在“异常”页面重试，或从备份核对")
    if not count:
        yield Finding("invariants", OK, f"{checked} 个进行中的办件都一致")


def attachments_of(product: Product) -> Iterator[Finding]:
    """Whether the file of every attachment is there."""
    checked = count = 0
    for tenant_id, slug in all_tenants(product.db):
        stored = set(product.blobs.digests(tenant_id))
        with product.db.tenant(tenant_id, read_only=True) as tx:
            rows = tx.all(
                select(attachments.c.id, attachments.c.digest).where(
                    attachments.c.tenant_id == TENANT
                )
            )
        missing = [row for row in rows if row.digest not in stored]
        checked, count = checked + len(rows), count + len(missing)
        for row in missing[:MOST_NAMED]:
            words = f"{slug} 附件 {row.id} 的文件 {row.digest} 不在"
            yield Finding("attachment_files", FAILURE, words, "从备份恢复附件文件夹")
    if not count:
        yield Finding("attachment_files", OK, f"{checked} 个附件的文件都在")
