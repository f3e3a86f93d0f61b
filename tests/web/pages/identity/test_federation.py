"""统一身份认证 against a real OpenID provider: who comes back is who the provider signed for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import requests
from joserfc.jwk import RSAKey

from engine.actors import load_actor
from engine.errors import Invalid
from engine.store.tables import linked_identities, memberships
from tests.web.a1.drive import PEOPLE, SLUG
from tests.web.pages.desk import Browser, Desk
from tests.web.pages.identity.provider import CLIENT, SECRET, Person, Provider, running_provider
from webapp.usecases.federation import set_provider, switch_provider

BACK = "http://localhost/sign-in/back"
pytestmark = pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning")


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with running_provider(BACK) as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.person, running.lies = Person(), {}
    return running


@pytest.fixture
def place(desk: Desk, provider: Provider) -> str:
    """The way to the provider, set up for the tenant; the clock is that of the provider."""
    desk.drive.clock.moment = datetime.now(UTC)
    facts = {
        "name": "自治区统一身份认证",
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "secret": SECRET,
        "roles_claim": "duties",
        "role_map": {"clerks": "region-clerk", "heads": "region-leader"},
    }
    key = set_provider(desk.drive.product, SLUG, facts)
    return f"/sign-in/with/{SLUG}/{key}"


def at_provider(address: str) -> str:
    """What the provider answers a browser: the address to go back to."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://localhost")


def come(browser: Browser, place: str) -> Any:
    """To the provider and back."""
    return browser.get(at_provider(browser.get(place).location))


def test_who_the_providers_roles_make_one_of_the_tenant_is_let_in(
    desk: Desk, provider: Provider, place: str
) -> None:
    provider.person = Person("new-1", "新来的", {"duties": ["clerks", "unknown"]})
    browser = desk.anybody()
    assert come(browser, place).status == 303
    assert "新来的" in browser.get("/work").text
    (made,) = desk.drive.rows(memberships, memberships.c.name == "新来的")
    assert (made.capacity, made.roles) == ("officer", [["region-clerk", ""]])
    assert come(desk.anybody(), place).status == 303
    assert len(desk.drive.rows(memberships, memberships.c.name == "新来的")) == 1
    provider.person = Person("new-1", "新来的", {"duties": []})
    assert come(desk.anybody(), place).status == 403, "without a role he is out"
    assert browser.get("/work").status == 302


def test_nobody_becomes_somebody_by_name_or_mail(
    desk: Desk, provider: Provider, place: str
) -> None:
    claims = {"email": "wulan@example.cn", "email_verified": True, "preferred_username": "wulan"}
    provider.person = Person("wulan", "乌兰", claims)
    refused = come(desk.anybody(), place)
    assert refused.status == 403
    assert desk.drive.rows(linked_identities) == []


def link(desk: Desk, place: str, password: str = "") -> Any:
    key = place.rpartition("/")[2]
    right = password or PEOPLE.password("wulan")
    return desk["clerk"].post(f"/access/link/{key}", password=right)


def test_an_account_is_linked_by_its_owner_and_only_then(
    desk: Desk, provider: Provider, place: str
) -> None:
    assert link(desk, place, "wrong").status == 422
    shown = link(desk, place)
    onward = shown.one("//main//a[contains(@class, 'btn-primary')]").get("href")
    assert desk["clerk"].get(at_provider(onward)).status == 303
    (kept,) = desk.drive.rows(linked_identities)
    assert (kept.subject, kept.membership_id) == ("person-1", desk.actor("clerk").membership_id)
    browser = desk.anybody()
    assert come(browser, place).location == "/"
    assert "乌兰" in browser.get("/work").text
    again = link(desk, place).one("//main//a[contains(@class, 'btn-primary')]").get("href")
    assert desk["clerk"].get(at_provider(again)).status == 409


def test_a_link_begun_by_one_is_not_ended_by_another(
    desk: Desk, provider: Provider, place: str
) -> None:
    onward = link(desk, place).one("//main//a[contains(@class, 'btn-primary')]").get("href")
    back = at_provider(onward)
    assert desk["colleague"].get(back).location == "/sign-in"
    assert desk.anybody().get(back).location == "/sign-in"
    assert desk.drive.rows(linked_identities) == []


def test_what_is_asked_of_the_provider_is_bound_to_this_browser(
    desk: Desk, provider: Provider, place: str
) -> None:
    asked = parse_qs(urlsplit(desk.anybody().get(place).location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) == len(asked["nonce"][0]) == 43
    provider.person = Person("new-2", "某人", {"duties": ["clerks"]})
    theirs = at_provider(desk.anybody().get(place).location)
    victim = desk.anybody()
    victim.get(place)
    assert victim.get(theirs).status == 400, "a code of somebody else's journey"
    mine = desk.anybody()
    back = at_provider(mine.get(place).location)
    assert mine.get(back).status == 303
    assert mine.get(back).location == "/sign-in", "once"


OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


@pytest.mark.parametrize(
    "lies",
    [
        {"key": OTHER_KEY},
        {"issuer": "https://elsewhere.example"},
        {"lasts": -3600},
        {"aud": ["somebody else"]},
        {"aud": [CLIENT, "somebody else"]},
        {"nonce": "of another journey"},
    ],
    ids=["key", "issuer", "expired", "audience", "party", "nonce"],
)
def test_a_token_that_is_not_for_us_now_lets_nobody_in(
    desk: Desk, provider: Provider, place: str, lies: dict[str, Any]
) -> None:
    provider.person = Person("new-3", "某人", {"duties": ["clerks"]})
    browser = desk.anybody()
    back = at_provider(browser.get(place).location)
    provider.lies = lies
    assert browser.get(back).status == 400
    assert browser.get("/work").status == 302


@pytest.mark.parametrize(
    "about",
    [
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"jwks_uri": "file:///etc/passwd"},
        {"issuer": "https://elsewhere.example"},
    ],
)
def test_a_provider_sends_the_server_nowhere_else(
    desk: Desk, provider: Provider, place: str, about: dict[str, str]
) -> None:
    provider.lies = {"about": about}
    assert desk.anybody().get(place).status == 400


def test_a_provider_that_is_off_or_of_another_tenant_is_not_there(
    desk: Desk, provider: Provider, place: str
) -> None:
    assert desk.anybody().get(place.replace(SLUG, "national")).status == 404
    switch_provider(desk.drive.product, SLUG, provider.issuer, is_on=False)
    assert desk.anybody().get(place).status == 404
    assert "自治区统一身份认证" not in desk.anybody().get(f"/sign-in?tenant={SLUG}").body


@pytest.mark.parametrize(
    "issuer", ["http://idp.example", "https://u:p@idp.example", "ftp://x", "https://x/?a", "x"]
)
def test_an_issuer_is_an_https_address(desk: Desk, issuer: str) -> None:
    facts = dict.fromkeys(("name", "client_id", "secret", "roles_claim"), "x")
    with pytest.raises(Invalid):
        set_provider(desk.drive.product, SLUG, {**facts, "issuer": issuer, "role_map": {}})


def test_a_person_who_no_longer_works_here_is_not_let_in(
    desk: Desk, provider: Provider, place: str
) -> None:
    provider.person = Person("new-4", "离职", {"duties": ["clerks"]})
    come(desk.anybody(), place)
    (made,) = desk.drive.rows(memberships, memberships.c.name == "离职")
    product = desk.drive.product
    with product.db.control() as control:
        from engine.store.control import accounts  # noqa: PLC0415 - only here

        control.execute(
            accounts.update().where(accounts.c.id == made.account_id).values(active=False)
        )
    assert come(desk.anybody(), place).status == 403
    with product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        assert load_actor(tx, UUID(str(made.id))) is not None
