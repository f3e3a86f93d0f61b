"""What can be wrong with an expression, in words for the person who wrote or filled it."""

from __future__ import annotations

from engine.errors import LuchengError


class FeelError(LuchengError):
    """An expression has no value; ``facts`` name the expression, the place and the variable."""

    code = "feel"


class FeelSyntaxError(FeelError):
    """An expression is not FEEL as understood here; ``position`` counts characters from 0."""

    code = "feel_syntax"

    @property
    def position(self) -> int:
        """The index of the first character that does not fit."""
        position = self.facts.get("position")
        return position if isinstance(position, int) else 0


def syntax_error(
    zh: str, en: str, text: str, position: int, *, code: str = "feel_syntax", **facts: object
) -> FeelSyntaxError:
    """An error that names the character and shows its surroundings."""
    excerpt = pointed_excerpt(text, position)
    return FeelSyntaxError(
        f"第{position + 1}个字符处：{zh}（{excerpt}）",
        f"at character {position + 1}: {en} ({excerpt})",
        code=code,
        position=position,
        excerpt=excerpt,
        expression=text[:200],
        **facts,
    )


def pointed_excerpt(text: str, position: int) -> str:
    """The surroundings of a character, with a mark in front of it."""
    before = text[max(0, position - 15) : position]
    after = text[position : position + 15]
    lead = "…" if position > 15 else ""
    tail = "…" if position + 15 < len(text) else ""
    return " ".join(f"{lead}{before}▶{after}{tail}".split())


def limit_error(zh: str, en: str, **facts: object) -> FeelError:
    """An evaluation grew beyond what one expression may use."""
    return FeelError(zh, en, code="feel_limit", **facts)
