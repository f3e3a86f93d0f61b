"""A document's text: a few lines that say what it is, and paragraphs with FEEL placeholders.

::

    title: 补正通知书
    layout: letter
    number: 补字〔{year}〕{seq:03}号
    to: {{holder}}
    shown: applicant
    ---
    你单位提交的材料需要补正：

    {{for i in 1..count(missing) return string(i) + "．" + missing[i].item}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.errors import Invalid
from engine.feel import Environment, FeelError, compile_expression
from engine.forms.context import plain_text, template_expressions
from engine.tenancy.numbering import number_rule_fault

MAX_BYTES = 65_536
MAX_PLACES = 300
MAX_FILLED = 100_000
"""Characters of a document once it is filled in."""
LAYOUTS = ("letter", "opinion", "notice", "cover")
APPLICANT = "applicant"
HEAD_END = "---"
_KEYS = ("title", "layout", "number", "to", "shown")
_KEY = re.compile(r"([a-z]+):\s*(.*)")
_PLACE = re.compile(r"\{\{([^{}]*)\}\}")
_ALONE = re.compile(r"\s*\{\{([^{}]*)\}\}\s*")


class DocumentBroken(Invalid):
    """A placeholder of a document has no value on the case at hand: the text must be mended."""

    code = "document_expression_failed"


@dataclass(frozen=True)
class Template:
    """A document as a tenant wrote it; ``number`` is its number rule or empty."""

    title: str
    layout: str
    number: str
    to: str
    is_for_applicant: bool
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class TemplateFault:
    """What is wrong with a text, and in which line."""

    line: int
    zh: str
    en: str


def read_template(
    body: bytes, functions: frozenset[str] = frozenset()
) -> tuple[Template | None, list[TemplateFault]]:
    """The text as a template, and everything wrong with it; None while there is a fault."""
    if len(body) > MAX_BYTES:
        return None, [TemplateFault(1, "文书模板过大", "the template is too large")]
    try:
        lines = body.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        return None, [TemplateFault(1, "文书模板不是 UTF-8 文字", "the template is not UTF-8")]
    end = next((n for n, line in enumerate(lines) if line.strip() == HEAD_END), None)
    if end is None:
        said = ("没有以 --- 结束的开头部分", "there is no head that ends with ---")
        return None, [TemplateFault(1, *said)]
    head, faults = _head(lines[:end])
    faults += _place_faults(lines, functions)
    paragraphs = _paragraphs(lines[end + 1 :])
    if not paragraphs and head.get("layout") != "cover":
        faults.append(TemplateFault(end + 1, "没有正文", "there is no text"))
    if faults:
        return None, faults
    return Template(
        title=head["title"],
        layout=head["layout"],
        number=head.get("number", ""),
        to=head.get("to", ""),
        is_for_applicant=head.get("shown") == APPLICANT,
        paragraphs=paragraphs,
    ), []


def fill(template: Template, names: Mapping[str, Any], env: Environment) -> dict[str, Any]:
    """The texts of the document for these names: {title, to, paragraphs}.

    A placeholder that stands alone in its paragraph and gives a list becomes one paragraph an
    entry. DocumentBroken names the placeholder that has no value.
    """
    paragraphs = [line for text in template.paragraphs for line in _filled(text, names, env)]
    to = _inline(template.to, names, env)
    if sum(map(len, paragraphs)) + len(to) > MAX_FILLED:
        raise DocumentBroken("文书过长", "the document is too long")
    title = _inline(template.title, names, env)
    return {"title": title, "to": to, "paragraphs": paragraphs}


def evaluate(expression: str, names: Mapping[str, Any], env: Environment) -> Any:
    """The value of a placeholder or of a merge field."""
    try:
        compiled = compile_expression(expression.strip(), functions=frozenset(env.functions))
        return compiled.evaluate(names, env)
    except FeelError as error:
        raise DocumentBroken(
            f"文书中的“{expression.strip()}”无法计算：{error.zh}",
            f"the placeholder {expression.strip()!r} cannot be evaluated: {error.en}",
            expression=expression.strip(),
        ) from error


def written(value: Any) -> str:
    """A value as it stands in a document: days in Chinese, an empty place for nothing."""
    if isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日{value:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list):
        return "、".join(written(entry) for entry in value)
    return plain_text(value)


def _filled(text: str, names: Mapping[str, Any], env: Environment) -> Iterator[str]:
    alone = _ALONE.fullmatch(text)
    value = evaluate(alone[1], names, env) if alone else None
    if isinstance(value, list):
        yield from (written(entry) for entry in value)
    elif alone:
        yield from written(value).split("\n")
    else:
        yield _inline(text, names, env)


def _inline(text: str, names: Mapping[str, Any], env: Environment) -> str:
    return _PLACE.sub(lambda found: written(evaluate(found[1], names, env)), text)


def _head(lines: list[str]) -> tuple[dict[str, str], list[TemplateFault]]:
    found: dict[str, str] = {}
    faults: list[TemplateFault] = []
    for number, line in enumerate(lines, start=1):
        match = _KEY.fullmatch(line.strip())
        if match is not None and match[1] in _KEYS and match[1] not in found:
            found[match[1]] = match[2].strip()
        elif line.strip():
            keys = "、".join(_KEYS)
            faults.append(TemplateFault(number, f"开头只能有 {keys}", f"a head has only {keys}"))
    if not found.get("title"):
        faults.append(TemplateFault(1, "没有标题（title）", "there is no title"))
    if found.get("layout") not in LAYOUTS:
        known = "、".join(LAYOUTS)
        said = (f"版式（layout）应为 {known} 之一", f"the layout is one of {known}")
        faults.append(TemplateFault(1, *said))
    if found.get("shown", APPLICANT) != APPLICANT:
        faults.append(TemplateFault(1, "shown 只能是 applicant", "shown can only be applicant"))
    wrong = number_rule_fault(found["number"]) if found.get("number") else None
    if wrong is not None:
        faults.append(TemplateFault(1, *wrong))
    return found, faults


def _place_faults(lines: list[str], functions: frozenset[str]) -> Iterator[TemplateFault]:
    count = 0
    for number, line in enumerate(lines, start=1):
        rest = _PLACE.sub("", line)
        if "{{" in rest or "}}" in rest:
            said = ("占位符应写作 {{表达式}}，在同一行结束", "a placeholder is {{expression}}")
            yield TemplateFault(number, *said)
        for expression in template_expressions(line):
            count += 1
            try:
                compile_expression(expression, functions=functions)
            except FeelError as error:
                yield TemplateFault(number, f"“{expression}”：{error.zh}", error.en)
    if count > MAX_PLACES:
        said = (f"占位符超过 {MAX_PLACES} 个", f"there are more than {MAX_PLACES} placeholders")
        yield TemplateFault(1, *said)


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    """Each line is a paragraph; empty lines part them for the eye only."""
    return tuple(line.strip() for line in lines if line.strip())
