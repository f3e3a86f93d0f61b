"""What is wrong with a submitted value: a code, its facts, and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made

from engine.forms.model import NOTHING


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one value; the sentences name the field."""

    code: str
    zh: str
    en: str
    params: Mapping[str, object] = made(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class FieldError:
    """A problem at its place: the dotted path with row numbers counted from 0.

    ``place_zh`` and ``place_en`` say which row is meant and are empty outside lists.
    """

    field: str
    label: str
    code: str
    zh: str
    en: str
    params: Mapping[str, object] = made(default_factory=lambda: NOTHING)
    place_zh: str = ""
    place_en: str = ""

    def as_json(self) -> dict[str, str]:
        """The error in the form every interface of the product reports errors."""
        return {
            "field": self.field,
            "code": self.code,
            "message": self.place_zh + self.zh,
            "message_en": self.place_en + self.en,
        }


class Rejected(Exception):
    """A value is not acceptable: control flow of this package, never shown.

    ``at`` holds problems by their dotted place below the field.
    """

    def __init__(self, *problems: Problem, at: Mapping[str, Iterable[Problem]] = NOTHING) -> None:
        super().__init__(*(problem.en for problem in problems))
        self.problems = problems
        self.at = {place: tuple(found) for place, found in at.items()}
