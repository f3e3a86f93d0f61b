"""The tables of ``docs/office-work.md``, written from the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator

from engine.work_items.vocabulary import BLOCKS, OK, OPERATIONS, POSITIONS, verdict

_BLOCKS = {
    "sequence": "顺序",
    "parallel": "并行",
    "inclusive": "包容",
    "multi-instance": "多实例",
    "sub-process": "子流程",
    "call": "调用",
}
_WORDS = {OK: "可以", "return_refused": "拒绝", "too_late": "已晚", "conflict": "已办结"}


def operations_table() -> str:
    """Every operation: from where to where, who, reason, history, message, undo."""
    return "\n".join(_operations())


def _operations() -> Iterator[str]:
    yield "| 操作 | 从 | 到 | 谁 | 理由 | 历史 | 通知 | 撤销 |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in OPERATIONS:
        fact = f"`{one.fact}`" if one.fact.isascii() and one.fact else one.fact
        tells = f"`{one.tells}`" if one.tells else ""
        reason = "必填" if one.reason else ""
        cells = (one.source, one.target, one.who, reason, fact, tells, one.undo)
        yield f"| {one.zh} `{one.code}` | " + " | ".join(cells) + " |"


def verdicts_table() -> str:
    """Every operation in every block at every position: 块内第一步 / 块内后续 / 块后."""
    return "\n".join(_verdicts())


def _verdicts() -> Iterator[str]:
    yield "| 操作 | " + " | ".join(_BLOCKS[block] for block in BLOCKS) + " |"
    yield "|---|" + "---|" * len(BLOCKS)
    for one in OPERATIONS:
        cells = []
        for block in BLOCKS:
            told = [_WORDS[verdict(one.code, block, position)] for position in POSITIONS]
            cells.append(told[0] if len(set(told)) == 1 else " / ".join(told))
        yield f"| {one.zh} | " + " | ".join(cells) + " |"
