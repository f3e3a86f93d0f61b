"""What demonstration people write into a form: the tenant's ``demo/answers.toml``, filled in.

The file holds, by the id of a step, who acts (``by``) and what is written (``fill``). Values that
are only known on the spot stand there as words with a dollar sign; the file says which.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

LATER = timedelta(weeks=6)
RECORD = "查阅台账、证明材料并查看现场，符合该项指标的评分要求。"


@dataclass(frozen=True)
class Answers:
    """Who acts at each step and what is written there."""

    by: Mapping[str, Sequence[str]]
    fill: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Facts:
    """What is known on the spot: the day, the uploads by sort, and the form as it is shown.

    ``fields`` are those of ``webapp.usecases.fields``, ``values`` what stands in them.
    """

    today: str
    files: Mapping[str, Sequence[str]]
    fields: Sequence[Mapping[str, Any]]
    values: Mapping[str, Any]

    def field(self, name: str) -> Mapping[str, Any]:
        """The field at this place."""
        return next(field for field in self.fields if field["field"] == name)


def read_answers(path: Path) -> Answers:
    """The answers of a file."""
    steps = tomllib.loads(path.read_text(encoding="utf-8"))
    return Answers(
        by={name: step.get("by", ()) for name, step in steps.items()},
        fill={name: step["fill"] for name, step in steps.items()},
    )


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a step with some of them changed; tables are merged, a None takes away."""
    found = dict(below)
    for name, value in above.items():
        inner = found.get(name)
        if value is None:
            found.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(inner, Mapping) and not _is_whole(value):
            found[name] = merged(inner, value)
        else:
            found[name] = value
    return found


def filled(template: Mapping[str, Any], facts: Facts, place: str = "") -> dict[str, Any]:
    """The answers with everything that is only known on the spot."""
    return {name: _value(value, facts, f"{place}{name}") for name, value in template.items()}


def _is_whole(value: Mapping[str, Any]) -> bool:
    """Tables that stand for one value: rows to be completed, changes to a full score sheet."""
    return set(value) in ({"each"}, {"sheet"})


def _value(value: Any, facts: Facts, place: str) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        word, _, label = value.partition(" ")
        return _option(facts, place, label) if label else _WORDS[word](facts, place)
    if isinstance(value, list):
        return [_value(entry, facts, place) for entry in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {"each"}:
        rows = facts.values.get(place) or []
        return [{**_plain(row), **filled(value["each"], facts)} for row in rows]
    if set(value) == {"sheet"}:
        return score_sheet(facts, place, value["sheet"])
    return filled(value, facts, f"{place}.")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def score_sheet(facts: Facts, place: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A sheet with full points, a check record and proof in every row, changed where it is said.

    ``changes``: scores by item, verdicts by prerequisite, reasons by item that does not apply,
    items left without_proof.
    """
    sheet = facts.field(place)["sheet"]
    reasons = changes.get("not_applicable", {})
    bare = set(changes.get("without_proof", ()))
    scores = changes.get("scores", {})
    rows: dict[str, Any] = {}
    for item in sheet["items"]:
        name = item["id"]
        if item["excused"]:
            continue
        if name in reasons:
            rows[name] = {"not_applicable": True, "reason": reasons[name]}
            continue
        evidence = [] if name in bare else list(facts.files["document"])
        score = str(scores.get(name, item["points"]))
        rows[name] = {"score": score, "record": RECORD, "evidence": evidence}
    verdicts = {entry["id"]: True for entry in sheet["prerequisites"]}
    return {
        "group": sheet["group"],
        "variant": sheet["variant"],
        "prerequisites": {**verdicts, **changes.get("prerequisites", {})},
        "items": rows,
    }


def _option(facts: Facts, place: str, label: str) -> Any:
    """The value of the option that is called so."""
    offered = facts.field(place)["options"]
    return next(option["value"] for option in offered if option["label"] == label)


_WORDS: Mapping[str, Callable[[Facts, str], Any]] = {
    "$today": lambda facts, _place: facts.today,
    "$later": lambda facts, _place: (date.fromisoformat(facts.today) + LATER).isoformat(),
    "$document": lambda facts, _place: list(facts.files["document"]),
    "$photo": lambda facts, _place: list(facts.files["photo"]),
    "$film": lambda facts, _place: list(facts.files["film"]),
    "$sheet": lambda facts, place: score_sheet(facts, place, {}),
    "$options": lambda facts, place: [o["value"] for o in facts.field(place)["options"]],
    "$seen": lambda facts, place: facts.values[place],
}
