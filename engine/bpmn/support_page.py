"""Prints the support table as ``docs/bpmn-support.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from engine.bpmn.extensions import (
    EXTENSIONS,
    INPUT_HOSTS,
    OUTPUT_HOSTS,
    REFUSED_EXTENSIONS,
    Extension,
)
from engine.bpmn.feature import Feature, Verdict
from engine.bpmn.namespaces import BOOKKEEPING, ENGINES
from engine.bpmn.shapes import SHAPES
from engine.bpmn.support import SECTIONS

_WORDS = {
    Verdict.EXECUTED: "✔ 执行 executed",
    Verdict.DRAWING: "◇ 图示 picture",
    Verdict.NOTED: "ℹ 提示 noted",
    Verdict.REFUSED: "✘ 拒绝 refused",
}
_HEAD = """\
# BPMN 支持清单 · BPMN support

<!-- Printed by engine.bpmn.support_page from the table in engine/bpmn/support.py. -->

每个构造或者按 BPMN 2.0 执行，或者点名拒绝，没有第三种结果。
Every construct is executed as BPMN 2.0 says, or refused by name; there is no third outcome.

- **执行 executed**:引擎执行。The engine executes it.
- **图示 picture**:只供人看，不影响执行。For people only, without effect.
- **提示 noted**:在本系统不起作用，检查时给出提示。Without effect here; a note says so.
- **拒绝 refused**:不能发布，检查时指出元素、原因和改法。Cannot be published; the finding names
  the element, the reason and a remedy.
"""


def support_page() -> str:
    """The page, from the tables the reader itself uses."""
    return (
        "\n".join([_HEAD, *sections(SECTIONS), *_extensions(), *_attributes(), *_foreign()]) + "\n"
    )


def sections(table: Iterable[tuple[str, str, tuple[Feature, ...]]]) -> Iterator[str]:
    """The rows of a support table, section by section."""
    for zh, en, rows in table:
        yield f"## {zh} · {en}\n"
        yield "| 构造 | Construct | 结果 Verdict | 原因与改法 Reason and remedy |"
        yield "|---|---|---|---|"
        yield from (_row(row) for row in rows)
        yield ""


def _row(row: Feature) -> str:
    zh = ";".join(t for t in (row.reason_zh, row.remedy_zh) if t)
    en = "; ".join(t for t in (row.reason_en, row.remedy_en) if t)
    why = f"{zh}<br>{en}" if zh else ""
    return f"| {row.zh} | {row.en}<br>`{row.key}` | {_WORDS[row.verdict]} | {why} |"


def _extensions() -> Iterator[str]:
    yield "## 扩展 · Camunda 8 extensions (`zeebe:`)\n"
    yield "放在别处、或带别的属性，都会被指出。Elsewhere, or with another attribute: a finding.\n"
    yield "| 扩展 Extension | 属性 Attributes | 用在 On |"
    yield "|---|---|---|"
    for tag, known in EXTENSIONS.items():
        attributes = _code(known.attributes) or "–"
        yield f"| `zeebe:{tag}` | {attributes} | {_hosts(tag, known)} |"
    yield ""
    yield f"拒绝 Refused: {_code(f'zeebe:{tag}' for tag in REFUSED_EXTENSIONS)}.\n"
    yield "在事件上，任务类型与映射只用于消息事件。"
    yield "On events, task type and mappings need a message.\n"


def _hosts(tag: str, known: Extension) -> str:
    hosts = {"input": INPUT_HOSTS, "output": OUTPUT_HOSTS}.get(tag, known.hosts)
    return _code(hosts) or "任何元素 any element"


def _attributes() -> Iterator[str]:
    yield "## 属性 · Attributes of BPMN elements\n"
    yield "`=` 之后是允许的值；其余属性都会被指出。"
    yield "Allowed values follow `=`; any other attribute is a finding.\n"
    yield "| 元素 Element | 属性 Attributes |"
    yield "|---|---|"
    for tag, shape in sorted(SHAPES.items()):
        names = [_attribute(name, values) for name, values in shape.attributes.items()]
        if names:
            yield f"| `{tag}` | {_code(names)} |"
    yield ""


def _attribute(name: str, values: frozenset[str] | None) -> str:
    if values is None:
        return name
    return f"{name}={'/'.join(sorted(v or 'empty' for v in values))}"


def _foreign() -> Iterator[str]:
    yield "## 其他工具 · Other tools\n"
    yield "图形、颜色与工具自身的记录不影响执行，原样保留："
    yield "Pictures, colours and bookkeeping of tools have no effect and are kept:\n"
    yield from (f"- `{namespace}`" for namespace in sorted(BOOKKEEPING))
    yield "\n其他引擎的扩展会改变执行，因此点名拒绝并给出替代；纯技术设置只给警告："
    yield "Extensions of other engines change execution and are refused by name with a replacement;"
    yield "mere technique is a warning:\n"
    yield from (f"- {engine}: `{namespace}`" for namespace, engine in sorted(ENGINES.items()))


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


if __name__ == "__main__":
    sys.stdout.write(support_page())
