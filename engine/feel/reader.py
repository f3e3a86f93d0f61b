"""A place in a list of tokens, and the names that may be read there."""

from __future__ import annotations

from typing import NoReturn

from engine.feel.errors import FeelSyntaxError, syntax_error
from engine.feel.limits import MAX_DEPTH
from engine.feel.tokens import END, KEYWORDS, NAME, OPERATOR, QUOTED_NAME, Token, tokenize

SUBJECT = "?"
"""The name of the value a unary test looks at."""


class Reader:
    """Steps through the tokens of one expression; parsers build upon it."""

    def __init__(self, text: str, functions: frozenset[str]) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.functions = functions
        self.longest = max((name.count(" ") + 1 for name in functions), default=1)

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.index]

    @property
    def last_end(self) -> int:
        """Where the token read last ended."""
        return self.tokens[self.index - 1].end

    def peek(self, ahead: int) -> Token:
        """A later token, END when there are no more."""
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def at(self, *texts: str) -> bool:
        """Whether the next token is one of these signs or words."""
        token = self.token
        return token.kind in (OPERATOR, NAME) and token.text in texts

    def take(self) -> Token:
        """The next token, stepping over it; END stays."""
        token = self.token
        if token.kind != END:
            self.index += 1
        return token

    def accept(self, text: str) -> bool:
        """Step over the sign or word when it comes next."""
        if self.at(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Step over the sign or word that must come next."""
        if not self.at(text):
            self.fail(f"这里应当是“{text}”", f"expected '{text}'")
        return self.take()

    def fail(
        self, zh: str, en: str, at: Token | None = None, code: str = "feel_syntax"
    ) -> NoReturn:
        """Refuse the expression at a token, the next one unless another is given."""
        raise self.error(zh, en, at or self.token, code)

    def error(self, zh: str, en: str, at: Token, code: str = "feel_syntax") -> FeelSyntaxError:
        """The refusal, naming what was found."""
        if at.kind == END:
            zh, en = f"{zh}，但表达式已结束", f"{en}, but the expression ends"
        elif code == "feel_syntax":
            shown = self.text[at.start : min(at.end, at.start + 20)]
            zh, en = f"{zh}，却是“{shown}”", f"{en}, found '{shown}'"
        return syntax_error(zh, en, self.text, at.start, code=code)

    def descend(self) -> None:
        """Go one level deeper."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(
                f"嵌套超过{MAX_DEPTH}层",
                f"nested more than {MAX_DEPTH} levels deep",
                code="feel_limit",
            )

    def at_name(self) -> bool:
        """Whether a name comes next."""
        return self._is_word(self.token) or self.token.kind == QUOTED_NAME

    def name(self) -> str:
        """A name, which may consist of several words; they are joined by one space."""
        token = self.token
        if token.kind == QUOTED_NAME:
            return self.take().text
        if not self._is_word(token):
            self.fail("这里应当是名称", "expected a name")
        words = [self.take().text]
        while self._is_word(self.token) and not self.at_instance_of():
            words.append(self.take().text)
        return " ".join(words)

    def key(self) -> str:
        """A name after a dot or before a colon, where keywords are ordinary words."""
        if self.token.kind == NAME and self.token.text in KEYWORDS:
            return self.take().text
        return self.name()

    def at_instance_of(self) -> bool:
        """Whether ``instance of`` comes next."""
        return self.at("instance") and self.peek(1).text == "of" and self.peek(1).kind == NAME

    def function_name(self) -> str | None:
        """The longest known function name that comes next with its bracket, not stepped over."""
        found, words = None, ""
        for ahead in range(self.longest):
            token = self.peek(ahead)
            if token.kind != NAME:
                break
            words = f"{words} {token.text}" if words else token.text
            follower = self.peek(ahead + 1)
            if words in self.functions and follower.kind == OPERATOR and follower.text == "(":
                found = words
        return found

    def argument_name(self) -> str | None:
        """The name before a colon when a named argument comes next, stepped over with the colon."""
        ahead = 0
        while self.peek(ahead).kind == NAME:
            ahead += 1
        if ahead == 0 or self.peek(ahead).text != ":" or self.peek(ahead).kind != OPERATOR:
            return None
        name = " ".join(self.take().text for _ in range(ahead))
        self.take()
        return name

    def _is_word(self, token: Token) -> bool:
        return token.kind == NAME and token.text not in KEYWORDS
