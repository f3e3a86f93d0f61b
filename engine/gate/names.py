"""The variables that a process may have: from forms, scripts, mappings, loops and bindings."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Kind, Node, Process
from engine.gate.context import GateContext
from engine.gate.places import LOOP_NAMES
from engine.gate.properties import listed

BATCH_FACTS = ("batch", "sampled", "drawRank")
"""What an act on a batch gives a step besides its form (docs/diagrams.md)."""


def known_names(process: Process, context: GateContext) -> frozenset[str] | None:
    """All names some step may set; None when that cannot be known."""
    names = {"case", *context.variables, *declared_inputs(process)}
    for node in process.body.walk():
        given = list(given_by(node, context))
        if None in given:
            return None
        names.update(name for name in given if name is not None)
    return frozenset(names)


def declared_inputs(process: Process) -> tuple[str, ...]:
    """The variables that callers give the process, as its own property ``inputs`` lists them."""
    return listed(process.zeebe.properties.get("inputs", ""))


def given_by(node: Node, context: GateContext) -> Iterator[str | None]:
    """The names a node sets; None among them when it sets others that are not known."""
    zeebe = node.zeebe
    if zeebe.properties.get("batch"):
        yield from BATCH_FACTS
    yield from (m.target for m in zeebe.outputs)
    if node.body is not None:  # elsewhere inputs are seen by the called alone
        yield from (m.target for m in zeebe.inputs)
    if zeebe.result_variable:
        yield zeebe.result_variable
    if zeebe.form_id:
        yield from _form_names(zeebe.form_id, context)
    if node.kind is Kind.CALL_ACTIVITY and not zeebe.outputs and zeebe.propagate_child:
        yield None
    if zeebe.task_type:
        yield from _result_names(node, context)
    if node.loop is not None:
        yield from LOOP_NAMES
        yield from (n for n in (node.loop.element, node.loop.output_collection) if n)


def _form_names(form_id: str, context: GateContext) -> Iterator[str | None]:
    fields = context.form_fields(form_id) if context.form_fields is not None else None
    if fields is None:
        yield None
    else:
        yield from (name.partition(".")[0] for name in fields)


def _result_names(node: Node, context: GateContext) -> Iterator[str | None]:
    known = context.results or {}
    if node.zeebe.task_type in known:
        yield from known[node.zeebe.task_type]
    elif not node.zeebe.outputs:
        yield None
