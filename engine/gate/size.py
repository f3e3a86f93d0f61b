"""How much a case of a process would carry: its variables, filled in as is usual."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.findings import Findings
from engine.bpmn.model import Process
from engine.feel.kinds import Kinds
from engine.gate.context import GateContext
from engine.gate.places import COUNT_NAMES, LOOP_NAMES
from engine.gate.value_kinds import variable_kinds

MOST_BYTES = 8_192
"""What the engine lets a case carry (a test holds the two together)."""
_USUAL: Mapping[str, int] = {"boolean": 5, "number": 8, "string": 45, "list": 90, "context": 90}
"""Bytes of a value as it is stored: a code or a text of fifteen characters, two rows.
What is larger than 1 KB is stored as a reference."""
_OTHER = 30
_UNKNOWN = 30
_PUNCTUATION = 4
_NOT_STORED = frozenset({"case", *COUNT_NAMES, *LOOP_NAMES})


def check_size(process: Process, context: GateContext, findings: Findings) -> None:
    """Warn of a process whose variables would not fit into a case when all are filled in."""
    known = variable_kinds(process, context)
    stored = {n: k for n, k in known.items() if "." not in n and n not in _NOT_STORED}
    size = sum(len(name.encode()) + _PUNCTUATION + _bytes(k) for name, k in stored.items())
    if size > MOST_BYTES:
        facts = {"count": len(stored), "size": size, "limit": MOST_BYTES}
        findings.add("variables-large", process.id, process.name, **facts)


def _bytes(kinds: Kinds) -> int:
    if kinds is None:
        return _UNKNOWN
    return max((_USUAL.get(kind, _OTHER) for kind in kinds), default=0)
