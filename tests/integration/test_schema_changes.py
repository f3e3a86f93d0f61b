"""The schema changes while nodes run: one upgrade at a time; every node says where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from webapp.app import create_app
from webapp.product import Product, build_product
from webapp.schema import (
    MIGRATIONS,
    Standing,
    expected_revision,
    revision_numbers,
    standing,
    upgrade,
)
from webapp.settings import Settings

VERSIONS = MIGRATIONS / "versions"


@pytest.mark.parametrize(
    ("found", "word", "is_usable"),
    [
        (None, "empty", False),
        ("0004", "behind", False),
        ("0005-needs-0003", "current", True),
        ("0006-needs-0003", "ahead", True),
        ("0006-needs-0005", "ahead", True),
        ("0007-needs-0006", "too_new", False),
    ],
)
def test_a_program_knows_whether_it_may_work_on_a_schema(
    found: str | None, word: str, is_usable: bool
) -> None:
    where = Standing(found, "0005-needs-0003")
    assert (where.word, where.is_usable) == (word, is_usable)


def test_migrations_are_numbered_and_never_take_back_whom_they_need() -> None:
    names = sorted(path.stem for path in VERSIONS.glob("*.py"))
    revisions = [
        re.findall(
            r'^revision = "(.+)"$', (MIGRATIONS / "versions" / f"{name}.py").read_text(), re.M
        )
        for name in names
    ]
    numbers = [revision_numbers(one) for (one,) in revisions]
    assert [number for number, _ in numbers] == list(range(1, len(names) + 1))
    needs = [oldest for _, oldest in numbers]
    assert needs == sorted(needs)
    assert all(oldest < number or number == 1 for number, oldest in numbers)
    assert all(
        name.startswith(f"{number:04}_") for name, (number, _) in zip(names, numbers, strict=True)
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table, as its owner."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'lucheng.db'}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("create database grown"))
    yield server.set(database="grown").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text("drop database grown with (force)"))
    admin.dispose()


def where(url: str) -> str:
    engine = create_engine(make_url(url))
    try:
        return standing(engine).word
    finally:
        engine.dispose()


def test_upgrades_at_the_same_moment_do_it_once(empty_url: str) -> None:
    assert where(empty_url) == "empty"
    gate = Barrier(3)

    def run(_number: int) -> None:
        gate.wait()
        upgrade(empty_url)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, range(3)))
    assert where(empty_url) == "current"


@pytest.fixture
def product(empty_url: str, tmp_path: Path) -> Iterator[Product]:
    upgrade(empty_url)
    made = build_product(Settings(data_dir=tmp_path, database_url=empty_url, insecure_role=True))
    yield made
    made.db.dispose()


def readiness(product: Product) -> tuple[int, Any]:
    answer = create_app(product).test_client().get("/healthz")
    return answer.status_code, answer.json


def note(product: Product, revision: str) -> None:
    with product.db.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = :r"), {"r": revision})


def test_a_node_on_its_own_schema_is_ready(product: Product) -> None:
    assert readiness(product) == (
        200,
        {"status": "ok", "schema": expected_revision(), "expected": expected_revision()},
    )


def test_an_older_node_goes_on_answering_on_a_schema_that_only_grew(product: Product) -> None:
    note(product, "9998-needs-0001")
    with product.db.engine.begin() as connection:
        connection.execute(text("alter table tenants add column motto varchar(40)"))
    assert readiness(product)[0] == 200
    assert create_app(product).test_client().get("/sign-in").status_code == 200


@pytest.mark.parametrize("revision", ["0000", "9999-needs-9998"])
def test_a_node_that_cannot_work_on_the_schema_says_why(product: Product, revision: str) -> None:
    note(product, revision)
    status, answer = readiness(product)
    assert status == 503
    assert answer["status"] == ("behind" if revision == "0000" else "too_new")
    assert "程序" in answer["message"] or "db upgrade" in answer["message"]
    assert create_app(product).test_client().get("/livez").status_code == 200


def test_a_node_without_its_database_is_alive_and_not_ready(tmp_path: Path) -> None:
    lost = build_product(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/no/x.db"))
    client = create_app(lost).test_client()
    assert client.get("/livez").status_code == 200
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "unreachable", "message": "数据库无法访问"},
    )
    lost.db.dispose()
