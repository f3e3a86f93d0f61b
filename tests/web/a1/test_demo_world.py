"""The demonstration world looks alive: every sort of case, played by real acts."""

from __future__ import annotations

import runpy
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from domain.endorsements.store import keys_of
from domain.notices.model import notices, objections
from domain.register.listing import ListFilter, public_list
from engine.actors import people_for
from engine.definitions.loading import tenant_id_of
from engine.office import local_date
from engine.store.metadata import TENANT
from engine.store.tables import (
    attachments,
    cases,
    clock_stops,
    drafts,
    incidents,
    item_candidates,
    work_items,
)
from engine.timing.clock import FrozenClock
from webapp.app import create_app
from webapp.demo.accounts import busy_accounts, list_accounts
from webapp.demo.days import DaysAgo
from webapp.demo.world import is_empty, load_demo_world
from webapp.http.frame import limiter
from webapp.product import Product, build_product
from webapp.schema import target_metadata
from webapp.settings import Settings
from webapp.usecases.verifying import verify_histories
from webapp.worker import sweep

from .drive import ANSWERS, PROCEDURE, SLUG, ZONE

FRIDAY = datetime(2026, 4, 24, 8, 30, tzinfo=UTC)
SCRIPT = Path(__file__).parents[3] / "docs" / "examples" / "apply.py"
WAITING = ("offered", "claimed")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demonstration world on a Friday afternoon."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo"))
    product = build_product(settings, FrozenClock(FRIDAY))
    target_metadata().create_all(product.db.engine)
    assert is_empty(product)
    told: list[str] = []
    load_demo_world(product, say=told.append)
    assert len(told) > 3, "whoever waits is told how far it is"
    yield product
    product.db.dispose()


def rows(product: Product, statement: Any) -> list[Any]:
    with product.db.tenant(tenant_id_of(product.db, SLUG), read_only=True) as tx:
        return list(tx.all(statement))


def open_items(product: Product) -> list[Any]:
    return rows(
        product,
        select(work_items).where(
            work_items.c.tenant_id == TENANT, work_items.c.status.in_(WAITING)
        ),
    )


def test_it_is_loaded_once(world: Product) -> None:
    assert not is_empty(world)


def test_cases_wait_in_most_steps_of_the_chain(world: Product) -> None:
    waiting = {item.element for item in open_items(world)}
    assert len(waiting) >= 13
    assert waiting < set(ANSWERS.fill)


def test_one_case_is_overdue_and_the_others_are_in_time(world: Product) -> None:
    late = [item for item in open_items(world) if item.due_at and item.due_at < FRIDAY]
    assert [item.element for item in late] == ["Accept"]


def test_one_case_is_being_supplemented_and_its_clock_stands(world: Product) -> None:
    running = select(clock_stops).where(
        clock_stops.c.tenant_id == TENANT, clock_stops.c.to_at.is_(None)
    )
    (stop,) = rows(world, running)
    assert [i.element for i in open_items(world) if i.case_id == stop.case_id] == [
        "AnswerSupplement"
    ]


def test_one_notice_runs_and_has_met_with_an_objection(world: Product) -> None:
    every = rows(world, select(notices).where(notices.c.tenant_id == TENANT))
    (running,) = [n for n in every if n.kind == "notice" and n.ends_at > FRIDAY]
    made = rows(world, select(objections).where(objections.c.tenant_id == TENANT))
    assert [o.status for o in made if o.notice_id == running.id] == ["received"]
    assert any(item.element == "VerifyObjection" for item in open_items(world))


def test_two_mines_were_listed_today_beside_the_forty_eight(world: Product) -> None:
    tenant_id = tenant_id_of(world.db, SLUG)
    with world.db.tenant(tenant_id, read_only=True) as tx:
        entries = [r.entry for r in public_list(tx, ListFilter(), limit=200).rows]
        today = local_date(world.world.offices.get(tx), FRIDAY)
    assert len(entries) == 50
    assert sum(entry.listed_on == today for entry in entries) == 2


def test_cases_have_ended_in_every_way_but_one_goes_on(world: Product) -> None:
    every = rows(world, select(cases).where(cases.c.tenant_id == TENANT))
    ended = {(case.status, case.outcome) for case in every if case.status != "open"}
    assert ended == {
        ("completed", "纳入名录并公告"),
        ("completed", "不予受理"),
        ("completed", "企业结束申报"),
        ("withdrawn", ""),
    }
    assert len(every) >= 14


def test_everything_was_done_in_its_time(world: Product) -> None:
    every = rows(world, select(cases).where(cases.c.tenant_id == TENANT))
    assert min(case.started_at for case in every) < datetime(2026, 3, 15, tzinfo=UTC)
    assert all((case.ended_at or FRIDAY) <= FRIDAY for case in every)
    applications = [case for case in every if case.procedure == PROCEDURE]
    numbers = [case.number for case in sorted(applications, key=lambda case: case.started_at)]
    assert numbers == sorted(numbers), "whoever came first has the lower number"


def test_every_history_is_whole_and_nothing_is_stuck(world: Product) -> None:
    checked, breaks = verify_histories(world, SLUG)
    assert (checked, breaks) == (29, [])
    assert rows(world, select(incidents).where(incidents.c.tenant_id == TENANT)) == []


def test_an_application_that_was_begun_has_its_draft(world: Product) -> None:
    (draft,) = rows(world, select(drafts).where(drafts.c.tenant_id == TENANT))
    assert draft.content["mineName"]


def test_files_are_what_their_names_say(world: Product) -> None:
    kept = rows(world, select(attachments).where(attachments.c.tenant_id == TENANT))
    assert {file.media_type for file in kept} == {"application/pdf", "image/png", "video/mp4"}
    starts = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG", "video/mp4": b"\0\0\0"}
    for file in kept:
        with world.blobs.open(tenant_id_of(world.db, SLUG), file.digest) as stream:
            assert stream.read().startswith(starts[file.media_type])


def test_every_account_that_is_printed_has_something_to_do(world: Product) -> None:
    printed = {account["username"]: account["roles"] for account in busy_accounts(world)}
    roles = {role for held in printed.values() for role in held}
    assert roles >= {"applicant", "city-government", "assessor", "expert", "coordination-member"}
    waiting = {item.element for item in open_items(world)}
    assert waiting >= {"JudgeIndicators", "GiveMemberOpinion", "GiveSiteOpinion", "ConfirmContract"}


def test_no_mine_that_applies_is_on_the_list(world: Product) -> None:
    with world.db.tenant(tenant_id_of(world.db, SLUG), read_only=True) as tx:
        names = {r.entry.mine.name for r in public_list(tx, ListFilter(), limit=200).rows}
    running = select(cases).where(cases.c.tenant_id == TENANT, cases.c.status == "open")
    applied = {case.title.partition("：")[2] for case in rows(world, running)}
    assert not applied & names
    assert ANSWERS.fill["FillMineFacts"]["mineName"] not in names, "the documented script applies"


def test_what_is_finished_last_is_finished_today_on_a_saturday_too(world: Product) -> None:
    with world.db.tenant(tenant_id_of(world.db, SLUG), read_only=True) as tx:
        calendar = world.world.offices.get(tx).calendar
    saturday = datetime(2026, 4, 25, 7, 0, tzinfo=UTC)
    assert DaysAgo(calendar, saturday).moment(0) == saturday


@pytest.mark.parametrize(
    ("ago", "moment"),
    [
        (0, "2026-04-24T15:00"),
        (0.5, "2026-04-24T12:30"),
        (1, "2026-04-23T16:00"),
        (5, "2026-04-17T16:00"),
        (14, "2026-04-03T16:00"),
    ],
)
def test_days_off_are_left_out_when_days_are_counted_back(
    world: Product, ago: float, moment: str
) -> None:
    with world.db.tenant(tenant_id_of(world.db, SLUG), read_only=True) as tx:
        calendar = world.world.offices.get(tx).calendar
    saturday = datetime(2026, 4, 25, 7, 0, tzinfo=UTC)
    friday = datetime(2026, 4, 24, 7, 0, tzinfo=UTC)
    found = DaysAgo(calendar, friday if ago == 0 else saturday).moment(ago)
    assert found.astimezone(ZONE).isoformat().startswith(moment)


@pytest.fixture
def lived_in(world: Product, tmp_path: Path) -> Iterator[tuple[Product, FrozenClock, str]]:
    """A server on a copy of the world, today; its clock can be moved."""
    world.db.dispose()  # nobody is connected while it is copied
    shutil.copytree(world.settings.data_dir, tmp_path / "copy")
    clock = FrozenClock(datetime.now(UTC))  # the script writes today's date into forms
    product = build_product(Settings(data_dir=tmp_path / "copy"), clock)
    server = make_server("127.0.0.1", 0, create_app(product), threaded=True)
    limiter.reset()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield product, clock, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    product.db.dispose()


@pytest.mark.full  # the script itself is held by test_example
def test_the_documented_script_reaches_the_list_in_this_world(
    lived_in: tuple[Product, FrozenClock, str], capsys: pytest.CaptureFixture[str]
) -> None:
    product, clock, base = lived_in
    script: Any = runpy.run_path(str(SCRIPT))["main"]
    case = script(["--base", base])
    clock.advance(timedelta(days=20))
    while sweep(product):
        pass
    script(["--base", base, "--case", case, "--until", "list"])
    assert "纳入名录并公告" in capsys.readouterr().out
    with product.db.tenant(tenant_id_of(product.db, SLUG), read_only=True) as tx:
        names = {r.entry.mine.name for r in public_list(tx, ListFilter(), limit=200).rows}
    own = ANSWERS.fill["FillMineFacts"]["mineName"]
    assert any((name or "").startswith(f"{own}（") for name in names)


def test_whoever_is_asked_for_a_signature_has_a_key_and_is_told_the_pin(world: Product) -> None:
    with world.db.tenant(tenant_id_of(world.db, "ordos"), read_only=True) as tx:
        waiting = tx.all(
            select(work_items.c.id).where(
                work_items.c.tenant_id == TENANT,
                work_items.c.status.in_(WAITING),
                work_items.c.element.like("SignBy%"),
            )
        )
        asked = select(item_candidates.c.principal).where(
            item_candidates.c.tenant_id == TENANT,
            item_candidates.c.item_id.in_([row.id for row in waiting]),
        )
        people = people_for(tx, [row.principal for row in tx.all(asked)])
        assert people
        assert [one.username for one in people if not keys_of(tx, one.membership_id)] == []
    pins = {one["username"]: one["pin"] for one in list_accounts()}
    assert {pins[one.username] for one in people} == {"274913"}
