"""The text of an expression cut into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from engine.feel.errors import syntax_error
from engine.feel.limits import MAX_TEXT

NUMBER: Final = "number"
STRING: Final = "string"
AT: Final = "at"
NAME: Final = "name"
QUOTED_NAME: Final = "quoted name"
OPERATOR: Final = "operator"
END: Final = "end"

KEYWORDS = frozenset(
    {"and", "or", "not", "in", "between", "if", "then", "else", "for", "return"}
    | {"some", "every", "satisfies", "true", "false", "null", "function", "external"}
)

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control, invisible and direction-changing characters: what is read must be what is run."""

_TOKEN = re.compile(
    r"""(?P<space>[\s\u3000]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
    |(?P<number>(?>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?)(?!\w))
    |(?P<at>@"(?:[^"\\]|\\.)*")
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<name>[^\W\d]\w*)
    |`(?P<quoted>[^`\n]{1,100})`
    |(?P<operator>\*\*|\.\.|<=|>=|!=|[-+*/=<>()\[\]{},.:?])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(
    r'\\(?:(["\\/\'nrt])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|u\{([0-9a-fA-F]{1,6})\})'
)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_FULL_WIDTH = dict(
    zip("（）［］｛｝，．：；＝＜＞＋－＊／“”、", '()[]{},.:;=<>+-*/"",', strict=True)
)
_HABITS = {
    "==": ("比较相等只写一个“=”", "equality is written with one '='"),
    "&&": ("“并且”写作 and", "write 'and'"),
    "||": ("“或者”写作 or", "write 'or'"),
    "<>": ("“不等于”写作 !=", "write '!='"),
    "'": ("文字要用双引号括起来", "text is written in double quotes"),
    '"': ("文字缺少结尾的双引号", "the closing double quote is missing"),
    "`": ("名称缺少结尾的反引号", "the closing backquote is missing"),
    "!": ("“非”写作 not(…)", "write 'not(…)'"),
    "/*": ("注释缺少结尾的 */", "the comment lacks its closing */"),
    "%": (
        "取余数写作 modulo(a, b)，百分数写成小数",
        "write modulo(a, b), or percent as a fraction",
    ),
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, text or sign; texts are decoded, places count characters from 0."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression, the last one of kind END."""
    _check_characters(text)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unexpected(text, position)
        if match.lastgroup != "space":
            tokens.append(_token(text, match))
            _check_habit(text, tokens)
        position = match.end()
    tokens.append(Token(END, "", len(text), len(text)))
    return tokens


def _check_characters(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise syntax_error(
            f"表达式超过{MAX_TEXT}个字符",
            f"the expression is longer than {MAX_TEXT} characters",
            text[: MAX_TEXT + 20],
            MAX_TEXT,
            code="feel_limit",
            limit="text",
        )
    match = FORBIDDEN.search(text)
    if match:
        shown = FORBIDDEN.sub("�", text)
        raise syntax_error(
            f"含有不可见字符U+{ord(match[0]):04X}，请删除",
            f"the invisible character U+{ord(match[0]):04X} is not allowed",
            shown,
            match.start(),
        )


def _token(text: str, match: re.Match[str]) -> Token:
    kind, start, end = match.lastgroup, match.start(), match.end()
    body = match[0]
    if kind == "string":
        return Token(STRING, decode(text, start + 1, body[1:-1]), start, end)
    if kind == "at":
        return Token(AT, decode(text, start + 2, body[2:-1]), start, end)
    if kind == "quoted":
        return Token(QUOTED_NAME, match["quoted"], start, end)
    if kind == "number":
        return Token(NUMBER, body, start, end)
    return Token(NAME if kind == "name" else OPERATOR, body, start, end)


def decode(text: str, start: int, body: str) -> str:
    """A text literal's content with its escapes replaced; unknown escapes stay as written."""
    if "\\" not in body:
        return body
    decoded = _ESCAPE.sub(_unescape, body)
    if "\\u" in body:
        # Two escapes may spell one character outside the basic plane.
        decoded = decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if FORBIDDEN.search(decoded):
        raise syntax_error(
            "文字中的转义产生了不可见字符",
            "an escape in the text makes an invisible character",
            text,
            start,
        )
    return decoded


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return _PLAIN_ESCAPES.get(match[1], match[1])
    code = int(match[2] or match[3] or match[4], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _check_habit(text: str, tokens: list[Token]) -> None:
    """Two signs that other languages write and FEEL does not."""
    if len(tokens) < 2 or tokens[-1].start != tokens[-2].end:
        return
    pair = tokens[-2].text + tokens[-1].text
    if tokens[-1].kind == tokens[-2].kind == OPERATOR and pair in ("==", "<>", "/*"):
        zh, en = _HABITS[pair]
        raise syntax_error(zh, en, text, tokens[-2].start)


def _unexpected(text: str, position: int) -> Exception:
    sign = text[position]
    if sign in _FULL_WIDTH:
        half = _FULL_WIDTH[sign]
        return syntax_error(
            f"“{sign}”是全角符号，请改用半角“{half}”",
            f"'{sign}' is a full-width sign; use '{half}'",
            text,
            position,
        )
    habit = _HABITS.get(text[position : position + 2]) or _HABITS.get(sign)
    zh, en = habit or (f"不认识的符号“{sign}”", f"'{sign}' is not understood")
    return syntax_error(zh, en, text, position)
