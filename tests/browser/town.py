"""Cases at the steps whose pages are looked at, brought there once a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.register.import_rows import import_rows
from domain.register.mines import Source
from domain.register.store import import_mines
from tests.browser.serving import Running
from tests.browser.tenders import open_tender
from tests.web.a1.drive import DEMO, Drive
from tests.web.a1.visitor import visitor

SUPPLEMENT: Mapping[str, Any] = {"c2": "missing", "decision": "supplement"}
DAYS_UNTIL_LATE = 6


@dataclass(frozen=True, repr=False)
class Town:
    """Cases by what is particular about them, batches, a notice, and what an objector holds."""

    running: Running
    late: str
    told: str
    failed: str
    assessing: str
    objected: str
    notice: str
    receipt: str
    gathered: str
    drawn: str
    tender: str

    def item(self, who: str, case: str, element: str) -> str:
        """The address of the person's open item."""
        return f"/work/{self.running.item(who, case, element)}"


def build(running: Running) -> Town:
    """Bring cases to their places; days pass once, at the beginning."""
    drive = running.drive
    _print_the_list(drive)
    late = drive.at("Accept")
    drive.wait(DAYS_UNTIL_LATE)
    told = drive.at("AnswerSupplement", changes={"Accept": SUPPLEMENT})
    failed = drive.at("AssessSelf")
    with running.failing("score.sheet"):
        drive.complete(failed, "AssessSelf")
    objected = drive.at("DrawSample")
    batch = drive.gather("xiaohong", "spot-check", "DrawSample", [objected])
    drive.act("xiaohong", batch, "draw", "DrawSample", [objected])
    drive.walk(objected, "PrepareNotice")
    drive.complete(objected, "PrepareNotice")
    public = visitor(drive)
    (notice,) = public.notices()
    waiting = [drive.at("Commission") for _ in range(3)]
    gathered = drive.gather("xiaohong", "commission", "Commission", waiting[:2])
    return Town(
        running,
        late=late,
        told=told,
        failed=failed,
        assessing=drive.at("AssessSelf"),
        objected=objected,
        notice=notice["href"],
        receipt=public.objected(notice),
        gathered=str(gathered["id"]),
        drawn=str(batch["id"]),
        tender=open_tender(drive),
    )


def _print_the_list(drive: Drive) -> None:
    entries = import_rows((DEMO / "mines-yijinhuoluo.csv").read_bytes()).accepted()
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        office = drive.product.world.offices.get(tx)
        import_mines(tx, office, entries, Source("鄂尔多斯市绿色矿山名单"), drive.clock.now())
