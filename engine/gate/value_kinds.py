"""Of what kind the variables of a process are, and whether expressions use them so.

Kinds come from forms, scripts, mappings, loops and bindings. A variable that something gives of
which nothing is known may be of any kind: only what would certainly fail is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.bpmn.findings import Findings
from engine.bpmn.model import Kind, Node, Process
from engine.feel import FeelError
from engine.feel.kinds import Kinds, kinds_of, shown
from engine.gate.context import HOST_FUNCTIONS, GateContext
from engine.gate.names import BATCH_FACTS, declared_inputs, known_names
from engine.gate.places import COUNT_NAMES, LOOP_NAMES, Place, places

_PASSES = 3  # a mapping of a mapping of a mapping; what is deeper stays unknown
_STRING: Kinds = frozenset({"string"})
_NUMBER: Kinds = frozenset({"number"})
_CASE: Mapping[str, Kinds] = {
    "case": frozenset({"context"}),
    **{f"case.{fact}": _STRING for fact in ("id", "number", "title", "principal")},
}
FUNCTIONS: Mapping[str, Kinds] = {
    "working days": frozenset({"context"}),
    "unit children": frozenset({"list"}),
    "unit name": None,
    "unit parent": None,
}
"""The kinds of what the engine's own functions give, where that is certain."""


def check_kinds(process: Process, context: GateContext | None, findings: Findings) -> None:
    """Report parts of expressions that do not go together, and values that make no sense."""
    functions = _functions(context)
    known = variable_kinds(process, context)
    nodes = {node.id: node for node in process.body.walk()}
    for place in places(process):
        if not place.text.startswith("="):
            continue
        around = _around(place, nodes.get(place.element), known, context, functions)
        found = _judged(place.text, around, functions)
        if found is None:
            continue
        kinds, mistakes = found
        what = {"what_zh": place.zh, "what_en": place.en, "value": place.text[:80]}
        for zh, en in mistakes:
            reasons = {"reason_zh": zh, "reason_en": en}
            findings.add("kinds-mixed", place.element, place.name, **what, **reasons)
        if kinds and place.wanted and not kinds & (place.wanted | {"null"}):
            (is_zh, is_en), (wanted_zh, wanted_en) = shown(kinds), shown(place.wanted)
            facts = {"is_zh": is_zh, "is_en": is_en, "wanted_zh": wanted_zh, "wanted_en": wanted_en}
            findings.add("kind-unfit", place.element, place.name, **what, **facts)


def variable_kinds(process: Process, context: GateContext | None) -> dict[str, Kinds]:
    """The kinds each variable may have; nothing at all when any step may set any name."""
    if context is None or context.form_fields is None or known_names(process, context) is None:
        return dict(_CASE)
    functions = _functions(context)
    nodes = {node.id: node for node in process.body.walk()}
    fixed = [pair for node in nodes.values() for pair in _fixed(node, context)]
    fixed += [(name, None) for name in (*declared_inputs(process), *context.variables)]
    computed = [place for place in places(process) if place.gives]
    known: dict[str, Kinds] = {}
    for _ in range(_PASSES):
        sources = list(fixed)
        for place in computed:
            around = _around(place, nodes.get(place.element), known, context, functions)
            sources.append((place.gives, _value_kinds(place.text, around, functions)))
        known = {**_merged(sources), **_CASE}
    return known


def _functions(context: GateContext | None) -> dict[str, Kinds]:
    names = HOST_FUNCTIONS if context is None else context.functions
    return {name: FUNCTIONS.get(name) for name in names}


def _fixed(node: Node, context: GateContext) -> Iterator[tuple[str, Kinds]]:
    """What a node sets whose kind does not depend on other variables."""
    zeebe = node.zeebe
    if zeebe.form_id and not zeebe.outputs:
        yield from _fields(node, context).items()
    if zeebe.task_type and not zeebe.outputs:
        yield from _results(node, context).items()
    if node.body is not None:
        yield from ((mapping.target, None) for mapping in zeebe.inputs)
    if zeebe.called_decision and zeebe.result_variable:
        yield zeebe.result_variable, None
    if zeebe.properties.get("batch"):
        yield from ((name, None) for name in BATCH_FACTS)
    if node.loop is not None:
        yield from ((name, _NUMBER) for name in (*LOOP_NAMES, *COUNT_NAMES))
        yield from ((name, None) for name in (node.loop.element,) if name)
        collected = node.loop.output_collection
        yield from ((name, frozenset({"list"})) for name in (collected,) if name)


def _fields(node: Node, context: GateContext) -> dict[str, Kinds]:
    ask = context.form_fields
    fields = ask(node.zeebe.form_id) if ask is not None and node.zeebe.form_id else None
    return {name: _kind(of_type) for name, of_type in (fields or {}).items()}


def _kind(feel_type: str) -> Kinds:
    name = feel_type.partition("<")[0]
    return None if name in {"", "Any"} else frozenset({name})


def _results(node: Node, context: GateContext) -> dict[str, Kinds]:
    kinds = context.result_kinds.get(node.zeebe.task_type, {})
    names = (context.results or {}).get(node.zeebe.task_type, frozenset())
    return {name: _kind(kinds.get(name, "")) for name in names}


def _around(
    place: Place,
    node: Node | None,
    known: Mapping[str, Kinds],
    context: GateContext | None,
    functions: Mapping[str, Kinds],
) -> Mapping[str, Kinds]:
    """The names an expression sees: those of its own element hide the process's."""
    if node is None or context is None:
        return known
    if place.open_world and node.zeebe.task_type not in (context.results or {}):
        return {}
    own: dict[str, Kinds] = {}
    if node.body is None and node.kind is not Kind.CALL_ACTIVITY:
        for mapping in node.zeebe.inputs:
            own[mapping.target] = _value_kinds(mapping.source, known, functions)
    return {**known, **own, **_fields(node, context), **_results(node, context)}


def _value_kinds(text: str, around: Mapping[str, Kinds], functions: Mapping[str, Kinds]) -> Kinds:
    if not text.startswith("="):
        return _STRING
    found = _judged(text, around, functions)
    return None if found is None else found[0]


def _judged(
    text: str, around: Mapping[str, Kinds], functions: Mapping[str, Kinds]
) -> tuple[Kinds, list[tuple[str, str]]] | None:
    """The kinds and the mistakes of an expression; None when it does not compile."""
    try:
        kinds, mistakes = kinds_of(text[1:].strip(), around, functions)
    except (FeelError, RecursionError):
        return None
    return kinds, [(mistake.zh, mistake.en) for mistake in mistakes]


def _merged(sources: Iterable[tuple[str, Kinds]]) -> dict[str, Kinds]:
    """Every name with all kinds it may have; one source of which nothing is known hides them."""
    merged: dict[str, Kinds] = {}
    for name, kinds in sources:
        before = merged.get(name, frozenset())
        merged[name] = None if before is None or kinds is None else before | kinds
    return merged
