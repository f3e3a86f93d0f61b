"""Built-in functions with regular expressions."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel.limits import MAX_LIST, MAX_STRING, too_long_list, too_long_text
from engine.feel.patterns import Match, Pattern
from engine.feel.run import BadValue, Run
from engine.feel.signatures import builtin
from engine.feel.values import Value

PLAIN_DELIMITERS = frozenset(",;:-/ ，；：、")
"""Delimiters that are no pattern, and by far the most usual."""


@builtin("matches", "input: string", "pattern: string", "flags: string?")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> Value:
    return Pattern(run, pattern, flags).found_in(text)


@builtin("extract", "input: string", "pattern: string", "flags: string?")
def extract(run: Run, text: str, pattern: str, flags: str | None = None) -> Value:
    """All matches of a pattern."""
    found: list[Value] = []
    for match in Pattern(run, pattern, flags).matches(text):
        found.append(match.group(0))
        if len(found) > MAX_LIST:
            raise too_long_list()
    return found


@builtin("split", "string: string", "delimiter: string", "flags: string?")
def split(run: Run, text: str, delimiter: str, flags: str | None = None) -> Value:
    """The parts of a text between the matches of a pattern."""
    if not delimiter:
        return list(text[: MAX_LIST + 1])
    if flags is None and delimiter in PLAIN_DELIMITERS:
        return [*text.split(delimiter, MAX_LIST)]
    pieces: list[Value] = []
    end = 0
    for match in Pattern(run, delimiter, flags).matches(text):
        if match.end() == match.start():
            raise BadValue(
                "分隔的表达式不能匹配空文字", "the pattern matches no text", "feel_regex"
            )
        pieces.append(text[end : match.start()])
        end = match.end()
        if len(pieces) > MAX_LIST:
            raise too_long_list()
    return [*pieces, text[end:]]


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags: string?")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> Value:
    """The text with every match replaced; $1 stands for what the first group matched."""
    compiled = Pattern(run, pattern, flags, capture=True)
    fill = _filler(replacement, compiled.groups)
    pieces: list[str] = []
    end = length = 0
    for match in compiled.matches(text):
        run.step(len(replacement) // 8)
        piece = text[end : match.start()] + fill(match)
        pieces.append(piece)
        length += len(piece)
        end = match.end()
        if length > MAX_STRING:
            raise too_long_text()
    return "".join([*pieces, text[end:]])


def _filler(replacement: str, groups: int) -> Callable[[Match], str]:
    """What puts the groups of a match into a replacement; ``\\$`` and ``\\\\`` are literal."""
    parts: list[str | int] = []
    place = 0
    while place < len(replacement):
        sign = replacement[place]
        follower = replacement[place + 1 : place + 2]
        if sign == "\\" and follower in ("$", "\\"):
            parts.append(follower)
            place += 2
        elif sign == "$" and follower.isascii() and follower.isdigit():
            parts.append(int(follower))
            place += 2
        else:
            parts.append(sign)
            place += 1
    if any(isinstance(part, int) and part > groups for part in parts):
        raise BadValue("替换文字引用了不存在的分组", "there is no such group", "feel_regex")
    return lambda match: "".join(
        (match.group(part) or "") if isinstance(part, int) else part for part in parts
    )
