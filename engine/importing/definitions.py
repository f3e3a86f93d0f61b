"""Event definitions that stand beside the processes and are referred to by events."""

from __future__ import annotations

from engine.bpmn.namespaces import BPMN
from engine.bpmn.shapes import EVENT_DEFINITIONS
from engine.bpmn.xml import Element
from engine.importing.foreign import Work

_LONGEST = 600
"""Of a definition that is written into every event that refers to it; bytes of its inside."""


def inline_definitions(work: Work) -> None:
    """Write every shared event definition into the events that refer to it."""
    shared = {d.get("id"): d for d in work.document.root.named(BPMN, *EVENT_DEFINITIONS)}
    references = [*work.document.bpmn("eventDefinitionRef")] if shared else []
    used = [d for ref in references if (d := _inlined(ref, shared, work)) is not None]
    for definition in dict.fromkeys(used):
        work.document.remove(definition)


def _inlined(ref: Element, shared: dict[str, Element], work: Work) -> Element | None:
    definition = shared.get(ref.text.strip().rpartition(":")[2])
    inner = "" if definition is None else work.document.inner(definition)
    if definition is None or len(inner) > _LONGEST:
        return None
    own = {k: v for k, v in definition.attributes.items() if k != "id" and not k.startswith("{")}
    document = work.document
    document.insert(ref, document.markup(ref, definition.tag, inner, **own))
    document.remove(ref)
    work.note("definition-inlined", ref, definition=definition.get("id"))
    return definition
