"""What a type of component is: how its value is read, accepted, begun and described."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.forms.context import FormContext, Scope
from engine.forms.model import Component, Json


class Role(StrEnum):
    """What a component does in a form."""

    INPUT = "input"
    COMPUTED = "computed"
    GROUP = "group"
    LIST = "list"
    STATIC = "static"


class Access(StrEnum):
    """What this person may do with a field here and now; NONE: it does not exist for them."""

    EDIT = "edit"
    READ = "read"
    DISABLED = "disabled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a component as it stands in the file."""

    code: str
    zh: str
    en: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Node:
    """A component at its place: in this row, with this data, for this person.

    ``place`` is the dotted path with row numbers; ``shown`` is false where a hide condition
    holds; ``value`` is what was submitted, read; ``stored`` is what the case knew before
    (MISSING where it knew nothing). ``locked`` rows can be neither added nor removed.
    """

    component: Component
    kind: ComponentType
    place: str
    scope: Scope
    context: FormContext
    access: Access
    shown: bool
    value: Json = None
    stored: Json = None
    locked: bool = False
    children: tuple[Node, ...] = ()
    rows: tuple[tuple[Node, ...], ...] = ()

    @property
    def label(self) -> str:
        """The label with its templates filled in, or the key where there is none."""
        return self.scope.text(self.component.caption).strip() or self.component.name

    @property
    def spoken(self) -> Component:
        """The component with its label filled in, for sentences about it."""
        label = self.label
        is_plain = label == self.component.label
        return self.component if is_plain else replace(self.component, label=label)

    def limit(self, name: str) -> Json:
        """A limit of the component, evaluated where it is an expression."""
        return self.scope.value(self.component.limits.get(name))

    def attribute(self, name: str, default: Json = None) -> Json:
        """An attribute of the component, evaluated where it is an expression."""
        return self.scope.value(self.component.attributes.get(name, default))

    def property(self, name: str) -> Json:
        """A custom property of the component, evaluated where it is an expression."""
        return self.scope.value(self.component.properties.get(name))


def _as_it_is(_component: Component, value: Json) -> Json:
    return value


def _begun(_component: Component, value: Json, _scope: Scope) -> Json:
    return value


def _accepted(_node: Node, value: Json) -> Json:
    return value


def _settled(_component: Component, value: Json, _scope: Scope) -> Json:
    return value


def _no_faults(_component: Component) -> Iterable[Fault]:
    return ()


def _nothing() -> Json:
    return None


def _any(_component: Component) -> str:
    return "Any"


@dataclass(frozen=True, slots=True)
class ComponentType:
    """The behaviour of one type of component; what is not given does nothing.

    ``read`` turns what was submitted into a value of the right sort or raises ``Rejected``;
    ``settle`` may adjust a value to the data around it; ``accept`` checks it against the limits,
    raises ``Rejected`` with everything wrong and returns what is stored. ``begin`` makes the value
    a person first sees out of a default or an earlier value. ``expressions`` and ``texts`` name
    the attributes that must be FEEL and those that may carry ``{{…}}``. A value that ``is_wide``
    needs the width of the page to be read.
    """

    role: Role
    attributes: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()
    expressions: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    read: Callable[[Component, Json], Json] = _as_it_is
    settle: Callable[[Component, Json, Scope], Json] = _settled
    accept: Callable[[Node, Json], Json] = _accepted
    begin: Callable[[Component, Json, Scope], Json] = _begun
    empty: Callable[[], Json] = _nothing
    check: Callable[[Component], Iterable[Fault]] = _no_faults
    feel_type: Callable[[Component], str] = _any
    is_wide: bool = False

    @property
    def holds_value(self) -> bool:
        """Whether the component has a key and a value of its own."""
        return self.role in (Role.INPUT, Role.COMPUTED)
