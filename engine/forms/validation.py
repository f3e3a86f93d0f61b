"""A submission checked against its form: the cleaned values, or everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from marshmallow import ValidationError

from engine.forms import wording
from engine.forms.compile import SELF, schema_of
from engine.forms.component_type import Access, Node, Role
from engine.forms.context import FormContext
from engine.forms.model import Form, Json
from engine.forms.places import MISSING, get_at, overlaid, put_at, without
from engine.forms.problems import FieldError, Problem
from engine.forms.resolve import Resolved, level, resolve

MAX_ERRORS = 200


@dataclass(frozen=True, slots=True)
class Validated:
    """The values to keep, and the errors in the order of the form; one of the two is empty."""

    values: Mapping[str, Json]
    errors: tuple[FieldError, ...]

    @property
    def is_valid(self) -> bool:
        """Whether the submission can be accepted."""
        return not self.errors


def validate(form: Form, submitted: Mapping[str, Json], context: FormContext) -> Validated:
    """The submission's values as variables, or all errors at once.

    A value inside a group replaces that value only: what else the case keeps in the same map, and
    what this step may not see or change in a row, stays.
    """
    if not isinstance(submitted, Mapping):
        return Validated({}, (_error("", wording.wrong_shape(form.id), _Labels({})),))
    resolved = resolve(form, submitted, context)
    try:
        values: dict[str, Json] = schema_of(resolved).load(submitted)
    except ValidationError as error:
        return Validated({}, _errors(error.messages, resolved))
    return Validated(_completed(values, resolved.nodes, context.variables), ())


def _completed(
    values: dict[str, Json], nodes: tuple[Node, ...], stored: Mapping[str, Json]
) -> dict[str, Json]:
    """The values together with what the case knows in the same maps and rows."""
    holders = [node for node in level(nodes) if node.kind.role is not Role.STATIC]
    own = frozenset(node.component.slot for node in holders if not _is_withheld(node))
    kept = without(stored, own)
    completed = dict(values)
    for name, value in values.items():
        if isinstance(value, dict) and isinstance(kept.get(name), Mapping) and name not in own:
            completed[name] = overlaid(kept[name], value)
    for node in holders:
        if node.kind.role is Role.LIST and get_at(completed, node.component.slot) is not MISSING:
            _complete_rows(node, get_at(completed, node.component.slot))
    return completed


def _complete_rows(node: Node, rows: list[dict[str, Json]]) -> None:
    if not node.locked:
        return
    known = node.stored if isinstance(node.stored, list) else []
    for index, (row, nodes) in enumerate(zip(rows, node.rows, strict=True)):
        before = known[index] if index < len(known) else None
        if not isinstance(before, Mapping):
            continue
        rows[index] = _completed(row, nodes, before)
        for inner in level(nodes):
            value = get_at(before, inner.component.slot) if inner.component.slot else MISSING
            if _is_withheld(inner) and value is not MISSING:
                put_at(rows[index], inner.component.slot, value)


def _is_withheld(node: Node) -> bool:
    return node.access in (Access.NONE, Access.DISABLED)


@dataclass(frozen=True, slots=True)
class _Labels:
    """The fields by place, with their order and the row they stand in."""

    known: Mapping[str, tuple[int, Node, str, str]] = field(default_factory=dict)

    def nearest(self, place: str) -> tuple[int, Node, str, str] | None:
        """The field at this place or around it."""
        while place:
            if place in self.known:
                return self.known[place]
            place = place.rpartition(".")[0]
        return None


def _errors(messages: Json, resolved: Resolved) -> tuple[FieldError, ...]:
    found = {}
    for index, (place, node, zh, en) in enumerate(_places(resolved.nodes, "", "")):
        found[place] = (index, node, zh, en)
    labels = _Labels(found)
    problems = list(_problems(messages, ""))
    ordered = sorted(problems, key=lambda entry: _order(entry[0], labels))
    return tuple(_error(place, problem, labels) for place, problem in ordered[:MAX_ERRORS])


def _order(place: str, labels: _Labels) -> int:
    nearest = labels.nearest(place)
    return len(labels.known) if nearest is None else nearest[0]


def _places(nodes: tuple[Node, ...], zh: str, en: str) -> Iterator[tuple[str, Node, str, str]]:
    for node in level(nodes):
        if node.kind.role is Role.STATIC:
            continue
        yield node.place, node, zh, en
        for index, row in enumerate(node.rows):
            number, label = index + 1, node.label
            inner_zh, inner_en = f"{zh}{label}第 {number} 行：", f"{en}{label}, row {number}: "
            yield f"{node.place}.{index}", node, inner_zh, inner_en
            yield from _places(row, inner_zh, inner_en)


def _problems(messages: Json, place: str) -> Iterator[tuple[str, Problem]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            below = place if name == SELF else f"{place}.{name}" if place else str(name)
            yield from _problems(inner, below)
        return
    for message in messages:
        if isinstance(message, Problem):
            yield place, message
        else:
            yield place, wording.unknown_field(place[:80])


def _error(place: str, problem: Problem, labels: _Labels) -> FieldError:
    nearest = labels.nearest(place)
    _, node, zh, en = nearest if nearest is not None else (0, None, "", "")
    return FieldError(
        field=place,
        label=node.label if node is not None else "",
        code=problem.code,
        zh=problem.zh,
        en=problem.en,
        params=problem.params,
        place_zh=zh,
        place_en=en,
    )
