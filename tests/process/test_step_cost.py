"""What a completion asks of the database: a fixed number of statements in four goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import event
from town import Town

from engine.cases.lifecycle import start_case
from engine.store.database import Database
from engine.work_items.items import complete_item

GOES = 4
"""The item and the key; the case, locked, and what is open on it; what was done; the answer."""
STATEMENTS = 20
PLAN = {"subject": "采购铁锹", "amount": "12", "plannedOn": "2026-03-20"}


@contextmanager
def listening(db: Database) -> Iterator[tuple[list[Sequence[str]], list[str]]]:
    """What is sent together, and what goes the long way through SQLAlchemy."""
    goes: list[Sequence[str]] = []
    alone: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        alone.append(statement)

    db.statements.heard.append(goes.append)
    event.listen(db.engine, "before_cursor_execute", hear)
    yield goes, alone
    event.remove(db.engine, "before_cursor_execute", hear)
    db.statements.heard.remove(goes.append)


def own(goes: Sequence[Sequence[str]]) -> list[str]:
    return [text for go in goes for text in go if "set_config" not in text]


def test_a_completion_goes_to_the_database_four_times(town: Town) -> None:
    applicant = town["applicant"]
    for key in ("first", "second"):  # the second time everything is known that is kept
        start_case(town.db, town.world, applicant, "walking", {})
        item = next(i for i in town.items("applicant") if i.element == "Fill")
        with listening(town.db) as (goes, alone):
            complete_item(town.db, town.world, applicant, item.id, item.revision, PLAN, key=key)
    assert [text for text in alone if not text.startswith("BEGIN")] == []
    assert len(goes) == GOES
    assert len(own(goes)) == STATEMENTS
