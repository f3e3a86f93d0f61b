"""A hand-off as a file: verified before anything of it counts, taken in once, answered."""

from __future__ import annotations

import io
import json
from typing import IO
from uuid import UUID

import pytest

from domain.endorsements.handoff_file import HandOffRefused
from engine.definitions.loading import tenant_id_of
from engine.errors import LuchengError, NotFound, Refused
from engine.messaging.handoffs import untaken
from engine.store.tables import cases, handoffs
from tests.web.chain.drive import Drive
from webapp.usecases.handing_files import latest_sent, take_in_file, write_handoff_file
from webapp.usecases.outside_proof import published_keys

from .conftest import Arrive
from .region import came_in, pass_over, region_above


@pytest.fixture
def sent(arrive: Arrive) -> tuple[Drive, str, bytes]:
    """A case just reported, before anything was delivered, and the file of its hand-off."""
    drive, case = arrive("ReportRegion")
    drive.complete(case, "ReportRegion")
    tenant = drive.prepared.tenant_id
    _name, stream = write_handoff_file(
        drive.product, tenant, latest_sent(drive.product, tenant, UUID(case))
    )
    with stream:
        return drive, case, stream.read()


def keys(drive: Drive, slug: str) -> bytes:
    """The trust file of a tenant."""
    return json.dumps(published_keys(drive.product, slug)).encode()


def opened(content: bytes) -> IO[bytes]:
    return io.BytesIO(content)


@pytest.mark.rule("R-ORD-21")
def test_a_file_begins_the_case_and_neither_file_nor_wire_begins_it_twice(
    sent: tuple[Drive, str, bytes],
) -> None:
    drive, _case, content = sent
    trust = keys(drive, "ordos")
    first = take_in_file(drive.product, "neimenggu", opened(content), trust)
    again = take_in_file(drive.product, "neimenggu", opened(content), trust)
    assert (first["new"], again["new"]) == (True, False)
    region = region_above(drive)
    pass_over(drive)  # the outbox brings the very same message besides
    assert region.open_steps(came_in(region)) == ["TakeInReport"]
    assert len(region.rows(handoffs)) == 1
    assert len(region.rows(cases)) == 1


def test_a_file_goes_only_to_whom_it_is_addressed(sent: tuple[Drive, str, bytes]) -> None:
    drive, _case, content = sent
    with pytest.raises(Refused, match="addressed to neimenggu"):
        take_in_file(drive.product, "ordos", opened(content), keys(drive, "ordos"))


def test_foreign_keys_are_refused(sent: tuple[Drive, str, bytes]) -> None:
    drive, _case, content = sent
    with pytest.raises(HandOffRefused) as refused:
        take_in_file(drive.product, "neimenggu", opened(content), keys(drive, "neimenggu"))
    assert (refused.value.facts["fault"], refused.value.facts["place"]) == (
        "foreign",
        "handoff.json",
    )


def test_a_tenant_that_is_not_here_needs_its_trust_file(sent: tuple[Drive, str, bytes]) -> None:
    drive, _case, content = sent
    elsewhere = content.replace(b'"tenant":"ordos"', b'"tenant":"ardos"', 1)
    with pytest.raises((NotFound, HandOffRefused)):
        take_in_file(drive.product, "neimenggu", opened(elsewhere), None)


@pytest.mark.parametrize("part", range(1, 12))
def test_wherever_a_byte_is_altered_the_file_is_refused_and_nothing_stays(
    sent: tuple[Drive, str, bytes], part: int
) -> None:
    drive, _case, content = sent
    place = len(content) * part // 12
    altered = bytearray(content)
    altered[place] ^= 1
    with pytest.raises(LuchengError) as refused:
        take_in_file(drive.product, "neimenggu", opened(bytes(altered)), keys(drive, "ordos"))
    assert refused.value.facts["place"]
    with drive.product.db.tenant(tenant_id_of(drive.product.db, "neimenggu")) as tx:
        assert untaken(tx) == []


def test_a_file_cut_short_is_refused(sent: tuple[Drive, str, bytes]) -> None:
    drive, _case, content = sent
    with pytest.raises(HandOffRefused):
        take_in_file(drive.product, "neimenggu", opened(content[:-40]), keys(drive, "ordos"))


def test_over_http_the_city_writes_the_file_and_the_administrator_of_the_region_takes_it_in(
    sent: tuple[Drive, str, bytes],
) -> None:
    drive, case, _content = sent
    (row,) = drive.case(case)["handoffs"]
    handoff = drive.rows(handoffs)[0].id
    headers = drive.bearer("ord-songjia")
    answer = drive.client.get(f"/api/v1/handoffs/{handoff}/file", headers=headers)
    assert answer.status_code == 200
    written = answer.data
    answer.close()
    assert row["peer"] == "neimenggu"
    region = region_above(drive)
    files = {
        "file": (io.BytesIO(written), "移交.zip"),
        "trust": (io.BytesIO(keys(drive, "ordos")), "keys.json"),
    }
    taken = region.client.post("/api/v1/handoffs", data=files, headers=region.bearer("guanli"))
    assert taken.status_code == 201, taken.json
    assert taken.json == {"from": "ordos", "number": drive.case(case)["number"], "new": True}
    refused = region.client.post(
        "/api/v1/handoffs",
        data={"file": (io.BytesIO(written), "移交.zip")},
        headers=region.bearer("xiaohong"),
    )
    assert refused.status_code == 403
