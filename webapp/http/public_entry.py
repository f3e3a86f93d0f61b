"""One entry of the public list: what is printed of it and how its status came about."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.register.listing import ListRow
from domain.register.rules import EVENT_WORDS, ListEvent, ListStatus
from domain.register.store import NoList
from webapp.http.frame import is_chinese, product
from webapp.http.list_words import entry_words, status_word
from webapp.http.public import no_list, public_page
from webapp.http.times import printed_moment
from webapp.usecases.public import Authority, find_authority
from webapp.usecases.public_entry import EntryEvent, read_entry

blueprint = Blueprint("public_entry", __name__)
blueprint.register_error_handler(NoList, no_list)


@blueprint.get("/public/<slug>/list/<key>")
def show_entry(slug: str, key: str) -> ResponseReturnValue:
    """An entry by its id or the number of its mine, with how its status came about."""
    authority = find_authority(product(), slug)
    found = read_entry(product(), authority, key)
    words = entry_words(found.row.entry)
    return public_page(
        authority,
        "public/entry.html",
        entry=words,
        facts=_facts(words),
        marks=found.marks,
        events=[_event(one, authority) for one in reversed(found.events)],
        others=[_other(row, slug) for row in found.others],
    )


def _facts(words: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"label": _("序号"), "value": words["no"]},
        {"label": _("采矿权人"), "value": words["holder"]},
        {"label": _("开采矿种"), "value": words["mineral"]},
        {"label": _("开采方式"), "value": words["method"]},
        {"label": _("开采规模"), "value": words["scale"]},
        {"label": _("级别"), "value": words["level"]},
        {"label": _("纳入日期"), "value": words["listed_on"] or _("未载明")},
    ]


def _event(one: EntryEvent, authority: Authority) -> dict[str, Any]:
    """A step of the timeline; who took it is kept, but not told to the public."""
    event = EVENT_WORDS[ListEvent(one.event)]
    return {
        "title": event[0] if is_chinese() else event[1].capitalize(),
        "outcome": status_word(ListStatus(one.status)),
        "at": printed_moment(one.at, authority.office),
        "iso": one.at.isoformat(),
        "text": one.reason,
    }


def _other(row: ListRow, slug: str) -> dict[str, str]:
    words = entry_words(row.entry)
    href = url_for(".show_entry", slug=slug, key=str(row.id))
    return {"level": words["level"], "status": words["status"], "href": href}
