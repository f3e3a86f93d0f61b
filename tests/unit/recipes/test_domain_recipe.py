"""The recipe for a domain part: its rules, table, store and migration work, its rows are walled."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select

import domain
from engine.ids import new_id
from engine.store import metadata as declared
from engine.store.control import tenants
from engine.store.database import Database
from engine.store.guard import TenantScopeMissing
from engine.timing.clock import FrozenClock
from tests.conftest import MONDAY
from tests.process.town import FlatSources, build_town
from webapp import schema

from .guide import write_files

RECIPE = "recipes/domain-part.md"
PART = "domain.trainings"


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The part of the recipe beside its siblings; forgotten afterwards, its table too."""
    write_files(RECIPE, tmp_path)
    monkeypatch.setattr(domain, "__path__", [*domain.__path__, str(tmp_path / "domain")])
    schema.target_metadata()
    yield SimpleNamespace(
        model=sys.modules[f"{PART}.model"],
        rules=__import__(f"{PART}.rules", fromlist=["rules"]),
        store=__import__(f"{PART}.store", fromlist=["store"]),
    )
    declared.metadata.remove(declared.metadata.tables["trainings"])
    declared._TENANT_TABLES.discard("trainings")
    for name in [name for name in sys.modules if name.startswith(PART)]:
        del sys.modules[name]
    vars(domain).pop("trainings", None)


@pytest.fixture
def grown(part: SimpleNamespace, sqlite: Database) -> Database:
    """A database that has the table of the part as well."""
    part.model.trainings.create(sqlite.engine)
    return sqlite


def training(part: SimpleNamespace, **changes: Any) -> Any:
    facts = {"subject": "爆破安全", "held_on": date(2026, 2, 27), "hours": 8}
    return part.rules.Training(**{"enterprise_id": new_id(), **facts, **changes})


def test_the_rules_tell_every_fault_at_once(part: SimpleNamespace) -> None:
    wrong = training(part, subject=" ", held_on=date(2026, 3, 9), hours=1)
    with pytest.raises(part.rules.TrainingInvalid) as caught:
        part.rules.check_training(wrong, date(2026, 3, 2), 4)
    fields = [error["field"] for error in caught.value.facts["errors"]]
    assert fields == ["subject", "heldOn", "hours"]


def test_the_store_keeps_what_the_rules_accept_and_lists_it(
    part: SimpleNamespace, grown: Database, clock: FrozenClock
) -> None:
    town = build_town(grown, clock)
    kept = training(part)
    with grown.tenant(town.tenant_id) as tx:
        office = town.world.offices.get(tx)
        part.store.record_training(tx, office, kept, least_hours=4, at=clock.now())
    with grown.tenant(town.tenant_id, read_only=True) as tx:
        rows = part.store.trainings_of(tx, kept.enterprise_id)
    assert [(row.subject, row.hours) for row in rows] == [("爆破安全", 8)]


def test_another_tenant_sees_nothing_of_it(
    part: SimpleNamespace, grown: Database, clock: FrozenClock
) -> None:
    town, other = build_town(grown, clock), new_id()
    with grown.control() as control:
        row = {"slug": "other", "name": "other", "level": "city", "created_at": MONDAY}
        control.insert(tenants, id=other, **row)
    kept = training(part)
    with grown.tenant(town.tenant_id) as tx:
        office = town.world.offices.get(tx)
        made = part.store.record_training(tx, office, kept, least_hours=4, at=MONDAY)
    with grown.tenant(other, read_only=True) as tx:
        assert part.store.trainings_of(tx, kept.enterprise_id) == []
        assert tx.get(part.model.trainings, made) is None


def test_a_statement_without_the_tenant_is_refused(
    part: SimpleNamespace, sqlite: Database, clock: FrozenClock
) -> None:
    table = part.model.trainings
    town = build_town(sqlite, clock, FlatSources())
    with sqlite.tenant(town.tenant_id) as tx:
        with pytest.raises(TenantScopeMissing, match="trainings"):
            tx.all(select(table))
        with pytest.raises(TenantScopeMissing, match="trainings"):
            tx.all(select(table).where(table.c.tenant_id == town.tenant_id))
        with pytest.raises(TenantScopeMissing, match="trainings"):
            tx.insert(table, tenant_id=new_id(), **vars(training(part)), recorded_at=MONDAY)


def test_the_migration_gives_the_schema_of_the_model(
    part: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'migrated.db'}"
    folder = tmp_path / "alembic"
    shutil.copytree(schema.MIGRATIONS, folder)
    newest = ScriptDirectory(str(folder)).get_current_head()
    migration = tmp_path / "webapp/migrations/versions/0002_trainings.py"
    text = migration.read_text(encoding="utf-8")
    assert 'down_revision = "0001"' in text
    text = text.replace('down_revision = "0001"', f'down_revision = "{newest}"')
    (folder / "versions" / migration.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(schema, "MIGRATIONS", folder)

    schema.upgrade(url)

    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, schema.target_metadata())
    engine.dispose()
    assert [d for d in differences if "trainings" in str(d)] == []
    assert part.model.trainings.name == "trainings"
