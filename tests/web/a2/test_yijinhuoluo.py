"""The banner below the city: what it does otherwise stands in its files, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.register.import_rows import import_rows
from domain.register.mines import MineFacts, Source
from domain.register.rules import ListEvent, Method, Scale
from domain.register.store import Change, Entering, change_entry, enter_list, import_mines
from engine.actors import load_actor
from engine.definitions.loading import tenant_id_of
from engine.tenancy.chain import FolderSources, Kind, resolve, resolve_parameters
from tests.web.a1.drive import A1
from tests.web.chain.drive import Chain, Drive, wrong_fields
from tests.web.chain.shelf import Shelf, SqliteStore
from webapp.demo.answers import Answers, Facts, filled
from webapp.places import data_root
from webapp.usecases.territory import read_territory

from .chain import A2

ROOT = data_root()
FOLDERS = ("tenants", "processes", "forms")
SOURCES = FolderSources(ROOT / "processes", ROOT / "forms", ROOT / "tenants")
SLUG = "yijinhuoluo"
HOLDER = "伊金霍洛旗南梁演示煤业有限公司"
SELF = {
    "assessedOn": "$today",
    "assessors": "吴海",
    "inScope": True,
    "selfSheet": "$sheet",
}
PEOPLE = {"ord-gaowei": "yj-01", "ord-baiyin": "yj-02"}


class BannerChain(Chain):
    """The path of the city with the people of the banner and its step of its own."""

    @property
    def answers(self) -> Answers:  # type: ignore[override]
        above = A2.answers
        by = {step: [PEOPLE[n] for n in names if n in PEOPLE] for step, names in above.by.items()}
        fill = {**above.fill, "AssessSelf": SELF}
        return Answers({**by, "AssessSelf": ["yj-01"]}, fill)


@pytest.fixture(scope="module")
def banner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drive]:
    """The banner with its people, loaded below the city."""
    chain = BannerChain(
        slug=SLUG,
        procedure=A2.procedure,
        starter="yj-01",
        everyone_sees="yj-23",
        milestones=(),
    )
    shelf = Shelf(SqliteStore(tmp_path_factory.mktemp("yj")), chain)
    yield shelf.begin()
    shelf.close()


@pytest.mark.rule("R-YJ-7", "R-YJ-1")
def test_the_self_assessment_comes_before_the_application(banner: Drive) -> None:
    case = banner.begin()
    banner.complete(case, "FillMineDetails")
    assert banner.open_steps(case) == ["AssessSelf"]
    refused = banner.complete(case, "AssessSelf", expect=422, inScope=False)
    assert wrong_fields(refused) == {"inScope"}, "oil, gas and radioactive minerals stay outside"
    low = {"Q1": "100", "Q2": "100"}
    banner.complete(case, "AssessSelf", selfSheet={"sheet": {"scores": low}})
    assert banner.open_steps(case) == ["AssessSelf"], "760 points: construction goes on"
    banner.complete(case, "AssessSelf")
    assert banner.open_steps(case) == ["SubmitApplication"]
    banner.complete(case, "SubmitApplication")
    assert banner.items("yj-02", case, "Accept"), "the banner government receives it"


@pytest.mark.rule("R-YJ-9")
def test_the_tender_of_the_city_holds_and_the_print_is_noted_beside_it() -> None:
    mode = resolve_parameters(SLUG, SOURCES)["selection.mode"]
    assert mode.value == "tender"
    assert "委托第三方评估机构" in mode.note


@pytest.mark.rule("R-YJ-8", "R-YJ-10")
@pytest.mark.parametrize("ref", ["banner-mine-listing", "tender", "site-assessment"])
def test_the_path_itself_is_the_one_of_the_city(ref: str) -> None:
    assert resolve(Kind.PROCESS, ref, SLUG, SOURCES).slug == "ordos"


def test_the_one_diagram_of_the_banner_differs_from_that_of_the_city() -> None:
    own = list((ROOT / "processes" / SLUG).iterdir())
    assert [path.stem for path in own] == ["mine-application"]
    assert own[0].read_bytes() != (ROOT / "processes" / "ordos" / own[0].name).read_bytes()


def test_the_three_folders_stay_small_and_hold_no_program() -> None:
    files = [p for name in FOLDERS for p in (ROOT / name / SLUG).rglob("*") if p.is_file()]
    assert len(files) <= 12
    assert sum(len(path.read_text("utf-8").splitlines()) for path in files) <= 500
    assert {path.suffix for path in files} <= {".toml", ".csv", ".bpmn", ".form"}


@pytest.mark.parametrize("name", FOLDERS)
def test_no_file_of_the_banner_says_the_same_as_one_above_it(name: str) -> None:
    files = [path for path in (ROOT / name).rglob("*") if path.is_file()]
    others = {path.read_bytes() for path in files if SLUG not in path.parts}
    assert [path for path in files if SLUG in path.parts and path.read_bytes() in others] == []


ZONE: dict[str, dict[str, Any]] = {
    "CountMines": {"largeMediumMines": 21, "conformingMines": 21, "smallMines": 0},
    "AssessZone": {
        "restoration": "治理面积达到计划。",
        "saving": "矿井水全部利用。",
        "projects": "智能化工作面已建成。",
        "result": "pass",
    },
    "RectifyZone": {"measures": "两座矿山完成复垦并通过评估。", "doneOn": "$today"},
    "WriteReport": {
        "report": "$document",
        "application": "$document",
        "models": [{"name": f"典范矿山{n}", "feature": "矿井水利用"} for n in range(5)],
    },
    "ReportZone": {
        "reportNumber": "伊政报〔演示〕1号",
        "reportedOn": "$today",
        "reportFile": "$document",
    },
    "RecordZoneResult": {"result": "accepted", "answeredOn": "$today", "answer": "$document"},
}
ASSESSORS = ["yj-03", "yj-04", "yj-05"]
"""Of natural resources, energy and ecology."""


def zone_step(banner: Drive, case: str, step: str, who: str, **changes: object) -> None:
    """Complete a step of the zone's self-assessment with files of whoever does it."""
    banner.take_up(case, who)
    (item, *_) = banner.items(who, case, step)
    facts = Facts(banner.today.isoformat(), banner.files[case], item["fields"], item["values"])
    files = {"mineList": "$document"} if step == "CountMines" else {}
    banner.hand_in(who, item, filled({**ZONE[step], **files, **changes}, facts))


@pytest.mark.rule("R-YJ-24", "R-YJ-25", "R-YJ-26", "R-YJ-28")
def test_the_zone_is_assessed_by_the_banner_itself_before_it_reports(banner: Drive) -> None:
    case = banner.begin("yj-02", "zone-assessment")
    zone_step(banner, case, "CountMines", "yj-02", conformingMines=19)
    for who in ASSESSORS:
        zone_step(banner, case, "AssessZone", who)
    assert banner.open_steps(case) == ["RectifyZone"], "every large and medium mine must conform"
    zone_step(banner, case, "RectifyZone", "yj-02")
    zone_step(banner, case, "CountMines", "yj-02")
    for who in ASSESSORS:
        zone_step(banner, case, "AssessZone", who)
    with pytest.raises(AssertionError, match="models"):
        zone_step(banner, case, "WriteReport", "yj-02", models=ZONE["WriteReport"]["models"][:4])
    zone_step(banner, case, "WriteReport", "yj-02")
    zone_step(banner, case, "ReportZone", "yj-10")
    zone_step(banner, case, "RecordZoneResult", "yj-02")
    assert banner.outcome(case) == ("completed", "示范区通过验收")


@pytest.mark.rule("R-YJ-3", "R-YJ-22")
def test_the_banner_sees_its_own_mines_its_plan_and_its_zone(banner: Drive) -> None:
    region = tenant_id_of(banner.product.db, "neimenggu")
    with banner.product.db.tenant(region) as tx:
        office = banner.product.world.offices.get(tx)
        entries = import_rows((A1.demo / "mines-yijinhuoluo.csv").read_bytes()).accepted()
        now = banner.clock.now()
        import_mines(tx, office, entries, Source("自治区名录", "150627"), now)
        elsewhere = MineFacts("东山矿", "别处", "煤", Method.UNDERGROUND, Scale.LARGE, "150700")
        enter_list(tx, office, Entering(elsewhere, banner.today, "纳入"), None, now)
    while banner.sweep():
        pass
    with banner.product.db.tenant(banner.prepared.tenant_id, read_only=True) as tx:
        actor = load_actor(tx, banner.prepared.members["yj-02"])
    assert actor is not None
    found = read_territory(banner.product, actor)
    assert found.listed == 48, "those of the banner, and no mine of another place"
    assert [(y.year, y.planned, y.listed) for y in found.plan] == [
        (2023, 53, 48),
        (2024, 55, 48),
        (2025, 56, 48),
    ]
    assert found.zone is not None
    assert len(found.zone.points) == 23
    assert abs(found.zone.area - found.zone.printed) < Decimal("0.01")


@pytest.mark.rule("R-YJ-15", "R-YJ-16", "R-YJ-5")
def test_a_holder_removed_twice_is_accepted_only_with_a_written_reason(banner: Drive) -> None:
    product = banner.product
    case = banner.begin()
    banner.complete(case, "FillMineDetails")
    banner.complete(case, "AssessSelf")
    banner.complete(case, "SubmitApplication")
    assert "exception" not in asked(banner, case), "nothing stands against the holder"
    region = tenant_id_of(product.db, "neimenggu")
    for name in ("一号井", "二号井"):
        facts = MineFacts(name, HOLDER, "煤", Method.UNDERGROUND, Scale.LARGE, "150627")
        with product.db.tenant(region) as tx:
            office, now = product.world.offices.get(tx), product.clock.now()
            entry = enter_list(tx, office, Entering(facts, banner.today, "纳入"), None, now)
        banner.clock.advance(timedelta(minutes=1))
        with product.db.tenant(region) as tx:
            now = product.clock.now()
            change_entry(tx, entry, Change(ListEvent.REMOVE, "弄虚作假"), None, now)
    while banner.sweep():
        pass
    again = banner.begin()
    banner.complete(again, "FillMineDetails")
    banner.complete(again, "AssessSelf")
    banner.complete(again, "SubmitApplication")
    assert "exception" in asked(banner, again)
    refused = banner.complete(again, "Accept", expect=422)
    assert wrong_fields(refused) == {"exception"}


def asked(banner: Drive, case: str) -> set[str]:
    """The fields of the acceptance as the clerk of the banner would accept."""
    (item,) = banner.items("yj-02", case, "Accept")
    refused = banner.hand_in("yj-02", item, {"decision": "accept"}, expect=422)
    return wrong_fields(refused)
