"""The demonstration tenant with something behind every id, and a tenant beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.documents.store import Draft, begin_document, finish_document
from domain.notices.model import objections
from engine.actors import Actor
from engine.cases.records import records_of
from engine.definitions.loading import load_tenant
from engine.errors import Unavailable
from engine.ids import new_id
from engine.messaging.outbox import post_message
from engine.store.tables import (
    attachments,
    bundles,
    incidents,
    migrations,
    notifications,
    outbox,
    rehearsals,
)
from tests.browser.draws import open_draw
from tests.browser.tenders import open_tender
from tests.process.town import FlatSources
from tests.web.a1.drive import SLUG, Drive
from tests.web.chain.shelf import Shelf
from tests.web.pages.desk import Desk, upload
from webapp.product import Product
from webapp.usecases.people import add_person
from webapp.usecases.procedures import restore_version
from webapp.usecases.telling import Group, add_group

NAME = "a full town"

BOT_GROUP = Group("群", "feishu", "0" * 20, ["escalate"])


Ids = Mapping[str, str]


@dataclass(frozen=True)
class Town:
    """The tenant with something behind every id, and its people before their browsers."""

    desk: Desk
    ids: Ids


def build_full_town(shelf: Shelf) -> Ids:
    """Put the town on the shelf: a case at its acceptance, one put to notice with an objection, a
    batch, an incident; gives the ids of everything there is."""
    built: list[Ids] = []
    shelf.keep(NAME, "PrepareNotice", lambda drive: built.append(_built(drive)))
    return built[0]


def full_town(shelf: Shelf, ids: Ids) -> Town:
    """The town as it was built."""
    return Town(Desk(shelf.arrive(NAME)[0]), ids)


def _built(drive: Drive) -> Ids:
    desk, case = Desk(drive), next(iter(drive.files))
    drive.complete(case, "PrepareNotice")
    notice = desk.anybody().get(f"/public/{SLUG}/notices").one("//tbody//a/@href")
    told = {"name": "张建国", "contact": "13800000000", "content": "排土场未复垦"}
    desk.anybody().post(f"{notice}/objections", {**told, "evidence": upload()})
    early = drive.at("Accept")
    waiting = drive.at("Commission")
    batch = drive.gather("xiaohong", "commission", "Commission", [waiting])
    _tell(desk)
    _fail_somewhere(drive)
    (objection,) = drive.rows(objections)
    ids = {
        "case_id": early,
        "item_id": desk.item("clerk", early, "Accept"),
        "batch_id": str(batch["id"]),
        "incident_id": str(drive.rows(incidents)[0].id),
        "objection_id": str(objection.id),
        "person_id": str(new_id()),
        "record_id": _sheet(drive, desk, early),
        "document_id": _document(drive, desk, early),
        "message_id": str(drive.rows(outbox)[0].id),
        "notification_id": str(drive.rows(notifications)[0].id),
        "file_id": "",
        "process_id": "green-mine-listing",
        "process": "green-mine-listing",
        "procedure": "green-mine-listing",
        "act": "urge",
        "access_id": "0" * 16,
        "tender_id": open_tender(drive),
        "bid_id": str(new_id()),
        "draw_id": open_draw(drive),
        "absence_id": str(new_id()),
        "copy_id": str(new_id()),
        "kind": "number",
        "handoff_id": str(new_id()),
        "side": "v1",
        "migration_id": _migration(drive, desk),
        "step": "back",
        "platform": _platform(drive),
        "member_id": str(desk.actor("clerk").membership_id),
        "rehearsal_id": _rehearsal(drive, desk),
        "draft_id": draft_again(drive.product, desk.actor("admin")),
        "folder": "forms",
        "ref": "acceptance",
        "provider_id": str(new_id()),
        "group_id": str(add_group(drive.product, desk.actor("admin"), BOT_GROUP, ["escalate"])),
    }
    load_tenant(drive.product.db, drive.product.world, "walk", FlatSources())
    return {**ids, **_files(drive, early, objection)}


def _platform(drive: Drive) -> str:
    """Somebody who looks after the installation, and has no part in cases."""
    facts = {"name": "平台管理员", "capacity": "platform", "roles": []}
    return str(add_person(drive.product, SLUG, "pingtai", "a long password", facts))


def _sheet(drive: Drive, desk: Desk, case: str) -> str:
    """The submission of a case that holds its self-assessment."""
    with drive.product.db.tenant(desk.actor("clerk").tenant_id, read_only=True) as tx:
        return str(next(r.id for r in records_of(tx, UUID(case)) if r.element == "AssessSelf"))


def _document(drive: Drive, desk: Desk, case: str) -> str:
    """A document on a case, as if it had been rendered from what was handed in last."""
    key, clerk = UUID(case), desk.actor("clerk")
    with drive.product.db.tenant(clerk.tenant_id) as tx:
        record = records_of(tx, key)[-1]
        told = ("Accept", "opinion", "0" * 64, "template", "意见书", "", False, {})
        draft = Draft(key, record.id, *told)
        office = drive.product.world.offices.get(tx)
        row = begin_document(tx, office, draft, clerk.membership_id, drive.clock.now())
        file = next(r for r in drive.rows(attachments) if r.case_id == key)
        finish_document(tx, row.id, file.id, file.digest, 1)
    return str(row.id)


def _migration(drive: Drive, desk: Desk) -> str:
    """A migration to the version in force, of no case."""
    bundle, admin = drive.rows(bundles)[0], desk.actor("admin")
    told = {"procedure": bundle.procedure, "bundle_id": bundle.id, "reason": "新版"}
    chosen: dict[str, object] = {"mapping": {}, "accepted": []}
    by = {"by": admin.membership_id, "at": drive.clock.now()}
    with drive.product.db.tenant(admin.tenant_id) as tx:
        return str(tx.insert(migrations, **told, **chosen, **by))


def _rehearsal(drive: Drive, desk: Desk) -> str:
    """A rehearsal that is through, of no case."""
    admin, now = desk.actor("admin"), drive.clock.now()
    draft = UUID(draft_again(drive.product, admin))
    told: dict[str, object] = {"procedure": "green-mine-listing", "mapping": {}, "manifest": []}
    told |= {"draft_id": draft, "from_at": now, "to_at": now, "total": 0, "status": "done"}
    with drive.product.db.tenant(admin.tenant_id) as tx:
        return str(tx.insert(rehearsals, **told, by=admin.membership_id, at=now, ended_at=now))


def draft_again(product: Product, admin: Actor) -> str:
    """A draft of the procedure as it is."""
    return str(restore_version(product, admin, "green-mine-listing", "v1"))


def _tell(desk: Desk) -> None:
    payload = {
        "to": [f"person:{desk.actor('clerk').membership_id}"],
        "subject": "督促",
        "message": "",
    }
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        post_message(tx, "escalate", "told", payload, desk.drive.clock.now())
    desk.drive.sweep()


def _fail_somewhere(drive: Drive) -> None:
    known = drive.product.world.bindings._known
    working = known["delivery.record"]

    def fail(*_given: object) -> None:
        raise Unavailable("送达暂不可用", "no deliveries now")

    known["delivery.record"] = fail
    drive.complete(drive.at("Accept"), "Accept")
    known["delivery.record"] = working


def _files(drive: Drive, case: str, objection: object) -> dict[str, str]:
    of_case = next(r for r in drive.rows(attachments) if str(r.case_id) == case)
    return {"file_id": str(of_case.id), "evidence": objection.evidence[0]}  # type: ignore[attr-defined]
