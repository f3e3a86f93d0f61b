"""Messages and signals that another system sends over the API."""

from __future__ import annotations

from tests.web.a1.conftest import Arrive

MESSAGE = {"name": "缴费", "correlation": "1", "variables": {"sum": 5}, "id": "bank-17"}


def test_a_message_is_kept_once_under_its_own_id(arrive: Arrive) -> None:
    drive, _case = arrive("Accept")
    first = drive.call("guanli", "POST", "/messages", MESSAGE, expect=202)
    assert drive.call("guanli", "POST", "/messages", MESSAGE, expect=202) == first
    other = {**MESSAGE, "id": "bank-18"}
    assert drive.call("guanli", "POST", "/messages", other, expect=202) != first


def test_a_message_without_an_id_is_kept_once_under_the_key_of_the_request(arrive: Arrive) -> None:
    drive, _case = arrive("Accept")
    sent = {"name": "缴费"}
    first = drive.call("guanli", "POST", "/messages", sent, expect=202, key="a")
    assert drive.call("guanli", "POST", "/messages", sent, expect=202, key="a") == first
    assert drive.call("guanli", "POST", "/messages", sent, expect=202, key="b") != first


def test_only_an_administrator_sends_for_another_system(arrive: Arrive) -> None:
    drive, _case = arrive("Accept")
    drive.call("guanli", "POST", "/signals", {"name": "停工"}, expect=202)
    for who in ("zhaolei", "wulan"):
        drive.call(who, "POST", "/signals", {"name": "停工"}, expect=403)
        drive.call(who, "POST", "/messages", MESSAGE, expect=403)


def test_what_says_nothing_is_refused_in_words(arrive: Arrive) -> None:
    drive, _case = arrive("Accept")
    for sent in ({}, {"name": ""}, {"name": "x" * 121}, {"name": "x", "more": 1}):
        drive.call("guanli", "POST", "/messages", sent, expect=422)
