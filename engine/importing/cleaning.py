"""What a drawing may not carry along: pictures and colours from elsewhere, markup in descriptions.

Nothing here runs it; the drawing also goes to other tools, which might.
"""

from __future__ import annotations

import re

from engine.bpmn.findings import Findings
from engine.bpmn.namespaces import ZEEBE
from engine.bpmn.xml import Element
from engine.importing.document import Document

ICON = f"{{{ZEEBE}}}modelerTemplateIcon"
PICTURE = re.compile(r"data:image/(svg\+xml|png)[;,][\w%+/=;,.:~'()!*-]*", re.ASCII)
"""A picture that is inside the file, in characters that cannot leave an attribute."""

_COLOURED = ("stroke", "fill", "color", "background-color", "border-color")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{1,30}|rgba?\([\d\s,.%]{1,40}\)")
_MARKUP = re.compile(r"<[/!]?[a-zA-Z][^<>]*>|<!--|<script|javascript\s*:", re.IGNORECASE)


def clean(document: Document, findings: Findings) -> None:
    """Take away what could lead elsewhere or run somewhere, and name each place."""
    for element in document.root.walk():
        owner = _owner(document, element)
        icon = element.attributes.get(ICON)
        if icon is not None and not PICTURE.fullmatch(icon.strip()):
            document.drop(element, ICON)
            findings.add("picture-removed", owner.place, owner.get("name"))
        _clean_colours(document, element, owner, findings)
    for description in document.bpmn("documentation", "text"):
        _clean_text(document, description, findings)


def _clean_colours(
    document: Document, element: Element, owner: Element, findings: Findings
) -> None:
    for key, value in element.attributes.items():
        is_colour = key.startswith("{") and key.rpartition("}")[2] in _COLOURED
        if is_colour and not _COLOUR.fullmatch(value.strip()):
            document.drop(element, key)
            findings.add("colour-removed", owner.place, owner.get("name"))


def _clean_text(document: Document, description: Element, findings: Findings) -> None:
    owner = _owner(document, description)
    has_children = bool(description.children)
    if not has_children and not _MARKUP.search(description.text):
        return
    document.write(description, _MARKUP.sub("", description.text).strip())
    findings.add("markup-removed", owner.place, owner.get("name"))


def _owner(document: Document, element: Element) -> Element:
    """The nearest element with an id, from the element on outwards."""
    holders = (one for one in (element, *document.above(element)) if one.get("id"))
    return next(holders, element)
