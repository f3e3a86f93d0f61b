"""The HTML of one type of component: what is shown, what its controls post."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.forms.component_type import Node
from engine.forms.context import plain_text
from engine.forms.model import Component, Json
from engine.forms.places import MISSING
from webapp.formkit.page import Page
from webapp.formkit.post import Post


def _posts_nothing(_component: Component, _place: str, _post: Post) -> Json:
    return MISSING


def _text(node: Node, _page: Page) -> Mapping[str, Any]:
    return {"text": plain_text(node.value)}


def _nothing_more(_node: Node, _page: Page) -> Mapping[str, Any]:
    return {}


def _itself(node: Node, page: Page, _below: str) -> str:
    return page.id(node.place)


@dataclass(frozen=True, slots=True)
class Widget:
    """The HTML of one type of component.

    ``template`` shows the control, ``reading`` the bare value; both get ``c`` (the Control),
    ``page`` and what ``view`` or ``read_view`` returns. A ``structure`` (a group, a text) stands in
    the form by itself and has no label of a field. ``parse`` reads what the control posted, or
    MISSING. ``anchor`` is the id that an error at a place below the field links to.
    """

    template: str
    reading: str = "formkit/read/value.html"
    view: Callable[[Node, Page], Mapping[str, Any]] = _nothing_more
    read_view: Callable[[Node, Page], Mapping[str, Any]] = _text
    parse: Callable[[Component, str, Post], Json] = _posts_nothing
    anchor: Callable[[Node, Page, str], str] = _itself
    structure: bool = False
