"""Nobody sees or changes what belongs to another tenant, wherever he asks: everything is asked.

Every page, operation of the API, command and function that reaches rows is called with the ids of
a tenant that has something in each of its tables, by people of the tenant beside it and of the one
above it (some of them with an account, an enterprise or a body of the asked tenant). They are told
nothing of it, get the answer that an id nobody has would get, and leave it byte for byte as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy.engine import URL

from engine.ids import new_id
from tests.web.chain.shelf import Shelf
from tests.web.pages.full_town import Ids, full_town

from .asking import Asker, Listening, Outcome
from .filter_off import filter_off
from .guesses import TABLES
from .registry import commands, functions, operations, routes
from .visiting import Visit, Visitor
from .world import ABOVE, BESIDE, CAPACITIES, World, begin_again, make_world, on_postgres

OUTSIDERS = [f"{capacity} of {slug}" for slug in (BESIDE, ABOVE) for capacity in CAPACITIES]


def mostly(always: str) -> list[object]:
    """All outsiders in the whole run, one of them at all times."""
    return [pytest.param(who, marks=() if who == always else pytest.mark.full) for who in OUTSIDERS]


TURNS = [pytest.param(turn, marks=pytest.mark.full if turn else ()) for turn in range(2)]
HEAVY = {
    "webapp.usecases.definitions.draft_definition",
    "webapp.usecases.trying_published.try_definition",
}
"""They judge a whole drawing: in the whole run only."""

SIGNS_OF_LIFE = "GET /healthz"
"""The test's database was made without migrations, and this says so."""

FOR_OPERATORS = {
    "run": "starts a node",
    "db upgrade": "the schema, before there are tenants",
    "tenant load": "files into one tenant that is named",
    "tenant check": "files only",
    "tenant import": "a tenant that is not there yet",
    "check": "files only",
    "import": "files only",
    "try": "files only",
    "score": "files only",
    "verify": "a file only",
    "draw verify": "a file only",
    "draw commit": "computes a digest",
    "rules": "the project's own rules",
    "user lock": "an account, wherever it works",
    "user unlock": "an account, wherever it works",
    "user drop-factor": "an account, wherever it works",
    "body add": "assessor bodies stand outside tenants",
    "body person": "assessor bodies stand outside tenants",
    "demo accounts": "files only",
    "identity set": "where a tenant's people may come from, by who owns the machine",
    "identity off": "where a tenant's people may come from, by who owns the machine",
    "backup": "the whole installation, by who owns the machine",
    "restore": "the whole installation, by who owns the machine",
    "doctor": "the whole installation, by who owns the machine",
}
"""Commands that ask for nothing of a tenant, or are the operator's for all of them."""


@pytest.fixture
def world(page_shelf: Shelf, built_town: Ids) -> World:
    """The town with something in every table, on SQLite."""
    begin_again()
    return make_world(full_town(page_shelf, built_town))


@pytest.fixture
def unfiltered(
    world: World, postgres_server: URL, postgres_url: URL, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """The same on PostgreSQL while the application asks for the rows of all tenants: only
    row-level security stands between them."""
    with (
        on_postgres(world, postgres_server, postgres_url) as there,
        filter_off(there.product.db, monkeypatch),
    ):
        yield there


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def either(
    request: pytest.FixtureRequest, world: World, postgres_server: URL, postgres_url: URL
) -> Iterator[World]:
    """Both databases with all walls."""
    if request.param == "sqlite":
        yield world
        return
    with on_postgres(world, postgres_server, postgres_url) as there:
        yield there


# ---------------------------------------------------------------- pages and API


def visits(world: World, who: str, turn: int = 0) -> list[Visit]:
    """What an outsider is answered everywhere."""
    visitor = Visitor(world, who, turn)
    found = list(visitor.pages(routes(world.app)))
    begin_again()
    return found + list(visitor.operations(operations(world.app)))


def visits_of_nothing(world: World, who: str, places: set[str]) -> dict[str, int]:
    """What the same person is answered at these places for ids that nobody has."""
    begin_again()
    estate = world.estate.made_up(new_id)
    made_up = World(world.product, world.app, world.past, estate, world.outsiders)
    return {visit.place: visit.status for visit in Visitor(made_up, who).some(places)}


def check_logs_and_figures(world: World, heard: str) -> None:
    shown = world.app.test_client().get("/metrics").get_data(as_text=True)
    assert "request" in heard
    assert "lucheng_" in shown
    assert world.estate.told_in(heard + shown, world.said) == set()


def check_nothing_was_told(found: list[Visit]) -> None:
    assert [visit for visit in found if visit.told] == []
    crashed = [v for v in found if v.status >= 500 and v.place != SIGNS_OF_LIFE]
    assert crashed == []


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("who", mostly("officer of walk"))
def test_no_page_and_no_operation_tells_an_outsider_anything(
    either: World, who: str, turn: int
) -> None:
    before = either.digest()
    with structlog.testing.capture_logs() as heard:
        found = visits(either, who, turn)
    check_nothing_was_told(found)
    assert either.digest() == before
    check_logs_and_figures(either, str(heard))
    other = [visit for visit in found if visit.names_rows and visit.status != 404]
    nothing = visits_of_nothing(either, who, {visit.place for visit in other})
    assert {v.place: v.status for v in other} == nothing


@pytest.mark.parametrize("who", mostly("admin of national"))
def test_row_level_security_alone_keeps_outsiders_out(unfiltered: World, who: str) -> None:
    before = unfiltered.digest()
    check_nothing_was_told(visits(unfiltered, who))
    assert unfiltered.digest() == before


# ---------------------------------------------------------------- functions


def outcomes(world: World, who: str, turn: int = 0, *, heavy: bool = True) -> list[Outcome]:
    """What every function below the pages comes to in the hands of an outsider."""
    asker = Asker(world, who, turn)
    chosen = [one for one in functions() if heavy or one.name not in HEAVY]
    with Listening(world) as listening:
        return [asker.ask(one, listening) for one in chosen]


@pytest.mark.parametrize("turn", TURNS)
def test_no_function_gives_or_changes_rows_of_another_tenant(either: World, turn: int) -> None:
    before = either.digest()
    found = outcomes(either, "admin of walk", turn, heavy=bool(turn))
    assert [one for one in found if one.told] == []
    assert either.digest() == before
    assert sum(bool(one.sent) for one in found) > len(found) * 0.8, "they ask the database"


@pytest.mark.full
@pytest.mark.parametrize("turn", range(2))
@pytest.mark.parametrize("who", ["admin of walk", "admin of national"])
def test_row_level_security_alone_binds_every_function(
    unfiltered: World, who: str, turn: int
) -> None:
    before = unfiltered.digest()
    found = outcomes(unfiltered, who, turn)
    assert [one for one in found if one.told] == []
    assert unfiltered.digest() == before


# ---------------------------------------------------------------- without walls


broken_off = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Where rows of two tenants meet functions break off, and leave files to the collector."""


@broken_off
def test_with_both_walls_down_the_functions_tell_what_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.digest()
    with filter_off(world.product.db, monkeypatch):
        found = outcomes(world, "admin of walk", heavy=False)
    assert sum(bool(one.told) for one in found) >= 50
    assert world.digest() != before


@pytest.mark.full
@broken_off
def test_with_both_walls_down_pages_and_operations_tell_what_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.digest()
    with filter_off(world.product.db, monkeypatch):
        found = visits(world, "admin of walk")
    open_places = [v.place for v in found if v.told or (v.names_rows and v.status != 404)]
    assert len([place for place in open_places if "/api/" in place]) >= 25
    assert len([place for place in open_places if "/api/" not in place]) >= 50
    assert sum(bool(visit.told) for visit in found) >= 20
    assert world.digest() != before


# ---------------------------------------------------------------- commands, logs, files


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Commands set up logs of their own; afterwards they are as before."""
    root, kept = logging.getLogger(), list(logging.getLogger().handlers)
    level, before, known = root.level, structlog.get_config(), structlog.is_configured()
    yield
    root.handlers, root.level = kept, level
    structlog.reset_defaults()
    if known:
        structlog.configure(**before)
    structlog.contextvars.clear_contextvars()


def test_no_command_of_a_tenant_tells_of_another(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quiet_logs: None
) -> None:
    monkeypatch.setenv("DATA_DIR", str(world.product.settings.data_dir))
    asked = {words: one for words, one in commands().items() if words not in FOR_OPERATORS}
    assert set(FOR_OPERATORS) <= set(commands())
    before = world.digest()
    found = [Visitor(world, "admin of walk").command(w, one, tmp_path) for w, one in asked.items()]
    assert [visit for visit in found if visit.told] == []
    assert [visit for visit in found if visit.status not in (0, 1, 2)] == []
    assert world.digest() == before


def test_the_file_of_another_tenant_is_not_found_by_its_digest(world: World) -> None:
    files = [row.digest for row in world.estate.rows["attachments"]]
    beside = world.outsiders["admin of walk"].tenant_id
    kept = {path.name for path in (world.files / str(world.estate.tenant_id)).rglob("*")}
    assert kept & set(files), "there is something to be found"
    assert set(world.product.blobs.digests(beside)) & set(files) == set()


def test_every_word_of_the_recipes_means_a_table(world: World) -> None:
    assert set(TABLES.values()) <= set(world.estate.rows)


def test_the_probes_are_many(world: World) -> None:
    at_pages = sum(
        len((rule.methods or set()) - {"HEAD", "OPTIONS"}) for rule in routes(world.app)
    ) + len(operations(world.app))
    visited = at_pages * len(OUTSIDERS) * (2 * len(TURNS) + 1)
    asked = len(functions()) * (2 * len(TURNS) + 2 * 2)
    assert visited + asked >= 5_000
