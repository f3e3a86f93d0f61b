"""Whatever is sent to the API as its own document describes it: never a 5xx."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.web.chain.shelf import Shelf
from tests.web.pages.full_town import Ids, full_town
from tests.web.pages.walls.guesses import TABLES
from tests.web.pages.walls.world import World, begin_again, make_world
from webapp.http.api.wiring import PREFIX

FEW = 3
WHO = ("admin", "clerk", "applicant")
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"  # its client leaves streamed files open
)


@pytest.fixture(scope="module")
def own(page_shelf: Shelf, built_town: Ids) -> tuple[World, dict[str, str]]:
    """The town as its own people see it, with a token for some of them."""
    town = full_town(page_shelf, built_town)
    world = make_world(town, is_filled=False)
    return world, {who: world.token(town.desk.actor(who)) for who in WHO}


@pytest.fixture(scope="module")
def api(own: tuple[World, dict[str, str]]) -> OpenApiSchema:
    """The API by its own document."""
    world, _tokens = own
    return schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", world.app)


def real_ids(world: World, names: dict[str, Any]) -> st.SearchStrategy[dict[str, str]]:
    """Ids there are, for the places of an address that mean a row."""
    found = {}
    for name in names:
        table = TABLES.get(name.removesuffix("_id"), "")
        if table:
            ids = [str(row.id) for row in world.estate.rows[table] if hasattr(row, "id")]
            if ids:
                found[name] = st.sampled_from(ids[:20])
    return st.fixed_dictionaries(found)


def ask_everything(own: tuple[World, dict[str, str]], api: OpenApiSchema, examples: int) -> int:
    """Send so many requests to every operation; how many there were."""
    world, tokens = own
    sent = 0
    for result in api.get_all_operations():
        operation = result.ok()
        names = {p.name: p for p in operation.path_parameters}

        @settings(
            max_examples=examples,
            phases=[Phase.explicit, Phase.generate],
            derandomize=examples == FEW,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), ids=real_ids(world, names), who=st.sampled_from(WHO))
        def ask(case: Any, ids: dict[str, str], who: str) -> None:
            nonlocal sent
            begin_again()
            case.path_parameters = {**(case.path_parameters or {}), **ids}
            headers = {"Authorization": f"Bearer {tokens[who]}"}
            if case.operation.path.startswith(f"{PREFIX}/tokens") and case.method == "DELETE":
                headers = {"Authorization": "Bearer none"}
            answer = case.call(headers=headers)
            sent += 1
            assert answer.status_code < 500, (case.as_curl_command(), answer.text[:300])

        ask()
    return sent


def test_no_request_the_document_allows_is_answered_by_a_crash(
    own: tuple[World, dict[str, str]], api: OpenApiSchema
) -> None:
    assert ask_everything(own, api, FEW) > 150


@pytest.mark.full
def test_nor_do_many_of_them(own: tuple[World, dict[str, str]], api: OpenApiSchema) -> None:
    assert ask_everything(own, api, 40) > 1_500
