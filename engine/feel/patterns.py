"""Regular expressions on RE2: every match is paid for before it is looked for.

RE2 never needs more time than the length of the text times the size of the compiled pattern;
that product is the price, and it must fit the budget of the evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

import re2  # type: ignore[import-untyped]

from engine.feel.limits import MAX_PATTERN, MAX_SEARCHED
from engine.feel.run import BadValue, Run

FLAGS = frozenset("ism")
_MEMORY = 1 << 17
_SIZE_PER_STEP = 32
_BASE_COST, _CLASS_COST, _REPEAT_COST = 1_000, 400, 2_500
_CLASS = re.compile(r"\\[pP]")


class Match(Protocol):
    """One match; places count characters."""

    def start(self) -> int:
        """The place of its first character."""
        ...

    def end(self) -> int:
        """The place after its last character."""
        ...

    def group(self, number: int, /) -> str | None:
        """What a bracket of the pattern matched (0: all of it), None when it took no part."""
        ...


@lru_cache(256)
def _compiled(pattern: str, capture: bool) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    options.never_capture = not capture
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise BadValue(
            "正则表达式有误或不受支持", "the pattern is wrong or not supported", "feel_regex"
        ) from error


class Pattern:
    """A compiled pattern at work in one evaluation."""

    def __init__(self, run: Run, pattern: str, flags: str | None, *, capture: bool = False) -> None:
        if len(pattern) > MAX_PATTERN:
            raise BadValue(
                f"正则表达式超过{MAX_PATTERN}个字符",
                f"a pattern has more than {MAX_PATTERN} characters",
                "feel_regex",
            )
        chosen = frozenset(flags or "")
        if not chosen <= FLAGS:
            raise BadValue("标志只能是 i、s、m", "the flags are i, s and m", "feel_regex")
        whole = f"(?{''.join(sorted(chosen))}){pattern}" if chosen else pattern
        self._run = run
        run.step(16)
        self._pay_for_compiling(whole)
        self._compiled = _compiled(whole, capture)
        self._size = int(self._compiled.programsize)
        self.groups = int(self._compiled.groups)

    def _pay_for_compiling(self, pattern: str) -> None:
        """Once per evaluation, whether or not the pattern happens to be in the cache."""
        if pattern in self._run.patterns:
            return
        classes, repeats = len(_CLASS.findall(pattern)), pattern.count("{")
        self._run.step(
            _BASE_COST + 5 * len(pattern) + _CLASS_COST * classes + _REPEAT_COST * repeats
        )
        self._run.patterns.add(pattern)

    def found_in(self, text: str) -> bool:
        """Whether the pattern matches anywhere in a text."""
        self._pay_for_search(text, 0)
        return self._compiled.search(text) is not None

    def matches(self, text: str) -> Iterator[Match]:
        """All matches in turn."""
        self._pay_for_search(text, 0)
        for match in self._compiled.finditer(text):
            self._pay_for_search(text, match.start())
            yield match

    def _pay_for_search(self, text: str, start: int) -> None:
        if len(text) > MAX_SEARCHED:
            raise BadValue(
                f"被查找的文字超过{MAX_SEARCHED}个字符",
                f"a searched text has more than {MAX_SEARCHED} characters",
                "feel_regex",
            )
        size = (len(text) - start) * (1 if text.isascii() else 3) * (1 + self.groups)
        self._run.step(16 + self.groups + size * self._size // _SIZE_PER_STEP)
