"""An entry of the list in the language of the reader; the files keep what is printed."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from domain.register.export_rows import TO_BE_CONFIRMED, public_values
from domain.register.rules import (
    STATUS_WORDS,
    Level,
    ListEntry,
    ListStatus,
    Method,
    Scale,
    is_marked,
)
from webapp.http.frame import is_chinese
from webapp.http.words import N_

LEVELS: Mapping[Level, str] = {
    Level.NATIONAL: N_("国家级"),
    Level.REGIONAL: N_("自治区级"),
}
METHODS: Mapping[Method, str] = {
    Method.OPEN_PIT: N_("露天开采"),
    Method.UNDERGROUND: N_("地下开采"),
    Method.MIXED: N_("混合开采"),
    Method.WELL: N_("钻井开采"),
}
SCALES: Mapping[Scale, str] = {
    Scale.LARGE: N_("大型"),
    Scale.MEDIUM: N_("中型"),
    Scale.SMALL: N_("小型"),
}
TONES: Mapping[ListStatus, str] = {ListStatus.LISTED: "ok", ListStatus.RECTIFYING: "soon"}


def entry_words(entry: ListEntry) -> dict[str, str]:
    """The columns of the public list with the tone of the status."""
    mine, tone = entry.mine, TONES.get(entry.status, "mute")
    holder = mine.holder.name if mine.holder else ""
    return {
        **public_values(entry),
        "holder": str(_("待确认")) if holder in ("", TO_BE_CONFIRMED) else holder,
        "method": str(_(METHODS[mine.method])),
        "scale": str(_(SCALES[mine.scale])),
        "level": str(_(LEVELS[entry.level])),
        "status": status_word(entry.status, entry.marks),
        "tone": "soon" if tone == "ok" and is_marked(entry.status, entry.marks) else tone,
    }


def status_word(status: ListStatus, marks: frozenset[str] = frozenset()) -> str:
    """The status with the mark where there is one."""
    words = STATUS_WORDS[status][0 if is_chinese() else 1]
    is_noted = status is ListStatus.LISTED and is_marked(status, marks)
    return str(_("%(status)s（标注）", status=words)) if is_noted else words
