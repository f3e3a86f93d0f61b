"""The endorsement sheet (签字背书表) of a case, as a PDF with what leads to verification."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import segno

from domain.endorsements.store import endorsements_of
from engine.actors import Actor
from engine.errors import Forbidden, NotFound
from engine.office import Office
from engine.store.tables import readings
from engine.work_items.lists import visible_case
from engine.work_items.sight import sight_of
from webapp.product import Product
from webapp.rendering.pdf import render_pdf
from webapp.usecases.endorsements import EndorsementView, endorsements_seen

ANSWERS = {"agree": "同意", "refuse": "不同意"}
NOTE = (
    "本表所列是系统内的签名：证明签字人在所载时间对所载摘要的内容签字，此后内容如有变化，状态为“已失效”。"
    "凭验证码可在验证页面核对每项签字；导出的办件档案可离线验证。"
    "《电子签名法》第十三条的可靠电子签名另需证书设备。"
)
SHEET = "sheet"
Address = Callable[[str, str], str]
"""The address that verifies a signature, by tenant and code."""


def endorsement_sheet(
    product: Product, actor: Actor, case_id: UUID, address: Address
) -> tuple[str, bytes]:
    """The sheet of a case for somebody who sees its signatures; the reading is recorded.

    Gives a name for the file and the PDF; NotFound when nothing was signed.
    """
    with product.db.tenant(actor.tenant_id) as tx:
        case = visible_case(tx, actor, case_id)
        bundle = product.world.bundles.get(tx, case.bundle_id)
        if sight_of(tx, actor, case, bundle).is_outside:
            raise Forbidden("您不能查看签字背书表", "you may not see the endorsement sheet")
        office, now = product.world.offices.get(tx), product.clock.now()
        seen = endorsements_seen(tx, bundle, case_id)
        rows = {row.id: row for row in endorsements_of(tx, case_id)}
        tx.insert(readings, case_id=case_id, what=SHEET, by=actor.membership_id, at=now)
    if not seen:
        raise NotFound("此办件还没有签字", "nothing was signed on this case")
    given = {
        "title": "签字背书表",
        "made": f"{office.name} · {_moment(office, now)}",
        "facts": [
            ["办件编号", case.number],
            ["办件名称", case.title],
            ["事项", bundle.title],
            ["单位", office.name],
            ["历史末端", f"第 {case.history_seq} 条 {case.history_head}"],
        ],
        "signatures": [_signature(one, rows[one.id], office, address) for one in seen],
        "note": NOTE,
    }
    return f"{case.number}-签字背书表.pdf", render_pdf("endorsement", given)


def _signature(one: EndorsementView, row: Any, office: Office, address: Address) -> dict[str, Any]:
    said, verify_at = row.statement, address(office.slug, row.code)
    rows = [
        ["环节", one.step],
        ["签字意见", ANSWERS.get(one.answer, "见办理记录")],
        ["签字时间", _moment(office, one.at)],
        *([["失效原因", _why(one, office)]] if one.void is not None else []),
        ["验证码", row.code],
    ]
    covered = [[f"所签材料 {element}", digest] for element, _record, digest in said["covers"]]
    digests = [
        ["所签意见", said["record"][1]],
        *covered,
        ["签名", row.signature],
        ["密钥", row.key],
        ["验证", verify_at],
    ]
    return {
        "name": one.name,
        "capacity": one.capacity,
        "valid": one.void is None,
        "state": "有效" if one.void is None else "已失效",
        "rows": rows,
        "digests": digests,
        "picture": picture_of(verify_at),
    }


def picture_of(address: str) -> str:
    """The address as a code that a phone reads, as SVG; readable with a seventh of it dirty."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _why(one: EndorsementView, office: Office) -> str:
    assert one.void is not None
    at = _moment(office, one.void.at)
    is_changed = one.void.why == "changed"
    return f"“{one.void_step}”已于 {at} 重新提交" if is_changed else f"已于 {at} 重新签字"


def _moment(office: Office, at: Any) -> str:
    return str(at.astimezone(office.calendar.zone).strftime("%Y-%m-%d %H:%M:%S"))
