"""What is refused is not stored, and what nobody uses does not stay."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.ids import new_id
from engine.store.metadata import TENANT
from engine.store.tables import attachments, drafts
from tests.web.a1.drive import SLUG
from tests.web.pages.conftest import At
from tests.web.pages.desk import Browser, Desk, Shown, upload
from webapp.app import create_app
from webapp.http.spools import ClosingRequest
from webapp.operations.leftovers import sweep_leftovers

DAY = timedelta(days=1, minutes=1)


def stored(desk: Desk) -> set[Path]:
    folder = desk.drive.product.settings.blob_dir
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "content"),
    [("proof.pdf", b"MZ no pdf at all"), ("proof.exe", b"%PDF-"), ("proof.pdf", b"")],
)
def test_a_refused_upload_leaves_nothing_behind(desk: Desk, name: str, content: bytes) -> None:
    before = stored(desk)
    files = {"file": upload(name, content)}
    answer = desk.app.test_client().post(
        "/api/v1/attachments", data=files, headers=desk.drive.bearer("zhaolei")
    )
    assert answer.status_code == 422
    assert stored(desk) == before


def object_to(desk: Desk, browser: Browser, notice: str, *files: tuple[str, bytes]) -> Shown:
    data = {
        "csrf_token": browser.token(),
        "name": "张三",
        "contact": "13900000000",
        "content": "意见",
        "evidence": [upload(*file)[0] for file in files],
    }
    address = f"/public/{SLUG}/notices/{notice}/objections"
    return Shown(browser.client.post(address, data=data, content_type="multipart/form-data"))


@pytest.fixture
def noticed(at: At) -> tuple[Desk, str]:
    """A case put to notice today, and the notice."""
    desk, case = at("PrepareNotice")
    desk.drive.complete(case, "PrepareNotice")
    page = desk.anybody().get(f"/public/{SLUG}/notices")
    return desk, str(page.one("//tbody//a/@href")).rpartition("/")[2]


def test_the_public_stores_nothing_for_a_notice_that_does_not_exist(desk: Desk) -> None:
    before = stored(desk)
    shown = object_to(desk, desk.anybody(), str(new_id()), ("a.pdf", b"%PDF-1"))
    assert shown.status == 404
    assert stored(desk) == before


def test_the_public_stores_nothing_for_a_notice_that_has_ended(noticed: tuple[Desk, str]) -> None:
    desk, notice = noticed
    desk.drive.clock.advance(timedelta(days=30))
    before = stored(desk)
    assert object_to(desk, desk.anybody(), notice, ("a.pdf", b"%PDF-1")).status in (409, 422)
    assert stored(desk) == before


def test_the_public_sends_few_files_of_moderate_size(noticed: tuple[Desk, str]) -> None:
    desk, notice = noticed
    settings = desk.drive.product.settings
    before = stored(desk)
    large = b"%PDF-" + b"x" * (settings.public_upload_limit_mb * 1_048_576)
    shown = object_to(desk, desk.anybody(), notice, ("large.pdf", large))
    assert shown.status == 422
    assert stored(desk) == before
    files = [(f"{n}.pdf", f"%PDF-{n}".encode()) for n in range(settings.public_upload_files + 1)]
    shown = object_to(desk, desk.anybody(), notice, *files)
    assert shown.status == 422
    assert "最多提交" in shown.main
    assert len(stored(desk) - before) == settings.public_upload_files


def age(desk: Desk) -> None:
    """Let a day pass, for the clock and for the files."""
    desk.drive.clock.advance(DAY)
    moment = desk.drive.clock.now().timestamp() - DAY.total_seconds()
    for path in stored(desk):
        os.utime(path, (moment, moment))


def rows(desk: Desk) -> set[str]:
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        found = tx.all(select(attachments.c.id).where(attachments.c.tenant_id == TENANT))
    return {str(row.id) for row in found}


def test_uploads_that_are_never_handed_in_go_after_a_day(at: At) -> None:
    desk, case = at("Accept")
    product, tenant_id = desk.drive.product, desk.drive.prepared.tenant_id
    kept_rows, kept_files = rows(desk), stored(desk)
    desk.drive.upload("wulan", "forgotten.pdf", b"%PDF-forgotten")
    typed = desk.drive.upload("wulan", "typed.pdf", b"%PDF-typed")
    item = desk.item("clerk", case, "Accept")
    with product.db.tenant(tenant_id) as tx:
        tx.insert(
            drafts,
            item_id=UUID(item),
            owner=desk.drive.prepared.members["wulan"],
            content={"files": [typed]},
            revision=1,
            saved_at=desk.drive.clock.now(),
        )
    assert sweep_leftovers(product, tenant_id) == (0, 0), "not before a day has passed"
    age(desk)
    assert sweep_leftovers(product, tenant_id) == (1, 1)
    assert rows(desk) == kept_rows | {typed}
    assert len(stored(desk)) == len(kept_files) + 1


def test_a_file_nothing_speaks_of_goes_unless_it_is_stored_again(desk: Desk) -> None:
    product, tenant_id = desk.drive.product, desk.drive.prepared.tenant_id
    desk.drive.upload("wulan", "a.pdf", b"%PDF-stray")
    with product.db.tenant(tenant_id) as tx:
        tx.delete(attachments, attachments.c.name == "a.pdf")
    assert sweep_leftovers(product, tenant_id) == (0, 0)
    age(desk)
    assert sweep_leftovers(product, tenant_id) == (0, 1)
    assert sweep_leftovers(product, tenant_id) == (0, 0)


def test_bytes_that_come_again_while_they_are_swept_stay(desk: Desk) -> None:
    product, tenant_id = desk.drive.product, desk.drive.prepared.tenant_id
    desk.drive.upload("wulan", "a.pdf", b"%PDF-same")
    before = stored(desk)
    age(desk)
    digest = next(path.name for path in before if path.read_bytes() == b"%PDF-same")
    late = product.clock.now()
    assert not product.blobs.discard(tenant_id, digest, late, lambda _digest: True)
    assert stored(desk) == before


def test_what_a_dead_writer_left_half_written_goes_after_a_day(desk: Desk) -> None:
    product, tenant_id = desk.drive.product, desk.drive.prepared.tenant_id
    desk.drive.upload("wulan", "whole.pdf", b"%PDF-whole")
    kept = stored(desk)
    half = product.settings.blob_dir / str(tenant_id) / ".part-half"
    half.write_bytes(b"%PDF-ha")
    assert sweep_leftovers(product, tenant_id) == (0, 0)
    os.utime(half, (0, 0))
    assert sweep_leftovers(product, tenant_id) == (0, 1)
    assert stored(desk) == kept


def test_an_upload_that_breaks_off_leaves_no_file_open(desk: Desk) -> None:
    app, opened = create_app(desk.drive.product), []

    class Watched(ClosingRequest):
        def _get_file_stream(self, *given: Any, **named: Any) -> IO[bytes]:
            opened.append(super()._get_file_stream(*given, **named))
            return opened[-1]

    app.request_class = Watched
    part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = part.encode() + b"%PDF-" * 200_000  # it never ends, and is too much for memory
    app.test_client().post(
        "/sign-in", data=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert opened
    assert all(stream.closed for stream in opened)
