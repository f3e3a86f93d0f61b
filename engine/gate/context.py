"""What the gate may know besides the drawing; whatever is None is not checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.model import Diagram, Process
from engine.decisions.model import Decisions

HOST_FUNCTIONS = frozenset(
    {"parameter", "working days", "unit name", "unit children", "unit parent"}
)
"""The functions the engine gives to diagrams besides FEEL's own."""


@dataclass(frozen=True)
class GateContext:
    """The tenant a diagram is meant for, as far as the gate asks.

    ``form_fields`` gives the fields of a form by name with their type, ``process`` the diagram a
    call activity would reach, ``decision`` the file of a decision; all answer None for what
    does not exist. ``results`` says which variables a binding gives,
    ``result_kinds`` of what kind they are; ``variables`` are names that
    every case has from its start.
    ``staffed`` are the principals that somebody stands for at present.
    ``receives`` says of another tenant and a message whether a procedure there takes it, and
    None of a tenant that is neither above nor below; ``values`` are those of the parameters.
    ``rigid_parent`` is the process of the tenant above that this diagram is a variant of.
    Without ``is_whole`` a called process that is not known may still exist somewhere; with
    ``structure_only`` nothing is asked that only a tenant answers.
    """

    form_fields: Callable[[str], Mapping[str, str] | None] | None = None
    process: Callable[[str], Diagram | None] | None = None
    decision: Callable[[str], Decisions | None] | None = None
    roles: frozenset[str] | None = None
    staffed: frozenset[str] | None = None
    bindings: frozenset[str] | None = None
    results: Mapping[str, frozenset[str]] | None = None
    result_kinds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: frozenset[str] | None = None
    variables: frozenset[str] = frozenset()
    functions: frozenset[str] = HOST_FUNCTIONS
    receives: Callable[[str, str], bool | None] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    rigid_parent: Process | None = None
    is_whole: bool = True
    structure_only: bool = False
