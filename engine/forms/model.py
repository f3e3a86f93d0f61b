"""A form as frozen values: what stands in the file, nothing computed from data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from engine.canonical import JsonValue

MAX_BYTES = 512 * 1024
MAX_DEPTH = 8
MAX_COMPONENTS = 500
MAX_ROWS = 500
MAX_NODES = 20_000
SCHEMA_VERSIONS = range(1, 20)

Json = Any  # a JSON value with Decimal numbers; recursive aliases would only be cast everywhere
NOTHING: Mapping[str, Json] = MappingProxyType({})


class Right(StrEnum):
    """What the people of a step may do with a field."""

    HIDDEN = "hidden"
    READ_ONLY = "readonly"
    EDITABLE = "editable"


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a form.

    ``address`` is the dotted place of its value in the data, without row numbers
    (``buildings.height``); ``slot`` is the same counted from the row it stands in (``height``).
    Both are empty for components that hold no value.
    """

    id: str
    type: str
    address: str = ""
    slot: str = ""
    key: str = ""
    path: str = ""
    label: str = ""
    description: str = ""
    required: bool = False
    hide: str = ""
    read_only: bool | str = False
    disabled: bool | str = False
    row: str = ""
    columns: int | None = None
    attributes: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    limits: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    properties: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    children: tuple[Component, ...] = ()

    def walk(self) -> Iterator[Component]:
        """The component and everything inside it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def caption(self) -> str:
        """The text that names it on the page; form-js keeps that of a date in another attribute."""
        dated = (self.attributes.get(name) for name in ("dateLabel", "timeLabel"))
        return self.label or next((text for text in dated if isinstance(text, str) and text), "")

    @property
    def name(self) -> str:
        """How people call it: its caption, or what else identifies it."""
        return self.caption or self.key or self.path or self.id


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its components and the digest of the file they come from."""

    id: str
    schema_version: int
    components: tuple[Component, ...]
    digest: str
    properties: Mapping[str, Json] = field(default_factory=lambda: NOTHING)

    def walk(self) -> Iterator[Component]:
        """All components, in the order of the file."""
        for component in self.components:
            yield from component.walk()


@dataclass(frozen=True, slots=True)
class FormFinding:
    """What is wrong with a component, in both languages; an error refuses the form."""

    component: str
    label: str
    code: str
    zh: str
    en: str
    severity: str = "error"

    def as_json(self) -> dict[str, JsonValue]:
        """The finding as reports write it."""
        return {
            "element": self.component,
            "label": self.label,
            "code": self.code,
            "severity": self.severity,
            "message": self.zh,
            "message_en": self.en,
        }


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """What is known of an upload."""

    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list to choose from."""

    label: str
    value: Json
