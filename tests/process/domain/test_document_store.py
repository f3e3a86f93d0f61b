"""Issued documents: one number a document however often it is tried, one file, one tenant."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from desk import Desk

from domain.documents.store import (
    Draft,
    begin_document,
    documents_of,
    finish_document,
    load_document,
)
from engine.errors import NotFound
from engine.ids import new_id


def begin(desk: Desk, case: UUID, record: UUID, template: str = "notice") -> Any:
    draft = Draft(
        case_id=case,
        record_id=record,
        element="Accept",
        template=template,
        template_digest="0" * 64,
        kind="template",
        title="告知书",
        number_rule="告知〔{year}〕{seq:03}号",
        for_applicant=True,
        content={"title": "告知书"},
    )
    with desk.tx() as tx:
        return begin_document(tx, desk.office, draft, new_id(), desk.clock.now())


def test_a_document_that_is_tried_again_keeps_its_number(desk: Desk) -> None:
    case, record = desk.case(), new_id()
    first, again = begin(desk, case, record), begin(desk, case, record)
    assert first.id == again.id
    assert first.number.endswith("001号")
    assert begin(desk, case, new_id()).number.endswith("002号")


def test_only_the_first_file_of_a_document_counts(desk: Desk) -> None:
    row = begin(desk, desk.case(), new_id())
    with desk.tx() as tx, pytest.raises(NotFound):
        load_document(tx, row.id)
    file = new_id()
    with desk.tx() as tx:
        assert finish_document(tx, row.id, file, "1" * 64, 2)
        assert not finish_document(tx, row.id, new_id(), "2" * 64, 3)
        assert load_document(tx, row.id).file_id == file


def test_another_tenant_finds_nothing(desk: Desk, other_desk: Desk) -> None:
    case = desk.case()
    row = begin(desk, case, new_id())
    with desk.tx() as tx:
        finish_document(tx, row.id, new_id(), "1" * 64, 1)
    with other_desk.tx() as tx:
        assert list(documents_of(tx, case)) == []
        with pytest.raises(NotFound):
            load_document(tx, row.id)
