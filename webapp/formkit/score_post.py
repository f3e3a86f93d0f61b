"""What the controls of a score sheet post, as the sheet's own data."""

from __future__ import annotations

from engine.forms.model import Component, Json
from engine.forms.places import MISSING
from webapp.formkit.post import Post
from webapp.formkit.score_sheet import MAX_ITEMS

NONE = "~none"
COUNT = "~count"
TIMES = "~n"
SIDES = ("deductions", "additions")
_HEAD = ("group", "variant")
_VERDICTS = {"yes": True, "no": False}


def post_sheet(_component: Component, place: str, post: Post) -> Json:
    """The sheet; MISSING when no control of it was posted. Numbers stay as they were typed."""
    below = post.below(place)
    if not below:
        return MISSING
    sheet: dict[str, Json] = {}
    for name in _HEAD:
        chosen = post.last(f"{place}.{name}")
        if chosen is not MISSING and chosen:
            sheet[name] = chosen
    verdicts = {
        name: _verdict(post.last(f"{place}.prerequisites.{name}"))
        for name in _named(below, "prerequisites")
    }
    if given := {name: verdict for name, verdict in verdicts.items() if verdict is not None}:
        sheet["prerequisites"] = given
    rows = {
        name: _row(f"{place}.items.{name}", keys, post)
        for name, keys in _named(below, "items").items()
    }
    if filled := {name: row for name, row in rows.items() if row}:
        sheet["items"] = filled
    return sheet


def _named(below: list[str], table: str) -> dict[str, list[str]]:
    """The ids posted in one table of the sheet, each with the rest of its names; not too many."""
    start = table + "."
    found: dict[str, list[str]] = {}
    for name in below:
        if name.startswith(start):
            row, _, key = name.removeprefix(start).partition(".")
            if row in found or len(found) <= MAX_ITEMS:
                found.setdefault(row, []).append(key)
    return found


def _verdict(raw: Json) -> Json:
    if raw is MISSING or raw == "":
        return None
    return _VERDICTS.get(raw, raw)


def _row(place: str, keys: list[str], post: Post) -> dict[str, Json]:
    """A row judged not applicable keeps its reason and loses its score: a chosen radio button
    cannot be cleared by hand."""
    row: dict[str, Json] = {}
    scored = _scored(place, keys, post)
    if post.last(f"{place}.na") == "true":
        row["not_applicable"] = True
    else:
        row.update(scored)
    for name in ("reason", "record"):
        text = post.last(f"{place}.{name}")
        if text is not MISSING and text.strip():
            row[name] = text
    evidence = post.files(f"{place}.evidence")
    if evidence is not MISSING and evidence:
        row["evidence"] = evidence
    return row


def _scored(place: str, keys: list[str], post: Post) -> dict[str, Json]:
    row: dict[str, Json] = {}
    score = post.last(f"{place}.score")
    if score is not MISSING and score.strip():
        row["score"] = score.strip()
    for side in SIDES:
        start = f"{side}.{TIMES}."
        counted = [key.removeprefix(start) for key in keys if key.startswith(start)]
        findings = _findings(f"{place}.{side}", counted, post)
        if findings is not None:
            row[side] = findings
    return row


def _findings(place: str, counted: list[str], post: Post) -> list[Json] | None:
    """A count of findings, or the printed lines chosen; None when nothing was said."""
    count = post.last(f"{place}.{COUNT}")
    if count is not MISSING and count.strip():
        return [{"count": _number(count)}]
    chosen = [name for name in post.all(place) if name]
    lines: list[Json] = [{"id": name} for name in chosen if name != NONE]
    for name in counted:
        typed = post.last(f"{place}.{TIMES}.{name}").strip()
        if typed and typed != "0":
            lines.append({"id": name, "count": _number(typed)})
    return lines if lines or chosen else None


def _number(text: str) -> int | str:
    """A whole number, or what was typed instead, which the sheet's rules then refuse."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text
