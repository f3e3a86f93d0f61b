"""Every public function, class and method of engine and domain says what it gives."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType

from engine.cases.host import CaseHost
from engine.migrating.replaying import ReplayHost
from engine.spiff.host import Host

from .project import all_modules, definitions

SPEAK_FOR_THEMSELVES = {
    "engine.forms.wording": "each function is one sentence in two languages",
    "engine.feel.builtins_context": "named and typed in FEEL by their decorator",
    "engine.feel.builtins_list": "named and typed in FEEL by their decorator",
    "engine.feel.builtins_number": "named and typed in FEEL by their decorator",
    "engine.feel.builtins_pattern": "named and typed in FEEL by their decorator",
    "engine.feel.builtins_range": "named and typed in FEEL by their decorator",
    "engine.feel.builtins_text": "named and typed in FEEL by their decorator",
    "engine.feel.builtins_time": "named and typed in FEEL by their decorator",
    "engine.feel.nodes": "the grammar: a node is its fields",
}
IMPLEMENTS: dict[type, type] = {CaseHost: Host, ReplayHost: Host}
"""Classes that follow a protocol without naming it as a base; its docstrings are theirs."""


def modules() -> list[ModuleType]:
    return [m for m in all_modules() if m.__name__.startswith(("engine.", "domain."))]


def undocumented(module: ModuleType) -> Iterator[str]:
    for name, member in definitions(module):
        made = f"{name}("  # how a dataclass documents itself when nobody does
        is_silent = not member.__doc__ or member.__doc__.startswith(made)
        if is_silent and module.__name__ not in SPEAK_FOR_THEMSELVES:
            yield f"{module.__name__}.{name}"
        if inspect.isclass(member):
            yield from (f"{module.__name__}.{name}.{m}" for m in _silent_methods(member))


def _silent_methods(kind: type) -> Iterator[str]:
    above = (*kind.__mro__[1:], IMPLEMENTS.get(kind, object))
    for name, member in vars(kind).items():
        function = member.fget if isinstance(member, property) else member
        function = getattr(function, "__func__", function)
        if not inspect.isfunction(function) or function.__module__ != kind.__module__:
            continue
        # what a class overrides is documented where it was promised
        is_new = not name.startswith("_") and not any(hasattr(base, name) for base in above)
        if is_new and not function.__doc__ and function.__name__ != "<lambda>":
            yield name


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        m.__name__
        for m in modules()
        if not m.__doc__ and not hasattr(m, "__path__")  # a folder's name says it
    ]
    assert silent == []


def test_every_public_function_says_what_it_gives() -> None:
    assert len(modules()) > 150
    assert [name for module in modules() for name in undocumented(module)] == []


def test_a_silent_function_is_found() -> None:
    module = ModuleType("engine.sample")

    def says_nothing() -> None: ...

    says_nothing.__module__ = module.__name__
    module.says_nothing = says_nothing  # type: ignore[attr-defined]
    assert list(undocumented(module)) == ["engine.sample.says_nothing"]
