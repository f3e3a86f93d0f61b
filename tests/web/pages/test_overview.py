"""总览: what leaders see of targets and work, as a page, as files and over the API."""

from __future__ import annotations

import csv
import io

import pytest

from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk


def test_only_those_who_lead_or_audit_see_the_overview(desk: Desk) -> None:
    for who, status in (("leader", 200), ("auditor", 200), ("clerk", 403), ("applicant", 403)):
        assert desk[who].get("/overview").status == status, who
    assert desk["leader"].get("/work").find("//a[@href='/overview']")
    assert not desk["clerk"].get("/work").find("//a[@href='/overview']")


@pytest.mark.rule("R-NAT-12", "R-IM-6", "R-IM-7")
def test_the_page_the_file_and_the_api_say_the_same(at: At) -> None:
    desk, case = at("ReviewDocuments")
    shown = desk["leader"].get("/overview")
    found = desk.drive.get("tumen", "/overview")
    file = desk["leader"].get("/overview/steps.csv").body
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))

    waiting = {s["name"]: s["open"] for s in found["steps"] if s["open"]}
    assert waiting == {r["step"]: int(r["open"]) for r in rows if int(r["open"])}
    open_steps = desk.drive.case(case)["open"]
    assert sum(waiting.values()) == len(open_steps)
    assert all(name in shown.main for name in waiting)
    done = {s["element"]: s["done"] for s in found["steps"]}
    assert done["Accept"] == 1
    assert [(t["scale"], t["share"], t["by"]) for t in found["targets"]] == [
        ("large", "90", "2028-12-31"),
        ("medium", "80", "2028-12-31"),
    ]
    assert "2028-12-31 前 90%" in shown.main
    told = desk["leader"].get("/overview/targets.csv").body.splitlines()
    assert told[1].startswith("大型,90,2028-12-31,")


def test_the_heat_map_writes_its_values_on_the_diagram_and_in_a_table(at: At) -> None:
    desk, _case = at("ReviewDocuments")
    address = "/overview/bottlenecks/green-mine-listing"
    shown = desk["leader"].get(f"{address}?measure=waiting")
    assert shown.find("//*[local-name()='svg']/*[local-name()='title']")
    assert "待办 3 件" in shown.body or "待办 2 件" in shown.body
    assert desk["leader"].get(address).status == 200
    assert desk["leader"].get(f"{address}?measure=luck").status == 422
    assert desk["leader"].get(f"{address}?process=none").status == 404
    assert desk["leader"].get("/overview/bottlenecks/none").status == 404
    assert desk["clerk"].get(address).status == 403
