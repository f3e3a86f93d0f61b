"""What the templates of a form know: ids, names, errors and values by place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from jinja2 import Environment

from engine.forms.component_type import Access, Node
from engine.forms.context import FormContext
from engine.forms.model import Json
from engine.forms.places import MISSING
from engine.forms.problems import FieldError
from webapp.formkit import names


def no_address(_attachment: str) -> str:
    """Attachments cannot be opened from here."""
    return ""


@dataclass(frozen=True, slots=True)
class RenderContext:
    """Where a form is shown.

    ``environment`` is the page's Jinja environment: it knows our templates and ``_()``.
    ``preview_url`` answers the score sheet's live totals; without it there is a button only.
    """

    form: FormContext
    environment: Environment
    language: Literal["zh", "en"] = "zh"
    prefix: str = names.PREFIX
    mode: Literal["edit", "read"] = "edit"
    summary: bool = True
    attachment_url: Callable[[str], str] = no_address
    upload_limit: int | None = None
    preview_url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One rendering of one form."""

    context: RenderContext
    values: Mapping[str, Json]
    errors: Sequence[FieldError] = ()
    _messages: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for error in self.errors:
            text = error.zh if self.context.language == "zh" else error.en
            self._messages.setdefault(error.field, []).append(text)

    def id(self, place: str) -> str:
        """The HTML id of a place."""
        return names.control_id(self.context.prefix, place)

    def name(self, place: str) -> str:
        """The name of a control."""
        return self.context.prefix + place

    @property
    def act(self) -> str:
        """The name of the buttons that change the form itself."""
        return names.act_name(self.context.prefix)

    def messages(self, place: str) -> list[str]:
        """What is wrong at exactly this place."""
        return self._messages.get(place, [])

    def messages_below(self, place: str) -> list[str]:
        """What is wrong at this place or anywhere below it."""
        start = place + "."
        return [
            text
            for where, texts in self._messages.items()
            if where == place or where.startswith(start)
            for text in texts
        ]

    def raw(self, place: str) -> Json:
        """The value at a place as it was typed or stored, or MISSING."""
        value: Json = self.values
        for part in place.split("."):
            if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            elif isinstance(value, Mapping) and part in value:
                value = value[part]
            else:
                return MISSING
        return value

    def shown(self, node: Node) -> Json:
        """What the control of a field shows: what was typed; the stored value where it is fixed."""
        if self.is_fixed(node):
            return node.value
        value = self.raw(node.place)
        return node.kind.empty() if value is MISSING else value

    def is_fixed(self, node: Node) -> bool:
        """Whether the field is shown without a control."""
        return self.context.mode == "read" or node.access is not Access.EDIT


@dataclass(frozen=True, slots=True)
class Control:
    """One field as a template sees it."""

    node: Node
    page: Page

    @property
    def id(self) -> str:
        return self.page.id(self.node.place)

    @property
    def name(self) -> str:
        return self.page.name(self.node.place)

    @property
    def label(self) -> str:
        return self.node.label

    @property
    def required(self) -> bool:
        return self.node.component.required

    @property
    def description(self) -> str:
        return self.node.scope.text(self.node.component.description)

    @property
    def errors(self) -> list[str]:
        return self.page.messages(self.node.place)

    @property
    def described_by(self) -> str:
        """The ids of the texts that explain the field and what is wrong with it."""
        ids = [f"{self.id}-hint"] if self.description else []
        return " ".join([*ids, f"{self.id}-error"] if self.errors else ids)
