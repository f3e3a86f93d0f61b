"""The first files of a new tenant: its names set into the template of its level."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

import tomlkit

from engine.tenancy.chain import OWN_FOLDER
from engine.tenancy.editing import edited_list, written_units
from engine.tenancy.model import SHARED, SLUG_PATTERN
from engine.tenancy.organisation import ORGANISATION_FILE
from engine.tenancy.problems import Problem
from engine.tenancy.schema import TENANT_FILE

LEVEL_FILE = "tenants/shared/levels/{level}.toml"
_WORD = re.compile(r"\{([a-z_]+)\}")
MAX_WORD = 40
_SLUG = re.compile(SLUG_PATTERN)
_DIVISION = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Newcomer:
    """What is told about a new tenant; all else comes from the template of its level.

    ``place`` is the full name of the place, ``short`` the short one, ``division`` its six digits.
    """

    slug: str
    level: str
    parent: str
    place: str
    short: str
    en: str
    division: str

    @property
    def words(self) -> dict[str, str]:
        """What the template's words in braces stand for."""
        return {
            "place": self.place,
            "short": self.short,
            "en": self.en,
            "division": self.division,
        }


def newcomer_problems(new: Newcomer) -> list[Problem]:
    """What cannot be told from the files that would be made of it."""
    found = []
    for key in ("slug", "level", "place", "short", "en", "division"):
        if not getattr(new, key).strip():
            found.append(Problem("", key, "missing", "请填写此项", "this is required"))
        elif not getattr(new, key).isprintable() or len(getattr(new, key)) > MAX_WORD:
            zh, en = f"须为 {MAX_WORD} 字以内的单行文字", f"one line of at most {MAX_WORD}"
            found.append(Problem("", key, "bad_cell", zh, en))
    if new.slug and (not _SLUG.fullmatch(new.slug) or new.slug == SHARED):
        zh, en = "须为小写字母、数字和连字符，以字母开头", "lower-case letters, digits and hyphens"
        found.append(Problem("", "slug", "bad_slug", zh, en))
    if new.division and not _DIVISION.fullmatch(new.division):
        zh, en = "须为六位行政区划代码", "the six digits of the division are expected"
        found.append(Problem("", "division", "bad_division", zh, en))
    return found


def first_files(new: Newcomer, template: bytes, today: dt.date) -> dict[str, bytes]:
    """The tenant's files by path; checking them is the reader's work, as of every file."""
    said = tomllib.loads(_filled(template.decode(), new.words))
    below = OWN_FOLDER.format(owner=new.slug)
    body = tomlkit.dumps(
        {
            "slug": new.slug,
            "level": new.level,
            "parent": new.parent,
            "zone": said["zone"],
            "name": {**said["name"], "short": new.short},
            "validity": {**said["validity"], "valid_from": today},
            "branding": said["branding"],
        }
    ).encode()
    return {
        f"{below}/{TENANT_FILE}": edited_list(body, "roles", said.get("roles", ())),
        f"{below}/{ORGANISATION_FILE}": written_units(said.get("units", ())),
    }


def number_rule(template: bytes, words: Mapping[str, str]) -> str:
    """How cases of a procedure are numbered unless somebody says otherwise."""
    rule = str(tomllib.loads(template.decode())["number"])
    return _WORD.sub(lambda found: words.get(found[1], found[0]), rule)


def _filled(text: str, words: Mapping[str, str]) -> str:
    """The text with the words set in; braces around anything else stay."""
    return _WORD.sub(lambda found: _escaped(words.get(found[1], found[0])), text)


def _escaped(word: str) -> str:
    """What somebody typed, as it may stand inside a quoted text."""
    return word.replace("\\", "\\\\").replace('"', '\\"')
