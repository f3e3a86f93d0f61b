"""The words for what a redraw means to cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as N_

from engine.migrating.model import Verdict
from webapp.http.frame import is_chinese

VERDICTS: Mapping[str, tuple[str, str]] = {
    Verdict.AS_IS: (N_("可以照办"), "ok"),
    Verdict.SKIPS: (N_("会越过环节"), "soon"),
    Verdict.DATA_MISSING: (N_("缺少数据"), "soon"),
    Verdict.NEEDS_MAPPING: (N_("须指明对应环节"), "now"),
    Verdict.STUCK: (N_("会卡住"), "bad"),
    Verdict.REFUSED: (N_("不能迁移"), "bad"),
}
MIGRATED: Mapping[str, tuple[str, str]] = {
    "queued": (N_("排队迁移"), "soon"),
    "done": (N_("已迁移"), "ok"),
    "refused": (N_("留在原版本"), "bad"),
    "failed": (N_("未办成"), "bad"),
    "back_queued": (N_("排队撤回"), "soon"),
    "back": (N_("已撤回"), "mute"),
}


def sentences(reasons: Sequence[Mapping[str, str]]) -> list[str]:
    """What is said of a case, in the language of the page."""
    language = "message" if is_chinese() else "message_en"
    return [reason[language] for reason in reasons]
