"""What somebody who writes an expression in a drawing can name: variables, parameters, roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from engine.actors import Actor
from engine.bpmn.model import Process
from engine.bpmn.read import read_diagram
from engine.errors import LuchengError
from engine.feel.kinds import shown
from engine.gate.context import GateContext
from engine.gate.names import declared_inputs, given_by
from engine.gate.value_kinds import variable_kinds
from webapp.product import Product
from webapp.usecases.beside import with_beside
from webapp.usecases.definitions import (
    check_administrator,
    find_draft,
    gate_context,
    published_files,
)
from webapp.usecases.reachable import reachable_files


@dataclass(frozen=True)
class Variable:
    """A name an expression may use; ``steps`` give it, ``zh`` and ``en`` say of what kind it is."""

    name: str
    zh: str
    en: str
    steps: Sequence[str]


@dataclass(frozen=True)
class Suggestions:
    """What can be named in a draft: variables, parameters, roles (code, name), files by kind."""

    variables: Sequence[Variable]
    parameters: Sequence[str]
    roles: Sequence[tuple[str, str]]
    forms: Sequence[str]
    decisions: Sequence[str]
    processes: Sequence[str]


def suggest_names(product: Product, actor: Actor, draft_id: UUID) -> Suggestions:
    """Everything the saved drawing can name, as the gate knows it."""
    check_administrator(actor)
    reachable = reachable_files(product, actor.tenant_id)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        draft = find_draft(tx, draft_id)
        office = product.world.offices.get(tx)
        published = {**reachable, **published_files(tx, product.clock.now())}
        known = with_beside(published, office.slug, draft.procedure, draft.beside)
        context = gate_context(product, tx, known)
    refs: Mapping[str, list[str]] = defaultdict(list)
    for kind, ref in sorted(known):
        refs[kind].append(ref)
    return Suggestions(
        variables=variables_of(draft.body, context),
        parameters=sorted(office.parameters),
        roles=[(role["code"], role["name_zh"]) for role in office.facts["roles"]],
        forms=refs["form"],
        decisions=refs["decision"],
        processes=refs["process"],
    )


def variables_of(body: bytes, context: GateContext) -> list[Variable]:
    """The variables that the executed processes of a drawing may have, by name."""
    try:
        diagram = read_diagram(body).diagram
    except LuchengError:
        return []
    found: dict[str, Variable] = {}
    for process in diagram.processes:
        if process.executable:
            found |= _variables(process, context)
    return [found[name] for name in sorted(found)]


def _variables(process: Process, context: GateContext) -> dict[str, Variable]:
    kinds = variable_kinds(process, context)
    steps: dict[str, list[str]] = {name: [] for name in ("case", *declared_inputs(process))}
    for node in process.body.walk():
        for name in given_by(node, context):
            if name is not None:
                steps.setdefault(name, []).append(node.name or node.id)
    words = {name: shown(kinds.get(name) or frozenset()) for name in steps}
    return {name: Variable(name, *words[name], tuple(dict.fromkeys(steps[name]))) for name in steps}
