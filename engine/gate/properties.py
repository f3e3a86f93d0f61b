"""Own properties (`zeebe:properties`): what the engine reads in them must make sense."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from engine.bpmn.findings import Findings
from engine.bpmn.model import Kind, Node, Process
from engine.work_items.signature_words import CAPACITY, REQUIRED, SIGNATURE, SIGNERS, SIGNS

VOCABULARY = frozenset(
    {
        "batch", "clockStop", "escalateTo", "handOff", "hiddenFields", "independent", "inputs",
        "legalBasis",
        "publicStage", "readOnlyFields", "returnTo", "rigid", "rule", "shownToApplicant",
        "signature", "signerCapacity", "signers", "signs", "stage", "subject", "withdrawBefore",
    }
)  # fmt: skip
FIELD_LISTS = ("readOnlyFields", "hiddenFields")
_ELEMENT_LISTS = ("returnTo", "signs", "withdrawBefore")
_FLAGS = ("independent", "rigid", "shownToApplicant")


def listed(text: str) -> tuple[str, ...]:
    """The parts of a comma list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def check_properties(process: Process, findings: Findings) -> None:
    """Report properties that name what is not there, or are all but a known name."""
    ids = frozenset(n.id for n in process.body.walk())
    _check(process.id, process.name, process.zeebe.properties, ids, findings)
    for node in process.body.walk():
        _check(node.id, node.name, node.zeebe.properties, ids, findings)
        _check_signature(node, findings)


def _check(
    element: str,
    name: str,
    properties: Mapping[str, str],
    ids: frozenset[str],
    findings: Findings,
) -> None:
    for key in sorted(properties.keys() - VOCABULARY):
        # Any other name is data of the author's own; one that is almost ours is a slip.
        close = difflib.get_close_matches(key.lower(), _LOWER, 1, 0.85)
        if close:
            meant = _LOWER[close[0]]
            findings.add("property-misspelt", element, name, property=key, meant=meant)
    for key in _ELEMENT_LISTS:
        for ref in listed(properties.get(key, "")):
            if ref not in ids:
                findings.add("element-unknown", element, name, property=key, ref=ref)
    for key in _FLAGS:
        value = properties.get(key, "true")
        if value not in {"true", "false"}:
            findings.add("property-not-boolean", element, name, property=key, value=value)


def _check_signature(node: Node, findings: Findings) -> None:
    """A step asks for a signature in one word; the rest says who signs what, and needs it."""
    properties = node.zeebe.properties
    value = properties.get(SIGNATURE, "")
    if SIGNATURE in properties and (value != REQUIRED or node.kind is not Kind.USER_TASK):
        findings.add("signature-unknown", node.id, node.name, value=value)
    if value and properties.get("batch"):
        findings.add("signature-in-batch", node.id, node.name)
    for key in (SIGNERS, SIGNS, CAPACITY):
        if key in properties and not value:
            findings.add("signature-missing", node.id, node.name, property=key)


_LOWER = {key.lower(): key for key in VOCABULARY}
