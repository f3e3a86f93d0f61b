"""Chain A1: the shipped region and its procedure, driven and kept as every chain is."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.chain import drive as chain_drive
from tests.web.chain.drive import BEGIN, ZONE, Chain, Drive, Json, body_of, wrong_fields

__all__ = ["BEGIN", "ZONE", "Drive", "Json", "body_of", "wrong_fields"]

SLUG = "neimenggu"
PROCEDURE = "green-mine-listing"
EVERYONE_SEES = "guanli"
MILESTONES = (
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
)
"""Steps at which a case is kept, in the order of the chain."""

A1 = Chain(SLUG, PROCEDURE, "zhaolei", EVERYONE_SEES, MILESTONES)
DEMO, ANSWERS, PEOPLE = A1.demo, A1.answers, A1.people


def sign_in(client: FlaskClient, name: str) -> str:
    """A bearer token of a demonstration person of the region."""
    return chain_drive.sign_in(client, A1, name)
