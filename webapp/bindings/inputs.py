"""What a diagram hands to a binding, read without guessing; a wrong input names itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from engine.definitions.binding import BindingContext
from engine.errors import Invalid
from engine.feel import from_json

Parsed = TypeVar("Parsed")


class InputInvalid(Invalid):
    """A service task got an input that it cannot work with; ``facts['input']`` names it."""

    code = "binding_input"


class Inputs:
    """The inputs of one service task; references to records are replaced by what they stand for."""

    def __init__(self, context: BindingContext, given: Mapping[str, Any]) -> None:
        self._element = context.element_name or context.element
        self._given = {name: from_json(context.resolve(value)) for name, value in given.items()}

    def value(self, name: str) -> Any:
        """The input as it is; None when the diagram hands none."""
        return self._given.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """A text; ``default`` stands for none, without one a text is required."""
        value = self._given.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise self.wrong(name, "文字", "a text")
        return value.strip()

    def flag(self, name: str) -> bool:
        """True or false; none is false. The answers ``yes`` and ``no`` of a form count too."""
        value = self._given.get(name)
        if value is None or value == "no":
            return False
        if not isinstance(value, bool) and value != "yes":
            raise self.wrong(name, "是或否", "true or false")
        return True if value == "yes" else bool(value)

    def number(self, name: str) -> Decimal | None:
        """A number, or None."""
        value = self._given.get(name)
        if value is not None and not isinstance(value, Decimal):
            raise self.wrong(name, "数字", "a number")
        return value

    def day(self, name: str) -> dt.date | None:
        """A date, as such or as ISO text, or None."""
        value = self._given.get(name)
        if isinstance(value, dt.datetime):
            return value.date()
        if value is None or isinstance(value, dt.date):
            return value
        return self.parsed(name, lambda: dt.date.fromisoformat(str(value)), "日期", "a date")

    def moment(self, name: str, zone: tzinfo) -> dt.datetime | None:
        """A moment, as such or as ISO text, or None; without a zone it is one of the office's."""
        value = self._given.get(name)
        if value is None:
            return None
        text = value.isoformat() if isinstance(value, dt.datetime) else str(value)
        found = self.parsed(name, lambda: dt.datetime.fromisoformat(text), "时刻", "a moment")
        return found if found.tzinfo is not None else found.replace(tzinfo=zone)

    def required_day(self, name: str) -> dt.date:
        """A date that must be there."""
        found = self.day(name)
        if found is None:
            raise self.wrong(name, "日期", "a date")
        return found

    def texts(self, name: str) -> list[str]:
        """A list of texts; one text is a list of one, none is empty. Lists in it are opened."""
        found: list[str] = []
        todo = [self._given.get(name)]
        while todo:
            value = todo.pop(0)
            if isinstance(value, list):
                todo = [*value, *todo]
            elif isinstance(value, str):
                found += [value.strip()] if value.strip() else []
            elif value is not None:
                raise self.wrong(name, "文字列表", "a list of texts")
        return found

    def identity(self, name: str) -> UUID:
        """An id."""
        value = self._given.get(name)
        return self.parsed(name, lambda: UUID(str(value)), "编号", "an id")

    def principal(self, name: str, kind: str) -> UUID | None:
        """The id of a principal such as ``body:…``; None when it is a principal of another kind."""
        prefix, _, tail = self.text(name).partition(":")
        if prefix != kind:
            return None
        return self.parsed(name, lambda: UUID(tail), "办理主体", "a principal")

    def wrong(self, name: str, zh: str, en: str) -> InputInvalid:
        """The error for an input that is not what it should be."""
        return InputInvalid(
            f"“{self._element}”的输入 {name} 应为{zh}",
            f"the input {name} of {self._element} must be {en}",
            input=name,
        )

    def parsed(self, name: str, parse: Callable[[], Parsed], zh: str, en: str) -> Parsed:
        """What ``parse`` gives, or the error that names the input."""
        try:
            return parse()
        except (KeyError, TypeError, ValueError) as error:
            raise self.wrong(name, zh, en) from error
