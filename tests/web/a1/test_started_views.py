"""The views of what one has begun, over the API."""

from __future__ import annotations

from tests.web.a1.conftest import Arrive


def test_whoever_began_a_case_sees_its_open_items_with_whomever_they_are(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    found = drive.get("zhaolei", "/work-items?view=started")["items"]
    assert [(item["case"], item["element"]) for item in found] == [(case, "Accept")]
    for other in ("sunjing", "wulan"):
        assert drive.get(other, "/work-items?view=started")["items"] == []


def test_the_cases_somebody_began_are_not_all_he_may_see(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    other = drive.begin("sunjing")
    for who, own in (("zhaolei", case), ("sunjing", other)):
        found = drive.get(who, "/cases?view=started")["items"]
        assert [row["id"] for row in found] == [own]
    assert {row["id"] for row in drive.get("sunjing", "/cases")["items"]} == {case, other}


def test_the_view_of_what_was_begun_is_searched_and_paged(arrive: Arrive) -> None:
    drive, _case = arrive("Accept")
    begun = {drive.begin("sunjing") for _ in range(3)}
    first = drive.get("sunjing", "/work-items?view=started&limit=2")
    rest = drive.get("sunjing", f"/work-items?view=started&limit=2&cursor={first['next']}")
    assert {item["case"] for item in first["items"] + rest["items"]} == begun
    assert (len(first["items"]), rest["next"]) == (2, None)
    assert drive.get("sunjing", "/work-items?view=started&q=没有这样的")["items"] == []


def test_an_ended_case_has_nothing_open_in_the_view(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    drive.call("guanli", "POST", f"/cases/{case}/terminate", {"reason": "测试"})
    assert drive.get("zhaolei", "/work-items?view=started")["items"] == []
    assert [row["id"] for row in drive.get("zhaolei", "/cases?view=started")["items"]] == [case]


def test_nothing_is_copied_to_or_substituted_for_by_who_has_no_such_thing(arrive: Arrive) -> None:
    drive, _case = arrive("Accept")
    for view in ("substituted", "copied"):
        assert drive.get("wulan", f"/work-items?view={view}")["items"] == []
