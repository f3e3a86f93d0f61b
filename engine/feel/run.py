"""One evaluation: its names, its budget, and how strictly it takes what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.feel.errors import FeelError
from engine.feel.limits import MAX_STEPS, too_many_steps
from engine.feel.values import CHINESE, Value, admit_counted, kind_of

Frame = tuple[Mapping[str, Value], "Frame | None"]
"""Names bound by loops, filters and contexts, innermost first."""


class Allowance:
    """The steps that all evaluations of one command share, so that many cannot add up."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps


@dataclass(frozen=True)
class Environment:
    """What surrounds an evaluation: host functions by name, and the moment it happens.

    ``lenient`` makes whatever is missing or does not fit null, as the standard says; without it
    such a thing is an error that names the variable. ``allowance`` bounds the work of all
    evaluations together.
    """

    functions: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    now: dt.datetime | None = None
    lenient: bool = False
    allowance: Allowance | None = None


Null = bool | None
"""Always None; a wider type lets callers return it as their own null."""


class Missing(Exception):
    """A name stands for nothing; only ``Run.lookup`` raises it."""


class BadValue(Exception):
    """A built-in function cannot work with a value of the right kind; the caller says where."""

    def __init__(self, zh: str, en: str, code: str = "feel_value") -> None:
        super().__init__(en)
        self.zh, self.en, self.code = zh, en, code


class Run:
    """The state of one evaluation."""

    __slots__ = ("_admitted", "_given", "_scope", "env", "frame", "left", "lenient", "patterns")

    def __init__(self, scope: Mapping[str, object], env: Environment, *, lenient: bool) -> None:
        self.env = env
        self.lenient = lenient
        allowance = env.allowance
        self._given = MAX_STEPS if allowance is None else min(MAX_STEPS, allowance.left)
        self.left = self._given
        self.frame: Frame | None = None
        self.patterns: set[str] = set()
        self._scope = scope
        self._admitted: dict[str, Value] = {}

    def step(self, count: int = 1) -> None:
        """Pay for work."""
        self.left -= count
        if self.left < 0:
            raise too_many_steps()

    def settle(self) -> None:
        """Take what was used from what the command may use; every evaluation costs something."""
        if self.env.allowance is not None:
            self.env.allowance.left -= self._given - self.left + 1

    def lookup(self, name: str) -> Value:
        """The value of a name: of the innermost frame that has it, else of the scope."""
        frame = self.frame
        while frame is not None:
            self.left -= 1
            names, frame = frame
            if name in names:
                return names[name]
        if name in self._admitted:
            return self._admitted[name]
        if name not in self._scope:
            raise Missing(name)
        try:
            value, nodes = admit_counted(self._scope[name])
        except FeelError as error:
            error.facts.setdefault("variable", name)
            raise
        self.step(nodes // 4)
        self._admitted[name] = value
        return value

    # --- what does not fit: null when lenient, else an error ------------------------------------

    def wrong(self, code: str, zh: str, en: str, **facts: object) -> Null:
        """Something that has no value."""
        if not self.lenient:
            raise FeelError(zh, en, code=code, **facts)
        return None

    def unknown(self, name: str) -> Null:
        """A name that stands for nothing."""
        return self.wrong(
            "feel_name", f"没有名为“{name}”的变量", f"there is no variable '{name}'", variable=name
        )

    def absent(self, label: str) -> Null:
        """A part of the expression that is null where a value is needed."""
        return self.wrong(
            "feel_null", f"“{label}”没有值（为空）", f"'{label}' has no value", variable=label
        )

    def unfit(self, label: str, value: Value, wanted: str) -> Null:
        """A part of the expression that is of another kind than is needed."""
        if value is None:
            return self.absent(label)
        if not self.lenient:
            kind = kind_of(value)
            self.wrong(
                "feel_type",
                f"“{label}”是{CHINESE[kind]}，这里需要{CHINESE.get(wanted, wanted)}",
                f"'{label}' is a {kind} where a {wanted} is needed",
                variable=label,
            )
        return None

    def mixed(self, left: str, a: Value, right: str, b: Value) -> Null:
        """Two parts that cannot be used together."""
        if a is None or b is None:
            return self.absent(left if a is None else right)
        if not self.lenient:
            first, second = kind_of(a), kind_of(b)
            self.wrong(
                "feel_type",
                f"“{left}”是{CHINESE[first]}，“{right}”是{CHINESE[second]}，不能这样一起使用",
                f"'{left}' is a {first} and '{right}' is a {second}; they do not go together",
                variable=left,
            )
        return None
