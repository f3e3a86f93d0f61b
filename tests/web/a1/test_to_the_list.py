"""A1 from submission to the public list over HTTP, with the real catalogue and real batches."""

from __future__ import annotations

from decimal import Decimal

from engine.store.tables import incidents

from .conftest import Arrive
from .drive import Drive
from .visitor import visitor

STEPS = [
    "FillMineFacts",
    "AssessSelf",
    "SubmitApplication",
    "Accept",
    "ReviewDocuments",
    "ChooseSiteMode",
    "VerifySite",
    "GiveSiteOpinion",
    "DecidePreliminary",
    "ReportUp",
    "Commission",
    "AcceptAssignment",
    "AssessOnSite",
    "WriteReport",
    "JudgeIndicators",
    "ReceiveReport",
    "DecideAssessment",
    "CheckDocuments",
    "DrawSample",
    "SpotCheck",
    "GiveSpotCheckOpinion",
    "GiveMemberOpinion",
    "Deliberate",
    "PrepareNotice",
    "ApproveListing",
]
"""The steps of people on the chain, in its order; the spot check is for those drawn."""

SPOT_CHECK = ("SpotCheck", "GiveSpotCheckOpinion")

SECOND = {
    "mineName": "青峦二号煤矿",
    "licenceNumber": "C1500002010011110000002",
    "method": "open_pit",
    "variant": "open_pit",
    "scale": "medium",
}


def together(drive: Drive, who: str, kind: str, element: str, cases: list[str]) -> None:
    """Complete a step of several cases by one act."""
    done = drive.handle(who, kind, element, cases)
    assert (done["status"], done["done"], done["total"]) == ("done", len(cases), len(cases)), done


def test_two_mines_come_from_their_application_to_the_public_list(drive_on_each: Drive) -> None:
    drive = drive_on_each
    cases = [drive.begin(), drive.begin()]
    drive.walk(cases[0], "Commission")
    drive.walk(cases[1], "Commission", changes={"FillMineFacts": SECOND})

    together(drive, "xiaohong", "commission", "Commission", cases)
    for case in cases:
        drive.walk(case, "DrawSample")

    batch = drive.gather("xiaohong", "spot-check", "DrawSample", cases)
    drawn = drive.act("xiaohong", batch, "draw", "DrawSample", cases)
    assert drawn["done"] == 2
    checked = [case for case in cases if drive.open_steps(case) == ["SpotCheck"]]
    assert len(checked) == 1
    for case in cases:
        drive.walk(case, "Deliberate")

    together(drive, "alatan", "deliberation", "Deliberate", cases)
    together(drive, "xiaohong", "notice", "PrepareNotice", cases)
    public = visitor(drive)
    (notice,) = public.notices()
    assert all(mine in public.read(notice) for mine in ("青峦一号煤矿", "青峦二号煤矿"))
    assert public.list() == []

    drive.wait(5)
    together(drive, "tianye", "listing", "ApproveListing", cases)
    for case in cases:
        assert drive.outcome(case) == ("completed", "纳入名录并公告")
        assert drive.breaks(case) == []
        passed = list(dict.fromkeys(step for step in drive.passed(case) if step in STEPS))
        assert passed == [step for step in STEPS if step not in SPOT_CHECK or case in checked]
    rows = public.list("青峦")
    assert [(row["no"], row["method"], row["scale"]) for row in rows] == [
        ("1", "地下开采", "大型"),
        ("2", "露天开采", "中型"),
    ]
    assert len(public.notices("announcement")) == 1, "the cases of a batch are announced together"
    assert drive.rows(incidents) == []


def test_the_score_of_the_real_catalogue_is_kept_with_the_entry(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessOnSite")
    (item,) = drive.items("qiaoyan", case, "AssessOnSite")
    rows = next(field for field in item["fields"] if field["sheet"])["sheet"]["items"]
    assert len(rows) == 46, "50 items, of which 4 belong to the other industry group"
    assert sum(row["constraint"] for row in rows) == 20
    lost = [row for row in rows if not row["constraint"] and not row["full_or_zero"]][:3]
    scores = {row["id"]: "0" for row in lost}
    drive.complete(case, "AssessOnSite", assessorSheet={"sheet": {"scores": scores}})
    drive.walk(case)
    expected = Decimal(100) - sum(Decimal(str(row["points"])) for row in lost)
    assert [Decimal(row.score) for row in drive.listed("青峦")] == [expected]
    assert drive.listed()[0].catalogue == "neimenggu-2025"
