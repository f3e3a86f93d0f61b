"""A full disk: a clear 503, nothing acknowledged is lost, and work goes on once there is room."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError

from engine import blobs
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import attachments, cases
from webapp.app import create_app

from .conftest import House

MOST = 400
ENOUGH_PAGES = 1_000_000


@dataclass
class Quota:
    """How many pages the SQLite file may have."""

    is_tight: bool = False


@pytest.fixture
def quota(database: Database) -> Iterator[Quota]:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no quota to set")
    made = Quota()

    def limit(connection: Connection) -> None:
        # The lowest possible limit is the size of the file: nothing can be added.
        pages = 1 if made.is_tight else ENOUGH_PAGES
        connection.exec_driver_sql(f"pragma max_page_count = {pages}")

    event.listen(database.engine, "begin", limit)
    yield made
    event.remove(database.engine, "begin", limit)


def known_cases(house: House) -> set[str]:
    with house.town.db.tenant(house.town.tenant_id, read_only=True) as tx:
        return {str(r.id) for r in tx.all(select(cases.c.id).where(cases.c.tenant_id == TENANT))}


def test_a_full_database_is_a_503_and_loses_nothing(house: House, quota: Quota) -> None:
    acknowledged = {house.begin()}
    quota.is_tight = True
    refused: Any = None
    for number in range(MOST):
        key = f"case-{number}"
        answer = house.api(
            "applicant",
            "POST",
            "/cases",
            {"procedure": "walking", "variables": {}},
            **{"Idempotency-Key": key},
        )
        if answer.status_code == 503:
            refused = answer
            break
        acknowledged.add(answer.json["id"])
    assert refused is not None, "the disk did not get full"
    assert refused.json["code"] == "disk_full"
    assert "存储空间已满" in refused.json["message"]
    assert "Retry-After" in refused.headers
    assert known_cases(house) == acknowledged
    page = house.app.test_client().get("/sign-in")
    assert page.status_code == 200, "reading goes on"

    quota.is_tight = False
    again = house.api(
        "applicant",
        "POST",
        "/cases",
        {"procedure": "walking", "variables": {}},
        **{"Idempotency-Key": key},
    )
    assert again.status_code in (200, 201)
    assert known_cases(house) == {*acknowledged, again.json["id"]}
    assert all(house.town.breaks(UUID(one)) == [] for one in acknowledged)


def upload(house: House, content: bytes) -> Any:
    return house.app.test_client().post(
        "/api/v1/attachments",
        data={"file": (io.BytesIO(content), "证明.pdf")},
        headers={"Authorization": "Bearer token-applicant"},
    )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_an_upload_onto_a_full_disk_leaves_no_trace(
    house: House, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(blobs.os, "fsync", full)
        refused = upload(house, b"%PDF-1.7 proof")
    assert (refused.status_code, refused.json["code"]) == (503, "disk_full")
    folder = house.product.settings.blob_dir
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    with house.town.db.tenant(house.town.tenant_id, read_only=True) as tx:
        assert tx.all(select(attachments).where(attachments.c.tenant_id == TENANT)) == []
    assert upload(house, b"%PDF-1.7 proof").status_code in (200, 201)


Trouble = Callable[[], Exception]


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [
        (lambda: OSError(errno.ENOSPC, "no space"), 503, "disk_full"),
        (lambda: OperationalError("insert", {}, psycopg.errors.DiskFull()), 503, "disk_full"),
        (
            lambda: OperationalError("insert", {}, psycopg.errors.AdminShutdown()),
            503,
            "unavailable",
        ),
        (lambda: OSError(errno.EACCES, "denied"), 500, "internal"),
    ],
)
def test_a_full_disk_is_told_apart_from_other_troubles(
    house: House, trouble: Trouble, status: int, code: str
) -> None:
    def fail() -> None:
        raise trouble()

    app = create_app(house.product)
    app.add_url_rule("/api/v1/trouble", view_func=fail)
    answer = app.test_client().get("/api/v1/trouble")
    assert (answer.status_code, answer.json["code"]) == (status, code)
