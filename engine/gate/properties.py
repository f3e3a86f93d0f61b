"""Own properties (`zeebe:properties`): what the engine reads in them must make sense."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from engine.bpmn.findings import Findings
from engine.bpmn.model import Kind, Node, Process
from engine.work_items import voting
from engine.work_items.operation_words import FORBIDDABLE
from engine.work_items.signature_words import CAPACITY, REQUIRED, SIGNATURE, SIGNERS, SIGNS
from engine.work_items.voting import VOTE

VOCABULARY = frozenset(
    {
        "batch", "clockStop", "declaresTies", "documents", "escalateTo", "handOff", "hiddenFields",
        "independent", "inputs", "legalBasis", "legalDue",
        "publicStage", "readOnlyFields", "returnTo", "rigid", "rule", "shownToApplicant",
        "signature", "signerCapacity", "signers", "signs", "stage", "subject", "withdrawBefore",
        "barred", "forbids", "resubmit", "separateFrom",
        VOTE, *voting.PROPERTIES,
    }
)  # fmt: skip
FIELD_LISTS = ("readOnlyFields", "hiddenFields")
_ELEMENT_LISTS = ("returnTo", "separateFrom", "signs", "withdrawBefore")
RESUBMIT = ("steps", "direct", "choose")
_FLAGS = ("declaresTies", "independent", "rigid", "shownToApplicant")


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
        _check_operations(node, findings)
        _check_vote(node, findings)


def _check_operations(node: Node, findings: Findings) -> None:
    """What a step forbids are words of the vocabulary; how it comes back is one of three ways."""
    told = node.zeebe.properties
    for word in listed(told.get("forbids", "")):
        if word not in FORBIDDABLE:
            allowed = "、".join(sorted(FORBIDDABLE))
            findings.add("operation-unknown", node.id, node.name, value=word, allowed=allowed)
    way = told.get("resubmit", RESUBMIT[0])
    if way not in RESUBMIT:
        allowed = "、".join(RESUBMIT)
        findings.add("operation-unknown", node.id, node.name, value=way, allowed=allowed)


def _check_vote(node: Node, findings: Findings) -> None:
    """A vote is a step of people that runs several times and says how it is counted."""
    told, rule = node.zeebe.properties, node.zeebe.properties.get(VOTE)
    if rule is None:
        for key in sorted(told.keys() & (set(voting.PROPERTIES) - {voting.LEAST})):
            findings.add("vote-missing", node.id, node.name, property=key)
        return
    if rule not in voting.RULES:
        allowed = "、".join(voting.RULES)
        findings.add("operation-unknown", node.id, node.name, value=rule, allowed=allowed)
    if node.kind is not Kind.USER_TASK or node.loop is None:
        findings.add("vote-alone", node.id, node.name)
    needed = [voting.YES, *([voting.NEEDED] if rule in voting.COUNTED else [])]
    for key in needed:
        if not told.get(key):
            findings.add("vote-incomplete", node.id, node.name, property=key)
    if node.loop is not None and node.loop.completion_condition:
        findings.add("vote-twice", node.id, node.name)


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
