"""A marshmallow schema for the data at hand: one field for each field that exists now.

A name that is no field is an error, a hidden field's value is dropped, a read-only field's value
must be the stored one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing

from engine.forms import wording
from engine.forms.component_type import Access, Node, Role
from engine.forms.context import FormContext
from engine.forms.model import MAX_ROWS, Form, Json
from engine.forms.places import MISSING
from engine.forms.problems import Problem, Rejected
from engine.forms.resolve import (
    Resolved,
    first_value,
    level,
    read_or_empty,
    resolve,
)
from engine.forms.types.common import count_limit

SELF = "_schema"


class Strict(Schema):
    """A schema of these fields that refuses names it does not know.

    A class of its own for every submission would cost more than all its fields together.
    """

    class Meta:
        unknown = RAISE

    def __init__(self, own: Mapping[str, fields.Field[Any]]) -> None:
        self._own = own
        super().__init__()

    def _init_fields(self) -> None:
        self.declared_fields = dict(self._own)
        super()._init_fields()


def compile_form(form: Form, data: Mapping[str, Json], context: FormContext) -> Schema:
    """The schema that loads this very submission; ``data`` decides which fields exist."""
    return schema_of(resolve(form, data, context))


def schema_of(resolved: Resolved) -> Schema:
    """The schema of a form already resolved."""
    return _schema(resolved.nodes)


class Taken(fields.Field[Any]):
    """A field that hears of absent values too, and takes null for one."""

    def __init__(self) -> None:
        super().__init__(load_default=partial(self.take, MISSING))

    def _validate_missing(self, value: Any) -> None:
        """Absence is judged by ``take``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.take(value)

    def take(self, raw: Json) -> Any:
        """The value to keep, ``missing`` for none, or a ValidationError that holds Problems."""
        raise NotImplementedError


class Dropped(Taken):
    """A field hidden by its condition: whatever was submitted for it does not count."""

    def take(self, raw: Json) -> Any:
        return missing


class Value(Taken):
    """An input that may be filled in."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node

    def take(self, raw: Json) -> Any:
        node = self.node
        component = node.spoken
        try:
            value = node.kind.read(component, None if raw is MISSING else raw)
            return node.kind.accept(node, node.kind.settle(component, value, node.scope))
        except Rejected as error:
            raise _invalid(error) from error


class Fixed(Value):
    """A read-only input: its value is the stored one, and nothing else may be submitted."""

    def take(self, raw: Json) -> Any:
        node = self.node
        stored = first_value(node.component, node.kind, node.stored, node.scope)
        stored = read_or_empty(node.component, node.kind, stored)
        stored = node.kind.settle(node.component, stored, node.scope)
        if raw is not MISSING and not self._is_same(raw, stored):
            raise _invalid(Rejected(wording.read_only(node.label)))
        if node.access is Access.DISABLED:
            return missing
        return missing if node.stored is MISSING and stored == node.kind.empty() else stored

    def _is_same(self, raw: Json, stored: Json) -> bool:
        node = self.node
        try:
            value = node.kind.read(node.component, raw)
        except Rejected:
            return False
        return bool(node.kind.settle(node.component, value, node.scope) == stored)


class Computed(Value):
    """A value the server computes; a submitted one must be the same."""

    def take(self, raw: Json) -> Any:
        node = self.node
        try:
            value = node.kind.accept(node, node.value)
        except Rejected as error:
            raise _invalid(error) from error
        given = Decimal(repr(raw)) if isinstance(raw, float) else raw
        if given is not MISSING and given != value:
            raise _invalid(Rejected(wording.read_only(node.label)))
        return value


class Container(Taken):
    """The map in which a path puts its fields."""

    def __init__(self, name: str, schema: Schema) -> None:
        super().__init__()
        self.path = name
        self.schema = schema
        self.is_dropped: bool = all(
            isinstance(field, Dropped) or (isinstance(field, Container) and field.is_dropped)
            for field in schema.fields.values()
        )

    def take(self, raw: Json) -> Any:
        if self.is_dropped:
            return missing
        if raw is MISSING or raw is None:
            raw = {}
        if not isinstance(raw, Mapping):
            raise _invalid(Rejected(wording.wrong_shape(self.path)))
        return self.schema.load(raw)


class Rows(Value):
    """The rows of a list, each with the fields that exist in it."""

    def take(self, raw: Json) -> Any:
        node = self.node
        if raw is MISSING and node.locked and node.access is not Access.EDIT:
            raw = [{} for _ in node.rows]
        rows = [] if raw is MISSING or raw is None or raw == "" else raw
        problems = [] if isinstance(rows, list) else [wording.wrong_shape(node.label)]
        problems = problems or list(self._count_problems(rows))
        if problems:
            raise _invalid(Rejected(*problems))
        found: list[Any] = []
        errors: dict[str | int, Any] = {}
        for index, (row, nodes) in enumerate(zip(rows, node.rows, strict=True)):
            try:
                found.append(_schema(nodes).load(_row(row, node.label)))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return found

    def _count_problems(self, rows: list[Json]) -> list[Problem]:
        node, label = self.node, self.node.label
        if node.locked:
            return [] if len(rows) == len(node.rows) else [wording.rows_locked(label)]
        most = count_limit(node, "maxRows", node.property("maxRows"))
        most = MAX_ROWS if most is None else min(most, MAX_ROWS)
        least = count_limit(node, "minRows", node.property("minRows")) or 0
        if len(rows) > most:
            return [wording.too_many(label, most, "行")]
        if len(rows) < least:
            return [wording.too_few(label, least, "行")]
        # A schema fits the submission it was made for; another one may have other rows.
        return [] if len(rows) == len(node.rows) else [wording.rows_locked(label)]


def _row(row: Json, label: str) -> Mapping[str, Json]:
    if not isinstance(row, Mapping):
        raise _invalid(Rejected(wording.wrong_shape(label)))
    return row


def _schema(nodes: tuple[Node, ...]) -> Schema:
    tree: dict[str, Any] = {}
    for node in level(nodes):
        if node.kind.role is not Role.STATIC and node.access is not Access.NONE:
            *way, last = node.component.slot.split(".")
            place = tree
            for part in way:
                place = place.setdefault(part, {})
            place[last] = _field(node)
    return _strict(tree)


def _strict(tree: dict[str, Any]) -> Schema:
    found: dict[str, fields.Field[Any]] = {
        name: Container(name, _strict(entry)) if isinstance(entry, dict) else entry
        for name, entry in tree.items()
    }
    return Strict(found)


def _field(node: Node) -> Taken:
    if not node.shown:
        return Dropped()
    if node.kind.role is Role.LIST:
        return Rows(node)
    if node.kind.role is Role.COMPUTED:
        return Computed(node)
    return Value(node) if node.access is Access.EDIT else Fixed(node)


def _invalid(error: Rejected) -> ValidationError:
    """The problems as marshmallow carries them: a list, or a map of places with lists."""
    if not error.at:
        return ValidationError(list(error.problems))
    places: dict[str, Any] = {place: list(found) for place, found in error.at.items()}
    if error.problems:
        places[SELF] = list(error.problems)
    return ValidationError(places)
