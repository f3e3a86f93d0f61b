"""Guesses at passwords are few, however they come; nobody learns who has an account."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.actors import Actor, add_membership
from engine.ids import new_id
from engine.store.control import accounts, sessions, sign_in_attempts, tenants
from engine.store.database import Database
from engine.timing.clock import FrozenClock
from webapp.usecases.identity import (
    add_account,
    open_session,
    open_token,
    session_actor,
    token_actor,
)
from webapp.usecases.sign_in import (
    OF_ADDRESS,
    OF_NAME,
    OF_NAME_AND_PLACE,
    Credentials,
    Locked,
    Origin,
    SignInRefused,
    hash_password,
    verify_credentials,
)

PASSWORD = "a long password"
HERE = Origin("192.0.2.1")


class House:
    """One tenant with one person."""

    def __init__(self, db: Database, clock: FrozenClock) -> None:
        self.db, self.clock = db, clock
        tenant_id, now = new_id(), clock.now()
        with db.control() as control:
            control.insert(
                tenants, id=tenant_id, slug="town", name="镇", level="banner", created_at=now
            )
        self.account = add_account(db, "wang", "王", hash_password(PASSWORD), now)
        with db.tenant(tenant_id) as tx:
            add_membership(
                tx,
                account_id=self.account,
                username="wang",
                name="王",
                title="",
                capacity="officer",
                unit_code=None,
                enterprise_id=None,
                body_id=None,
                roles=[],
                active=True,
                created_at=now,
            )

    def come(self, password: str, name: str = "wang", origin: Origin = HERE) -> Actor:
        """Sign in."""
        given = Credentials("town", name, password)
        return verify_credentials(self.db, given, origin, self.clock.now())

    def guess(self, name: str = "wang", origin: Origin = HERE) -> type[Exception]:
        """What a wrong password is answered."""
        with pytest.raises((SignInRefused, Locked)) as refused:
            self.come("wrong", name, origin)
        return refused.type


@pytest.fixture
def house(database: Database, clock: FrozenClock) -> House:
    return House(database, clock)


def test_the_answers_to_wrong_passwords_do_not_tell_who_has_an_account(house: House) -> None:
    answers = {
        name: [house.guess(name, Origin(f"192.0.2.{place}")) for _ in range(7)]
        for place, name in enumerate(("wang", "nobody"))
    }
    assert answers["wang"] == answers["nobody"] == [SignInRefused] * 5 + [Locked] * 2


def test_guesses_made_at_once_are_no_more_than_guesses_made_in_turn(house: House) -> None:
    with ThreadPoolExecutor(12) as crowd:
        answers = Counter(crowd.map(lambda _n: house.guess(), range(24)))
    assert answers == {SignInRefused: OF_NAME_AND_PLACE.most, Locked: 24 - OF_NAME_AND_PLACE.most}


def test_after_a_while_a_right_password_is_taken_again(house: House) -> None:
    for _ in range(9):
        house.guess()
    with pytest.raises(Locked):
        house.come(PASSWORD)
    house.clock.advance(OF_NAME_AND_PLACE.within + timedelta(seconds=1))
    assert house.come(PASSWORD).name == "王"


def test_a_right_password_forgives_the_wrong_ones_before(house: House) -> None:
    for _ in range(3):
        for _ in range(4):
            house.guess()
        house.come(PASSWORD)
    assert house.guess() is SignInRefused


def test_who_fails_elsewhere_does_not_keep_the_person_out(house: House) -> None:
    for _ in range(9):
        house.guess(origin=Origin("198.51.100.7"))
    assert house.come(PASSWORD).name == "王"


def test_one_address_tries_few_names(house: House) -> None:
    answers = [house.guess(f"name{n}") for n in range(OF_ADDRESS.most + 2)]
    assert answers == [SignInRefused] * OF_ADDRESS.most + [Locked] * 2
    assert house.guess("other", Origin("192.0.2.2")) is SignInRefused


def test_many_addresses_try_one_name_not_for_ever_and_known_browsers_do_not_mind(
    house: House,
) -> None:
    strangers = [Origin(f"198.51.100.{n // 4}") for n in range(OF_NAME.most + 1)]
    answers = [house.guess(origin=stranger) for stranger in strangers]
    assert answers == [SignInRefused] * OF_NAME.most + [Locked]
    with pytest.raises(Locked):
        house.come(PASSWORD, origin=Origin("203.0.113.1"))
    assert house.come(PASSWORD, origin=Origin("198.51.100.1", "known browser")).name == "王"
    house.clock.advance(OF_NAME.within + timedelta(seconds=1))
    assert house.come(PASSWORD, origin=Origin("203.0.113.1")).name == "王"


def test_a_known_browser_has_no_more_guesses_than_others(house: House) -> None:
    known = Origin("192.0.2.1", "known browser")
    assert [house.guess(origin=known) for _ in range(6)] == [SignInRefused] * 5 + [Locked]


def test_what_was_counted_is_forgotten(house: House, database: Database) -> None:
    for n in range(4):
        house.guess(f"name{n}")
    house.clock.advance(timedelta(hours=2))
    house.come(PASSWORD)
    with database.control(read_only=True) as control:
        left = control.one(select(func.count()).select_from(sign_in_attempts))
    assert left is not None
    assert left[0] <= 2


def test_an_account_that_is_switched_off_stops_working_at_once(
    house: House, database: Database
) -> None:
    now = house.clock.now()
    session = open_session(database, house.come(PASSWORD), now, hours=1)
    given = Credentials("town", "wang", PASSWORD)
    token = open_token(database, verify_credentials(database, given, HERE, now), now=now, days=1)
    assert session_actor(database, session, now)
    assert token_actor(database, token, now)
    with database.control() as control:
        control.execute(accounts.update().values(active=False))
    assert session_actor(database, session, now) is None
    assert token_actor(database, token, now) is None
    with database.control(read_only=True) as control:
        assert control.one(select(sessions.c.id_hash))
    with pytest.raises(SignInRefused):
        house.come(PASSWORD)
