"""The form for the data at hand: which fields exist, with which values, for whom.

Hide conditions may depend on values and values on hide conditions. Both are found by going over
the form until nothing changes; a circle of conditions is refused when the form is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.errors import TooLarge
from engine.forms.component_type import Access, ComponentType, Node, Role
from engine.forms.context import FormContext, Scope, is_expression
from engine.forms.model import MAX_NODES, MAX_ROWS, Component, Form, Json, Right
from engine.forms.places import MISSING, get_at, overlaid, put_at
from engine.forms.problems import Rejected
from engine.forms.registry import component_types

MAX_PASSES = 10


class FormTooLarge(TooLarge):
    """Lists in lists have more fields than one submission may carry."""

    code = "form_too_large"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The nodes of a form, hidden ones included, and the values of those that are shown."""

    form: Form
    context: FormContext
    nodes: tuple[Node, ...]
    values: Mapping[str, Json]


def resolve(form: Form, submitted: Mapping[str, Json], context: FormContext) -> Resolved:
    """The form for these values, as they stand in a submission or were stored before."""
    work = _Work(context)
    given = work.read(form.components, submitted, context.variables, None)
    backdrop = _backdrop(form, context.variables)
    values = given
    for _ in range(MAX_PASSES):
        root = overlaid(backdrop, values)
        before, scope = values, Scope.of(context.env, root)
        values = work.settle(form.components, given, before, scope)
        if values == before:
            break
    root = overlaid(backdrop, values)
    frame = _Frame(Scope.of(context.env, root), given, values, context.variables)
    return Resolved(form, context, tuple(work.nodes(form.components, frame)), values)


def level(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """The nodes of one row: groups are opened, lists are not."""
    for node in nodes:
        if node.kind.role is Role.GROUP:
            yield from level(node.children)
        else:
            yield node


def right_of(
    component: Component, rights: Mapping[str, Right], above: Right | None
) -> Right | None:
    """The right set for a component or around it; what is inside a hidden part is hidden."""
    if above is Right.HIDDEN:
        return above
    own = rights.get(component.address) if component.address else None
    return own or rights.get(component.id) or above


def _backdrop(form: Form, variables: Mapping[str, Json]) -> dict[str, Json]:
    """What the case knows besides the form's own fields, which begin as null."""
    known = overlaid({}, variables)
    for component in _holders(form.components):
        holder, _, last = component.slot.rpartition(".")
        if holder and get_at(known, holder) is MISSING:
            put_at(known, holder, {})
        if holder:
            put_at(known, holder, {**get_at(known, holder), last: None})
        else:
            known[last] = None
    return known


def _holders(components: tuple[Component, ...]) -> Iterator[Component]:
    for component in components:
        role = component_types()[component.type].role
        if role is Role.GROUP:
            yield from _holders(component.children)
        elif role is not Role.STATIC:
            yield component


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a walk stands: the row's scope, its values as given, as settled and as stored."""

    scope: Scope
    given: Mapping[str, Json]
    values: Mapping[str, Json]
    stored: Mapping[str, Json]
    prefix: str = ""
    right: Right | None = None
    shown: bool = True


class _Work:
    """One resolution: counts fields, so that no submission can ask for millions."""

    def __init__(self, context: FormContext) -> None:
        self.context = context
        self.count = 0

    def _spend(self) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise FormTooLarge(
                f"表单的行数过多，字段超过 {MAX_NODES} 个",
                f"the submission has more than {MAX_NODES} fields",
                limit=MAX_NODES,
            )

    def read(
        self,
        components: tuple[Component, ...],
        raw: Mapping[str, Json],
        stored: Mapping[str, Json],
        above: Right | None,
    ) -> dict[str, Json]:
        """Every value of the right sort; what cannot be read counts as not given."""
        values: dict[str, Json] = {}
        for component in components:
            self._spend()
            kind = component_types()[component.type]
            right = right_of(component, self.context.rights, above)
            if kind.role is Role.GROUP:
                values = overlaid(values, self.read(component.children, raw, stored, right))
            elif kind.role is Role.LIST:
                put_at(values, component.slot, self._read_rows(component, raw, stored, right))
            elif kind.role is Role.INPUT:
                put_at(values, component.slot, self._read_value(component, raw, stored, right))
        return values

    def _read_rows(
        self,
        component: Component,
        raw: Mapping[str, Json],
        stored: Mapping[str, Json],
        right: Right | None,
    ) -> list[dict[str, Json]]:
        given, known = rows_at(raw, component), rows_at(stored, component)
        count = min(len(given), MAX_ROWS)
        if is_locked(component, known, self.context.rights, right):
            count = locked_count(component, known)
        return [
            self.read(component.children, row_at(given, index), row_at(known, index), right)
            for index in range(count)
        ]

    def _read_value(
        self,
        component: Component,
        raw: Mapping[str, Json],
        stored: Mapping[str, Json],
        right: Right | None,
    ) -> Json:
        kind = component_types()[component.type]
        is_open = (right or self._default) is Right.EDITABLE
        if is_open and component.read_only is not True and component.disabled is not True:
            value = get_at(raw, component.slot)
            value = None if value is MISSING else value
        else:
            scope = Scope.of(self.context.env, self.context.variables)
            value = first_value(component, kind, get_at(stored, component.slot), scope)
        return read_or_empty(component, kind, value)

    @property
    def _default(self) -> Right:
        return self.context.rights.get("*", Right.EDITABLE)

    def settle(
        self,
        components: tuple[Component, ...],
        given: Mapping[str, Json],
        before: Mapping[str, Json],
        scope: Scope,
    ) -> dict[str, Json]:
        """The values of the fields that are shown, adjusted to what is around them."""
        values: dict[str, Json] = {}
        for component in components:
            kind = component_types()[component.type]
            if is_hidden(component, scope):
                continue
            if kind.role is Role.GROUP:
                inner = self.settle(component.children, given, before, scope)
                values = overlaid(values, inner)
            elif kind.role is Role.LIST:
                known = rows_at(before, component)
                rows = [
                    self.settle(
                        component.children,
                        row,
                        row_at(known, index),
                        scope.row(row_at(known, index), index),
                    )
                    for index, row in enumerate(rows_at(given, component))
                ]
                put_at(values, component.slot, rows)
            elif kind.holds_value:
                value = get_at(given, component.slot)
                value = None if value is MISSING else value
                put_at(values, component.slot, kind.settle(component, value, scope))
        return values

    def nodes(self, components: tuple[Component, ...], frame: _Frame) -> Iterator[Node]:
        """The nodes of one row."""
        for component in components:
            kind = component_types()[component.type]
            right = right_of(component, self.context.rights, frame.right)
            shown = frame.shown and not is_hidden(component, frame.scope)
            stored, value = self._known(component, kind, frame)
            node = Node(
                component=component,
                kind=kind,
                place=frame.prefix + (component.slot or component.id),
                scope=frame.scope,
                context=self.context,
                access=self._access(component, kind, right, frame.scope),
                shown=shown,
                value=value,
                stored=stored,
            )
            if kind.role in (Role.GROUP, Role.LIST):
                node = self._filled(node, replace(frame, right=right, shown=shown))
            yield node

    def _known(self, component: Component, kind: ComponentType, frame: _Frame) -> tuple[Json, Json]:
        """What the case knew of a field before, and its value now."""
        if kind.role in (Role.GROUP, Role.STATIC):
            return None, None
        value = get_at(frame.values, component.slot)
        return get_at(frame.stored, component.slot), None if value is MISSING else value

    def _filled(self, node: Node, frame: _Frame) -> Node:
        if node.kind.role is Role.GROUP:
            return replace(node, children=tuple(self.nodes(node.component.children, frame)))
        return self._with_rows(node, frame)

    def _with_rows(self, node: Node, frame: _Frame) -> Node:
        component = node.component
        given, known = rows_at(frame.given, component), rows_at(frame.stored, component)
        settled = rows_at(frame.values, component)
        rows = []
        for index, row in enumerate(given):
            values = row_at(settled, index)
            inner = replace(
                frame,
                scope=frame.scope.row(values, index),
                given=row,
                values=values,
                stored=row_at(known, index),
                prefix=f"{frame.prefix}{component.slot}.{index}.",
            )
            rows.append(tuple(self.nodes(component.children, inner)))
        locked = is_locked(component, known, self.context.rights, frame.right)
        return replace(node, rows=tuple(rows), locked=locked)

    def _access(
        self, component: Component, kind: ComponentType, right: Right | None, scope: Scope
    ) -> Access:
        if kind.role not in (Role.GROUP, Role.STATIC):
            right = right or self._default
        if right is Right.HIDDEN:
            return Access.NONE
        if scope.holds(component.disabled):
            return Access.DISABLED
        if right is Right.READ_ONLY or scope.holds(component.read_only):
            return Access.READ
        return Access.EDIT


def is_hidden(component: Component, scope: Scope) -> bool:
    """Whether the component's hide condition holds; null means no."""
    return bool(component.hide) and scope.holds(component.hide)


def rows_at(values: Mapping[str, Json], component: Component) -> list[Json]:
    """The rows of a list as they stand in the data; nothing else counts as rows."""
    rows = get_at(values, component.slot)
    return rows if isinstance(rows, list) else []


def row_at(rows: list[Json], index: int) -> Mapping[str, Json]:
    """One row, empty where there is none."""
    row = rows[index] if index < len(rows) else None
    return row if isinstance(row, Mapping) else {}


def is_locked(
    component: Component, known: list[Json], rights: Mapping[str, Right], right: Right | None
) -> bool:
    """Whether rows stay as they are: the step may not change them, or a protected value in a row
    could otherwise slip into another row."""
    if component.attributes.get("allowAddRemove", True) is False:
        return True
    if (right or rights.get("*", Right.EDITABLE)) is not Right.EDITABLE:
        return True
    return bool(known) and any(_is_protected(child, rights, right) for child in component.children)


def _is_protected(component: Component, rights: Mapping[str, Right], above: Right | None) -> bool:
    right = right_of(component, rights, above)
    role = component_types()[component.type].role
    if role in (Role.GROUP, Role.LIST):
        return any(_is_protected(child, rights, right) for child in component.children)
    if role is not Role.INPUT:
        return False
    is_open = (right or rights.get("*", Right.EDITABLE)) is Right.EDITABLE
    return not is_open or bool(component.read_only) or bool(component.disabled)


def locked_count(component: Component, known: list[Json]) -> int:
    """How many rows a list has whose rows cannot be added or removed."""
    if known or component.attributes.get("allowAddRemove", True) is not False:
        return min(len(known), MAX_ROWS)
    return int(component.attributes.get("defaultRepetitions", 1))


def first_value(component: Component, kind: ComponentType, stored: Json, scope: Scope) -> Json:
    """What a field begins with: what the case knows, else its default, else nothing."""
    if stored is MISSING or stored is None:
        stored = component.attributes.get("defaultValue")
        if is_expression(stored):
            stored = scope.evaluate(stored)
    return kind.begin(component, kind.empty() if stored is None else stored, scope)


def read_or_empty(component: Component, kind: ComponentType, value: Json) -> Json:
    """The value if it is of the right sort, else the type's nothing."""
    try:
        return kind.read(component, value)
    except Rejected:
        return kind.empty()
