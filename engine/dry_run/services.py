"""Bindings of a dry run: nothing outside happens; a service waits until the scenario answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definitions.binding import Binding, BindingContext, Bindings, BpmnError, Result
from engine.errors import Conflict


class AnswerAwaited(Conflict):
    """A service task waits for the scenario to say what it gave."""

    code = "answer_awaited"


class AnsweredBindings(Bindings):
    """Every task type is known; each call takes the answer that lies ready, or waits for one."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: list[Mapping[str, Any] | BpmnError] = []

    def get(self, task_type: str) -> Binding | None:
        """The same function for every type."""
        return self._take

    def answer(self, values: Mapping[str, Any]) -> None:
        """What the next call gives."""
        self._answers = [values]

    def fail(self, error_code: str) -> None:
        """The error the next call throws."""
        self._answers = [BpmnError(error_code)]

    def _take(self, context: BindingContext, _inputs: Mapping[str, Any]) -> Result | None:
        if not self._answers:
            raise AnswerAwaited(
                f"“{context.element_name or context.element}”等待方案给出结果",
                f"{context.element} waits for its answer",
            )
        answer = self._answers.pop()
        if isinstance(answer, BpmnError):
            raise answer
        return answer
