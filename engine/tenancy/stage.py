"""How far a tenant is: in preparation, live, frozen. A tenant without a word about it is live."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from engine.errors import Conflict

STAGE = "stage"
"""The name of the setting that says so."""


class Stage(StrEnum):
    """The stages; the table below tells which follows which."""

    PREPARING = "preparing"
    LIVE = "live"
    FROZEN = "frozen"


FOLLOWS: Mapping[Stage, frozenset[Stage]] = {
    Stage.PREPARING: frozenset({Stage.LIVE}),
    Stage.LIVE: frozenset({Stage.FROZEN}),
    Stage.FROZEN: frozenset({Stage.LIVE}),
}


class WrongStage(Conflict):
    """The tenant takes no such thing at its stage."""

    code = "tenant_stage"


def check_follows(now: Stage, then: Stage) -> None:
    """WrongStage unless the one follows the other."""
    if then not in FOLLOWS[now]:
        raise WrongStage(
            f"租户处于“{now.value}”，不能改为“{then.value}”",
            f"a tenant that is {now.value} does not become {then.value}",
        )


def check_not_frozen(stage: Stage) -> None:
    """WrongStage when nothing may change in the tenant."""
    if stage is Stage.FROZEN:
        raise WrongStage(
            "本单位已冻结，只能查看，不能办理",
            "the authority is frozen; it may be looked at, nothing may be changed",
        )


def check_takes_applications(stage: Stage) -> None:
    """WrongStage when nobody from outside may begin anything yet."""
    if stage is not Stage.LIVE:
        raise WrongStage(
            "本单位尚未上线，暂不接受申请",
            "the authority is not live yet; it takes no applications",
        )
