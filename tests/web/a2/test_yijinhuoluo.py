"""The banner below the city: what it does otherwise stands in its files, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.tenancy.chain import FolderSources, Kind, resolve, resolve_parameters
from tests.web.chain.drive import Chain, Drive
from tests.web.chain.shelf import Shelf, SqliteStore
from webapp.demo.answers import Answers
from webapp.places import data_root

from .chain import A2

ROOT = data_root()
FOLDERS = ("tenants", "processes", "forms")
SOURCES = FolderSources(ROOT / "processes", ROOT / "forms", ROOT / "tenants")
SLUG = "yijinhuoluo"
SELF = {
    "assessedOn": "$today",
    "assessors": "吴海",
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


@pytest.mark.rule("R-YJ-7")
def test_the_self_assessment_comes_before_the_application(banner: Drive) -> None:
    case = banner.begin()
    banner.complete(case, "FillMineDetails")
    assert banner.open_steps(case) == ["AssessSelf"]
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
