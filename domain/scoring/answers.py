"""One row of a score sheet: the points claimed, or why the item does not apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from domain.scoring.errors import Place
from domain.scoring.findings import read_findings
from domain.scoring.indicators import Criterion, Item
from domain.scoring.points import NotPoints, plain, read_points

LONGEST_TEXT = 4000
MOST_EVIDENCE = 200
LONGEST_NAME = 200

_KEYS = frozenset(
    {
        "score",
        "deductions",
        "additions",
        "proof",
        "not_applicable",
        "reason",
        "record",
        "evidence",
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One row as filled in: the points claimed, or None with the reason why it does not apply."""

    claimed: Decimal | None
    reason: str = ""
    has_proof: bool = False
    record: str = ""


@dataclass(slots=True)
class Gathering:
    """What is wrong and what is merely missing, gathered instead of stopping at the first."""

    faults: list[Place] = field(default_factory=list)
    missing: list[Place] = field(default_factory=list)

    def fault(self, place: str, code: str, zh: str, en: str) -> None:
        """Note something that is wrong."""
        self.faults.append(Place(place, code, zh, en))

    def gap(self, place: str, code: str, zh: str, en: str) -> None:
        """Note something that is not filled in yet."""
        self.missing.append(Place(place, code, zh, en))


def read_answer(
    item: Item, lines: tuple[Criterion, ...], entry: Mapping[str, object], gathering: Gathering
) -> Answer | None:
    """The row's answer, or None when something is wrong or missing in it.

    ``lines`` are the printed scoring lines for the sheet's variant.
    """
    place = f"items.{item.id}"
    wrong = tuple(_wrong_keys(entry, place))
    gathering.faults.extend(wrong)
    if entry.get("not_applicable", False) is True:
        answer = _not_applicable(item, entry, gathering)
    else:
        answer = _scored(item, lines, entry, gathering)
    return None if wrong else answer


def short(key: object) -> str:
    """A key as far as it can stand in a message."""
    return str(key)[:40]


def _wrong_keys(entry: Mapping[str, object], place: str) -> Iterator[Place]:
    for key in entry:
        if key not in _KEYS:
            where = f"{place}.{short(key)}"
            yield Place(where, "unknown_key", "没有这个键", "there is no such key")
    for key in ("proof", "not_applicable"):
        if not isinstance(entry.get(key, False), bool):
            yield Place(
                f"{place}.{key}", "not_a_bool", "须为 true 或 false", "true or false is expected"
            )
    for key in ("reason", "record"):
        text = entry.get(key, "")
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            yield Place(
                f"{place}.{key}",
                "not_text",
                f"须为文字，至多 {LONGEST_TEXT} 字",
                f"text of at most {LONGEST_TEXT} characters is expected",
            )
    files = entry.get("evidence", [])
    if not (
        isinstance(files, list)
        and len(files) <= MOST_EVIDENCE
        and all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in files)
    ):
        yield Place(
            f"{place}.evidence",
            "not_a_list",
            f"须为附件编号的列表，至多 {MOST_EVIDENCE} 个",
            f"a list of at most {MOST_EVIDENCE} attachment ids is expected",
        )


def _not_applicable(item: Item, entry: Mapping[str, object], gathering: Gathering) -> Answer | None:
    place = f"items.{item.id}"
    if any(entry.get(key) not in (None, "", []) for key in ("score", "deductions", "additions")):
        gathering.fault(
            f"{place}.score",
            "score_and_not_applicable",
            f"{item.id} {item.name}已判定为不涉及项，不能再评分",
            f"{item.id} is judged not applicable and cannot have a score",
        )
    reason = entry.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        gathering.gap(
            f"{place}.reason",
            "missing_reason",
            f"{item.id} {item.name}：不涉及项须写明判定依据和理由",
            f"{item.id}: a not-applicable item needs a written reason",
        )
        return None
    return Answer(None, reason.strip(), record=_record(entry))


def _scored(
    item: Item, lines: tuple[Criterion, ...], entry: Mapping[str, object], gathering: Gathering
) -> Answer | None:
    place = f"items.{item.id}"
    claimed: Decimal | None = None
    by_findings = "deductions" in entry or "additions" in entry
    if entry.get("score") in (None, "") and not by_findings:
        told = f"{item.id} {item.name}未评分"
        gathering.gap(f"{place}.score", "missing_score", told, f"{item.id} has no score")
    elif by_findings and entry.get("score") not in (None, ""):
        gathering.fault(
            f"{place}.score",
            "score_and_findings",
            "得分与扣分、增分清单只能择一填写",
            "give either a score or findings, not both",
        )
    elif by_findings:
        found = read_findings(item, lines, entry, place)
        if isinstance(found, tuple):
            gathering.faults.extend(found)
        else:
            claimed = found
    else:
        claimed = _score(item, entry["score"], gathering)
    if claimed is None:
        return None
    return Answer(claimed, has_proof=entry.get("proof") is True, record=_record(entry))


def _score(item: Item, value: object, gathering: Gathering) -> Decimal | None:
    place, most = f"items.{item.id}.score", plain(item.points)
    name = f"{item.id} {item.name}"
    try:
        points = read_points(value)
    except NotPoints as error:
        gathering.fault(place, error.code, f"{name}的得分{error.zh}", f"{item.id}: {error.en}")
        return None
    if points > item.points:
        gathering.fault(
            place,
            "above_points",
            f"{name}的得分不能超过标准分 {most}",
            f"{item.id}: the score exceeds its {most} points",
        )
        return None
    if item.scoring.type == "all_or_nothing" and points not in (0, item.points):
        gathering.fault(
            place,
            "full_or_zero",
            f"{name}只能得 {most} 分或 0 分",
            f"{item.id} scores {most} or 0, nothing between",
        )
        return None
    return points


def _record(entry: Mapping[str, object]) -> str:
    record = entry.get("record", "")
    return record.strip() if isinstance(record, str) else ""
