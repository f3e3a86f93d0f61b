"""Every service-task type a diagram may name, and what form components are served with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definitions.binding import Bindings
from webapp.bindings import (
    assessors,
    contracts,
    drawing,
    endorsements,
    messages,
    notices,
    panels,
    register,
    rounds,
    scoring,
    supervision,
    tender,
)

GROUPS = (
    assessors,
    contracts,
    drawing,
    endorsements,
    messages,
    notices,
    panels,
    register,
    rounds,
    scoring,
    supervision,
    tender,
)


def all_bindings() -> Bindings:
    """One registry of all groups; a type that two groups claim is an error at the start."""
    gathered = Bindings()
    for group in GROUPS:
        for task_type in sorted(group.bindings.types):
            function = group.bindings.get(task_type)
            assert function is not None
            gathered.register(task_type, gives=group.bindings.result_kinds.get(task_type))(function)
    return gathered


def form_services() -> Mapping[str, Any]:
    """What form components need besides the files of the bundle; the shipped ones need nothing."""
    return {}
