"""Chain A2: the shipped city and its procedure, driven and kept as every chain is."""

from __future__ import annotations

from tests.web.chain.drive import Chain

MILESTONES = (
    "SubmitApplication",
    "Accept",
    "AssessSite",
    "SignByAssessors",
    "SignByLeader",
    "DecidePreliminary",
    "ReportUp",
    "PlanTender",
    "OpenBids",
    "EvaluateBids",
    "SettleQueries",
    "AcceptAssignment",
    "AssessOnSite",
    "DecideAssessment",
    "PrepareNotice",
    "ReportRegion",
    "RecordRegionResult",
)
"""Steps at which a case is kept, in the order of the chain."""

A2 = Chain(
    slug="ordos",
    procedure="banner-mine-listing",
    starter="ord-gaowei",
    everyone_sees="ord-guanli",
    milestones=MILESTONES,
)
GREEN, CLEAR, LOCAL = (
    "内蒙古绿衡演示评估咨询有限公司",
    "内蒙古明鉴演示矿业技术中心",
    "鄂尔多斯市禾盛演示评估有限公司",
)
