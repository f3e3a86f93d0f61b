"""The doctor names what is wrong and what to do, and is silent about nothing."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.engine import URL

from engine.ids import new_id
from engine.store.tables import attachments, cases
from engine.timing.dispatch import schedule
from webapp.cli import main
from webapp.operations import doctor
from webapp.operations.doctor import examine
from webapp.operations.verdicts import FAILURE, OK, WARNING
from webapp.settings import Settings

from .conftest import House

YEAR = 2026
DAY = date(YEAR, 3, 2)
LONG_KEY = "k" * 40


@pytest.fixture
def environment(house: House) -> dict[str, str]:
    """The environment of the house, as an operator writes it."""
    url = house.product.db.url.render_as_string(hide_password=False)
    folder = house.product.settings.data_dir
    return {"DATA_DIR": str(folder), "DATABASE_URL": url, "LUCHENG_SECRET_KEY": LONG_KEY}


def states(
    environment: Mapping[str, str], now: datetime | None = None, *, deep: bool = False
) -> dict[str, set[str]]:
    """The states by check; whatever is not fine says what to do."""
    found: dict[str, set[str]] = {}
    diagnosis = examine(environment, now or datetime.now(UTC), DAY, deep=deep)
    for finding in diagnosis.findings:
        assert finding.message
        assert finding.advice or finding.state == OK, finding
        found.setdefault(finding.check, set()).add(finding.state)
    assert diagnosis.is_fit == all(FAILURE not in some for some in found.values())
    return found


def test_a_sound_installation_has_no_failure(environment: dict[str, str]) -> None:
    found = states(environment, deep=True)
    failures = {check for check, some in found.items() if FAILURE in some}
    assert failures == set()
    assert {
        "settings",
        "data",
        "attachments",
        "disk",
        "keys",
        "calendar",
        "database",
        "clock",
        "schema",
        "incidents",
        "timers",
        "invariants",
        "attachment_files",
    } <= set(found)


def test_an_unknown_setting_is_named(environment: dict[str, str]) -> None:
    found = examine({**environment, "LUCHENG_COLOUR": "red"}, datetime.now(UTC), DAY)
    assert not found.is_fit
    assert "LUCHENG_COLOUR" in found.findings[0].message


@pytest.mark.parametrize(
    ("more", "check", "state"),
    [
        ({"LUCHENG_SECRET_KEY": "short"}, "keys", FAILURE),
        ({"LUCHENG_SIGNING_SECRET": "short"}, "signing", FAILURE),
        ({"LUCHENG_HOST": "0.0.0.0"}, "settings", WARNING),
        ({"LUCHENG_INSECURE_ROLE": "1"}, "settings", WARNING),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "schema", FAILURE),
        ({"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x"}, "database", FAILURE),
    ],
)
def test_a_fault_of_the_settings_is_found(
    environment: dict[str, str], more: dict[str, str], check: str, state: str
) -> None:
    assert state in states({**environment, **more})[check]


def test_no_password_is_shown(environment: dict[str, str]) -> None:
    lost = {**environment, "DATABASE_URL": "postgresql://a:open-sesame@127.0.0.1:1/x"}
    found = examine(lost, datetime.now(UTC), DAY)
    assert "open-sesame" not in str(found)
    assert LONG_KEY not in str(found)


@pytest.mark.parametrize(
    ("free", "state"), [(100 * 2**20, FAILURE), (2_000 * 2**20, WARNING), (50_000 * 2**20, OK)]
)
def test_disk_space_is_judged(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**12, 0, free))
    assert states(environment)["disk"] == {state}


def test_a_folder_that_cannot_be_written_is_found(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "attachments").write_text("a file where a folder should be")
    assert states(environment)["attachments"] == {FAILURE}


def test_a_key_that_others_can_read_is_found(environment: dict[str, str], tmp_path: Path) -> None:
    del environment["LUCHENG_SECRET_KEY"]
    key = tmp_path / "secret.key"
    key.write_text("x")
    key.chmod(0o644)
    assert FAILURE in states(environment)["keys"]
    key.chmod(0o600)
    assert FAILURE not in states(environment)["keys"]


@pytest.mark.parametrize(("year", "expected"), [(YEAR, set()), (2031, {FAILURE, WARNING})])
def test_a_year_without_known_holidays_is_found(
    environment: dict[str, str], year: int, expected: set[str]
) -> None:
    found = examine(environment, datetime.now(UTC), date(year, 3, 2)).findings
    assert {f.state for f in found if f.check == "calendar"} & {FAILURE, WARNING} >= expected
    this_year = [f for f in found if f.check == "calendar" and f"{year} " in f.message]
    assert [f.state for f in this_year] == [FAILURE if expected else OK]


def test_a_schema_that_is_behind_is_found(house: House, environment: dict[str, str]) -> None:
    if house.product.db.engine.dialect.name == "postgresql":
        pytest.skip("the runtime role cannot change the version; see test_schema_changes")
    with house.product.db.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '0000'"))
    assert states(environment)["schema"] == {FAILURE}


def test_a_role_that_sees_all_tenants_or_owns_tables_is_found(
    postgres_url: URL, postgres_server: URL, environment: dict[str, str]
) -> None:
    owner = postgres_server.set(database=postgres_url.database)
    plain = owner.render_as_string(hide_password=False)
    assert states({**environment, "DATABASE_URL": plain})["role"] == {FAILURE}
    runtime = postgres_url.render_as_string(hide_password=False)
    assert states({**environment, "DATABASE_URL": runtime})["role"] == {OK}


def test_clocks_that_differ_are_found(environment: dict[str, str], house: House) -> None:
    if house.product.db.engine.dialect.name == "sqlite":
        pytest.skip("one machine, one clock")
    now = datetime.now(UTC)
    assert states(environment, now - timedelta(seconds=20))["clock"] == {WARNING}
    assert states(environment, now + timedelta(hours=1))["clock"] == {FAILURE}


def test_work_that_nobody_does_is_found(house: House, environment: dict[str, str]) -> None:
    with house.town.db.tenant(house.town.tenant_id) as tx:
        schedule(tx, "timer", new_id(), datetime.now(UTC) - timedelta(minutes=30))
    assert states(environment)["timers"] == {FAILURE}


def test_broken_data_are_found_by_the_deep_look(house: House, environment: dict[str, str]) -> None:
    case_id = UUID(house.begin())
    with house.town.db.tenant(house.town.tenant_id) as tx:
        tx.update(cases, cases.c.id == case_id, state=b"\x01[")
        tx.insert(
            attachments,
            case_id=None,
            name="遗失.pdf",
            media_type="application/pdf",
            size=1,
            digest="0" * 64,
            uploaded_by=None,
            uploaded_at=house.product.clock.now(),
        )
    assert "invariants" not in states(environment)
    found = states(environment, deep=True)
    assert found["invariants"] == {FAILURE}
    assert found["attachment_files"] == {FAILURE}


def test_the_command_says_it_in_words_and_in_json(environment: dict[str, str]) -> None:
    run = CliRunner().invoke
    said = run(main, ["doctor"], env=environment)
    assert said.exit_code == 0, said.output
    assert "数据库可以连接" in said.output
    answer: dict[str, Any] = json.loads(run(main, ["doctor", "--json"], env=environment).output)
    assert answer["fit"]
    assert set(answer["findings"][0]) == {"check", "state", "message", "advice"}
    bad = run(main, ["doctor", "--json"], env={**environment, "PORT": "many"})
    assert bad.exit_code == 1
    assert not json.loads(bad.output)["fit"]


def test_looking_makes_no_database(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    found = states({"DATA_DIR": str(folder), "DATABASE_URL": ""})
    assert found["schema"] == {FAILURE}
    assert not list(folder.glob("*.db"))


def test_the_advice_about_the_schema_covers_every_standing() -> None:
    assert set(doctor.SCHEMA_ADVICE) == {"empty", "behind", "too_new"}


@pytest.mark.parametrize(
    ("host", "proxy", "given", "expected"),
    [
        ("127.0.0.1", "", None, False),
        ("0.0.0.0", "", None, True),
        ("127.0.0.1", "127.0.0.1", None, True),
        ("0.0.0.0", "", False, False),
        ("127.0.0.1", "", True, True),
    ],
)
def test_cookies_go_over_https_wherever_others_may_listen(
    host: str, proxy: str, given: bool | None, expected: bool
) -> None:
    settings = Settings(host=host, trusted_proxy=proxy, secure_cookies=given)
    assert settings.has_secure_cookies is expected
