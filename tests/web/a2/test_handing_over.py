"""A case goes to the level above with its signed file, which can be verified there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from domain.endorsements.trust import read_trust
from domain.endorsements.verdict import Outcome
from domain.endorsements.verify import verify_case_file
from engine.definitions.loading import tenant_id_of
from engine.messaging.handoffs import Sending, hand_off, handoffs_of, untaken
from engine.store.metadata import TENANT
from engine.store.tables import attachments, cases
from webapp.usecases.outside_proof import published_keys

from .conftest import Arrive


def test_the_signed_file_lies_with_the_receiver_and_is_intact(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    product, below = drive.product, drive.prepared.tenant_id
    with product.db.tenant(below) as tx:
        row = tx.get(cases, UUID(case))
        sending = Sending("neimenggu", "mine-reported", "", {"mineName": "青峦一号煤矿"})
        hand_off(tx, row, "ReportUp", sending, drive.clock.now())
    drive.sweep()
    above = tenant_id_of(product.db, "neimenggu")
    with product.db.tenant(above, read_only=True) as tx:
        (came,) = untaken(tx)
        file = tx.one(
            select(attachments).where(
                attachments.c.tenant_id == TENANT, attachments.c.id == came.file_id
            )
        )
    assert (came.peer, came.number) == ("ordos", row.number)
    assert file is not None
    trust = read_trust(published_keys(product, "ordos"))
    with product.blobs.open(above, file.digest) as stream:
        assert verify_case_file(stream, trust).outcome in (Outcome.INTACT, Outcome.UNPROVED)
    with product.db.tenant(below, read_only=True) as tx:
        (sent,) = handoffs_of(tx, UUID(case))
    assert (sent.status, sent.peer) == ("taken", "neimenggu")
