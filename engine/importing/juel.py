"""Expressions of other engines, translated to FEEL where they are simple; else None.

Read is what JUEL, MVEL, Java and Python write alike: comparisons, ``&&``, ``||``, ``!`` (also as
words), ``empty``, arithmetic, the choice ``a ? b : c``, properties, literals and a few methods
whose meaning is certain. Whatever else stands there makes the whole expression not simple.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.feel import FeelError, compile_expression

LONGEST = 2_000
_DEEPEST = 40
_LONGEST_EMPTY = 200
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w.])"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[<>!?:()\[\].,+\-*/%]))"
)
_WHOLE = re.compile(r"\s*[$#]\{([^{}]*)\}\s*", re.DOTALL)
_PART = re.compile(r"[$#]\{([^{}]*)\}", re.DOTALL)
_EQUAL = {"==": "=", "===": "=", "eq": "=", "!=": "!=", "!==": "!=", "ne": "!="}
_ORDER = {"<": "<", "lt": "<", "<=": "<=", "le": "<=", ">": ">", "gt": ">", ">=": ">=", "ge": ">="}
_SUM = {"+": "+", "-": "-"}
_PRODUCT = {"*": "*", "/": "/", "div": "/", "%": "%", "mod": "%"}
_LITERALS = {
    "true": "true", "false": "false", "null": "null",
    "True": "true", "False": "false", "None": "null",
}  # fmt: skip
# What the engines call their own counters, and the words of FEEL that are no names.
_NAMES = {
    "nrOfInstances": "numberOfInstances",
    "nrOfCompletedInstances": "numberOfCompletedInstances",
    "nrOfActiveInstances": "numberOfActiveInstances",
    "loopCounter": "(loopCounter - 1)",  # counts from 0 there and from 1 here
}
_OBJECTS = frozenset({"execution", "task", "delegateExecution", "kcontext", "this", "new"})
_FEEL_WORDS = frozenset(
    {
        "for", "return", "if", "then", "else", "some", "every", "satisfies", "in", "between",
        "instance", "of", "function", "external",
    }
)  # fmt: skip
_EMPTY = (
    '(if {0} = null then true else if {0} instance of string then {0} = "" '
    "else if {0} instance of list<Any> then count({0}) = 0 else false)"
)
# Ranks of what a translated part is, from the loosest bond to the tightest.
_CHOICE, _OR, _AND, _COMPARED, _ADDED, _MULTIPLIED, _SIGNED, _TIGHT = range(8)


class _NotSimple(Exception):
    """The expression says something that has no certain translation."""


@dataclass(frozen=True)
class _Part:
    """A piece of FEEL and how tightly it holds together."""

    text: str
    rank: int = _TIGHT

    def inside(self, rank: int) -> str:
        """The piece as an operand of something with this rank."""
        return self.text if self.rank > rank else f"({self.text})"


def whole_expression(text: str) -> str | None:
    """What stands in ``${…}`` or ``#{…}`` when that is all there is."""
    match = _WHOLE.fullmatch(text)
    return match[1] if match else None


def is_marked(text: str) -> bool:
    """Whether a text holds an expression of another engine."""
    return "${" in text or "#{" in text


def translate(text: str) -> str | None:
    """The FEEL (without ``=``) for a simple expression given without its ``${…}``."""
    if len(text) > LONGEST:
        return None
    try:
        feel = _Reader(_tokens(text)).read()
        compile_expression(feel)
    except (_NotSimple, FeelError):
        return None
    return feel


def translate_value(text: str) -> str | None:
    """The value of an attribute here: a literal as it is, an expression as FEEL with its ``=``."""
    if not is_marked(text):
        return text.strip()
    inner = whole_expression(text)
    if inner is not None:
        feel = translate(inner)
        return None if feel is None else f"={feel}"
    return _joined(text)


def _joined(text: str) -> str | None:
    """A text with expressions in it, as FEEL that joins them."""
    parts, at = [], 0
    for match in _PART.finditer(text):
        feel = translate(match[1])
        if feel is None:
            return None
        parts += [_quoted(text[at : match.start()]), f"string({feel})"]
        at = match.end()
    parts.append(_quoted(text[at:]))
    if is_marked(_PART.sub("", text)):
        return None
    return "=" + " + ".join(part for part in parts if part != '""')


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "") + '"'


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _NotSimple
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Reader:
    """Reads the tokens by the usual ranks; each method gives the FEEL of what it has read."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self._at = 0
        self._depth = 0

    def read(self) -> str:
        part = self._choice()
        if self._tokens[self._at][0] != "end":
            raise _NotSimple
        return part.text

    def _take(self, *words: str) -> str:
        """The next token when it is one of these signs or words; else nothing is taken."""
        kind, word = self._tokens[self._at]
        if kind in {"sign", "name"} and word in words:
            self._at += 1
            return word
        return ""

    def _next(self) -> tuple[str, str]:
        """The next token, whatever it is; behind the last one there is nothing more."""
        token = self._tokens[self._at]
        if token[0] == "end":
            raise _NotSimple
        self._at += 1
        return token

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise _NotSimple

    def _choice(self) -> _Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotSimple
        part = self._or()
        if self._take("?"):
            first = self._choice()
            self._need(":")
            second = self._choice()
            text = f"if {part.text} then {first.text} else {second.text}"
            part = _Part(text, _CHOICE)
        self._depth -= 1
        return part

    def _or(self) -> _Part:
        part = self._and()
        while self._take("||", "or"):
            part = _Part(f"{part.inside(_CHOICE)} or {self._and().inside(_CHOICE)}", _OR)
        return part

    def _and(self) -> _Part:
        part = self._equal()
        while self._take("&&", "and"):
            part = _Part(f"{part.inside(_OR)} and {self._equal().inside(_OR)}", _AND)
        return part

    def _equal(self) -> _Part:
        part = self._order()
        while sign := self._take(*_EQUAL):
            other = self._order()
            text = f"{part.inside(_COMPARED)} {_EQUAL[sign]} {other.inside(_COMPARED)}"
            part = _Part(text, _COMPARED)
        return part

    def _order(self) -> _Part:
        part = self._sum()
        if sign := self._take(*_ORDER):
            other = self._sum()
            text = f"{part.inside(_COMPARED)} {_ORDER[sign]} {other.inside(_COMPARED)}"
            part = _Part(text, _COMPARED)
        return part

    def _sum(self) -> _Part:
        part = self._product()
        while sign := self._take(*_SUM):
            other = self._product()
            part = _Part(f"{part.inside(_COMPARED)} {sign} {other.inside(_ADDED)}", _ADDED)
        return part

    def _product(self) -> _Part:
        part = self._sign()
        while sign := self._take(*_PRODUCT):
            other = self._sign()
            if _PRODUCT[sign] == "%":
                part = _Part(f"modulo({part.text}, {other.text})")
            else:
                text = f"{part.inside(_ADDED)} {_PRODUCT[sign]} {other.inside(_MULTIPLIED)}"
                part = _Part(text, _MULTIPLIED)
        return part

    def _sign(self) -> _Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotSimple
        part = self._signed()
        self._depth -= 1
        return part

    def _signed(self) -> _Part:
        if self._take("!", "not"):
            return _Part(f"not({self._sign().text})")
        if self._take("empty"):
            return _empty(self._sign())
        if self._take("-"):
            return _Part(f"-{self._sign().inside(_SIGNED)}", _SIGNED)
        return self._behind(self._value())

    def _value(self) -> _Part:
        kind, word = self._next()
        if kind == "number":
            return _Part(word)
        if kind == "text":
            return _Part(_quoted(_unquoted(word)))
        if (kind, word) == ("sign", "("):
            part = self._choice()
            self._need(")")
            return _Part(f"({part.text})")
        if kind != "name":
            raise _NotSimple
        if word in _LITERALS:
            return _Part(_LITERALS[word])
        if word in _OBJECTS:
            return self._object(word)
        return _Part(_NAMES.get(word, f"`{word}`" if word in _FEEL_WORDS else word))

    def _object(self, word: str) -> _Part:
        """The few things that are asked of an engine's own objects and are certain."""
        if word != "execution":
            raise _NotSimple
        self._need(".")
        asked = self._take("getVariable", "hasVariable", "businessKey", "processBusinessKey")
        if asked in {"businessKey", "processBusinessKey"}:
            return _Part("case.number")
        self._need("(")
        kind, name = self._next()
        self._need(")")
        if kind != "text" or not re.fullmatch(r"[^\W\d]\w*", _unquoted(name)):
            raise _NotSimple
        found = _unquoted(name)
        found = f"`{found}`" if found in _FEEL_WORDS else found
        return _Part(f"is defined({found})" if asked == "hasVariable" else found)

    def _behind(self, part: _Part) -> _Part:
        """What follows a value: properties, places in it, methods."""
        while True:
            if self._take("."):
                part = self._property(part)
            elif self._take("["):
                part = self._place(part)
            else:
                return part

    def _property(self, part: _Part) -> _Part:
        kind, name = self._next()
        if kind != "name":
            raise _NotSimple
        if not self._take("("):
            return _Part(f"{part.text}.{name}")
        given = []
        while not self._take(")"):
            given.append(self._choice())
            if not self._take(","):
                self._need(")")
                break
        return _called(part, name, given)

    def _place(self, part: _Part) -> _Part:
        kind, word = self._next()
        self._need("]")
        if kind == "number" and word.isdigit():
            return _Part(f"{part.text}[{int(word) + 1}]")
        if kind == "text":
            return _Part(f"get value({part.text}, {_quoted(_unquoted(word))})")
        raise _NotSimple


def _empty(part: _Part) -> _Part:
    """Whether something is missing: null, a text without characters, a list without entries."""
    if len(part.text) > _LONGEST_EMPTY:
        raise _NotSimple
    return _Part(_EMPTY.format(part.inside(_SIGNED)))


def _called(part: _Part, name: str, given: list[_Part]) -> _Part:
    """The methods whose meaning does not depend on what they are called on."""
    if len(given) == 1:
        one, other = part.inside(_COMPARED), given[0].inside(_COMPARED)
        if name == "equals":
            return _Part(f"{one} = {other}", _COMPARED)
        if name == "equalsIgnoreCase":
            return _Part(f"lower case({part.text}) = lower case({given[0].text})", _COMPARED)
        if name in {"startsWith", "endsWith"}:
            return _Part(f"{name[:-4]} with({part.text}, {given[0].text})")
    elif not given:
        if name == "isEmpty":
            return _empty(part)
        if name == "size":
            return _Part(f"count({part.text})")
        if name in {"booleanValue", "intValue"}:
            return part
    raise _NotSimple


def _unquoted(word: str) -> str:
    plain = {"n": "\n", "t": "\t", "r": ""}
    return re.sub(r"\\(.)", lambda m: plain.get(m[1], m[1]), word[1:-1])
