"""What reading an item asks of the database, for whoever looks at its form alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import event

from engine.store.database import Database
from tests.web.pages.conftest import At

STATEMENTS = 12
"""The caller, the item, its case and bundle, the readings, the draft, and what is to be signed."""
OF_THE_PAGE = 60
"""With the case around the item; however many files it has."""


def asked(db: Database, act: Callable[[], object]) -> list[str]:
    """The statements that an act sends."""
    sent: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    def hear_many(statements: Sequence[str]) -> None:
        sent.extend(statements)

    db.statements.heard.append(hear_many)
    event.listen(db.engine, "before_cursor_execute", hear)
    act()
    event.remove(db.engine, "before_cursor_execute", hear)
    db.statements.heard.remove(hear_many)
    return [text for text in sent if text.lstrip().lower().startswith(("select", "with"))]


def test_neither_an_item_nor_its_page_asks_for_one_thing_after_another(at: At) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    drive, page = desk.drive, f"/work/{item}"
    db, who = drive.product.db, drive.answers.by["Accept"][0]
    for _ in range(2):  # the second time everything is known that is kept
        alone = asked(db, lambda: drive.get(who, f"/work-items/{item}"))
        whole = asked(db, lambda: desk["clerk"].get(page))
    assert len(alone) <= STATEMENTS, alone
    assert len(alone) < len(whole) <= OF_THE_PAGE, whole
