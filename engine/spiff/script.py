"""The script engine that runs no scripts: Python in a diagram has nowhere to go."""

from __future__ import annotations

from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment


class PythonRefused(RuntimeError):
    """Library code tried to evaluate Python; this is a defect of ours, never a user's error."""


class NoEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """Refuses to evaluate; some library paths use the environment and by-pass the engine."""

    def evaluate(self, *_: Any, **__: Any) -> NoReturn:
        raise PythonRefused("expressions are FEEL and belong to the host")

    def execute(self, *_: Any, **__: Any) -> NoReturn:
        raise PythonRefused("scripts are FEEL and belong to the host")

    def call_service(self, *_: Any, **__: Any) -> NoReturn:
        raise PythonRefused("service tasks belong to the host")


class NoScripts(PythonScriptEngine):  # type: ignore[misc]
    """An engine whose every entry refuses."""

    def __init__(self) -> None:
        super().__init__(environment=NoEnvironment())

    def validate(self, *_: Any, **__: Any) -> NoReturn:
        raise PythonRefused("nothing is validated as Python")

    def evaluate(self, *_: Any, **__: Any) -> NoReturn:
        raise PythonRefused("expressions are FEEL and belong to the host")

    def execute(self, *_: Any, **__: Any) -> NoReturn:
        raise PythonRefused("scripts are FEEL and belong to the host")

    def call_service(self, *_: Any, **__: Any) -> NoReturn:
        raise PythonRefused("service tasks belong to the host")
