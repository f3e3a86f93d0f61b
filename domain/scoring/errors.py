"""What can be wrong with an indicator catalogue or a score sheet, told by place, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Invalid, Refused
from engine.tenancy.problems import Problem

MAX_PLACES = 200


@dataclass(frozen=True, slots=True)
class Place:
    """One fault of a score sheet: where it stands and a sentence in both languages."""

    field: str
    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, str]:
        """The place in the form every interface of the product reports errors."""
        return {
            "field": self.field,
            "code": self.code,
            "message": self.zh,
            "message_en": self.en,
        }


class SheetInvalid(Invalid):
    """A score sheet cannot be scored; ``places`` lists every fault with its place."""

    code = "score_sheet_invalid"

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        shown = self.places[:MAX_PLACES]
        first, count = shown[0], len(self.places)
        super().__init__(
            f"评分表有 {count} 处错误，第一处：{first.zh}",
            f"{count} faults in the score sheet, the first: {first.en}",
            errors=[place.as_dict() for place in shown],
        )


class LineInvalid(Invalid):
    """The pass line asked for is no number between 0 and the standard's total."""

    code = "pass_line_invalid"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en, errors=[Place("line", self.code, zh, en).as_dict()])


class CatalogueRefused(Refused):
    """An indicator catalogue is refused; each of ``problems`` names file, item and key."""

    code = "catalogue_refused"

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = self.problems[:MAX_PLACES]
        count = len(self.problems)
        super().__init__(
            f"指标文件 {source} 有 {count} 处错误：" + "；".join(f"{p.key}：{p.zh}" for p in shown),
            f"{count} faults in {source}: " + "; ".join(f"{p.key}: {p.en}" for p in shown),
            errors=[
                {"field": f"{p.file}#{p.key}", "code": p.code, "message": p.zh, "message_en": p.en}
                for p in shown
            ],
        )
