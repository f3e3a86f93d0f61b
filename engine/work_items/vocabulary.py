"""The vocabulary of office work as a table: every operation, and what becomes of it in a block.

``OPERATIONS`` says of each verb from which state to which it leads, who may, whether a reason is
asked for, how history and notifications name it and what takes it back. ``VERDICTS`` says, for
every operation in every block at every position, whether it is allowed or by which code it is
refused. The tests run every cell; ``docs/office-work.md`` is written from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SEQUENCE, PARALLEL, INCLUSIVE = "sequence", "parallel", "inclusive"
MULTI, SUB, CALL = "multi-instance", "sub-process", "call"
BLOCKS = (SEQUENCE, PARALLEL, INCLUSIVE, MULTI, SUB, CALL)
ENTRY, INNER, BEHIND = "entry", "inner", "behind"
POSITIONS = (ENTRY, INNER, BEHIND)
"""The first step inside the block, the second one after it, the step behind the block."""


@dataclass(frozen=True)
class Operation:
    """One verb; ``undo`` is the operation that takes it back, empty where none does."""

    code: str
    zh: str
    source: str
    target: str
    who: str
    reason: bool
    fact: str
    tells: str = ""
    undo: str = ""


OPERATIONS = (
    Operation("claim", "认领", "待认领", "已认领", "候选人", False, "item.claimed", "", "release"),
    Operation("release", "释放", "已认领", "待认领", "承办人", False, "item.released", "", "claim"),
    Operation("draft", "暂存", "待认领、已认领", "不变", "候选人、承办人", False, ""),
    Operation(
        "complete", "办理", "待认领、已认领", "已办理，或等待加签", "候选人、承办人", False,
        "item.completed", "decided", "recall",
    ),
    Operation(
        "transfer", "转办", "待认领、已认领", "由他人承办", "候选人、承办人、管理员", True,
        "item.transferred", "transferred", "transfer",
    ),
    Operation(
        "delegate", "委派", "待认领、已认领", "由他人填写，交回后由本人提交", "候选人、承办人",
        True, "item.delegated", "delegated", "recall",
    ),
    Operation(
        "hand-back", "交回", "受委派", "回到委派人", "受委派人", False,
        "item.handedBack", "handed-back",
    ),
    Operation(
        "substitute", "代理", "待认领、已认领", "同本人办理", "有效期内的代理人", False,
        "以本人名义，两人均记录",
    ),
    Operation(
        "add-before", "前加签", "待认领、已认领", "答复后才能提交", "候选人、承办人", True,
        "item.added", "added", "remove-signer",
    ),
    Operation(
        "add-parallel", "并加签", "待认领、已认领", "双方都提交后流转", "候选人、承办人", True,
        "item.added", "added", "remove-signer",
    ),
    Operation(
        "add-after", "后加签", "待认领、已认领", "提交后征求，答复后流转", "候选人、承办人", True,
        "item.added", "added", "remove-signer",
    ),
    Operation(
        "remove-signer", "减签", "未答复的加签、会签", "已撤回", "加签的发起人、管理员", True,
        "item.removed", "removed",
    ),
    Operation(
        "return-before", "退回到区块之前", "待认领、已认领", "已退回", "候选人、承办人", True,
        "item.returned", "returned",
    ),
    Operation(
        "return-first", "退回到区块内第一步", "待认领、已认领", "已退回", "候选人、承办人", True,
        "item.returned", "returned",
    ),
    Operation(
        "return-across", "退回到另一分支", "待认领、已认领", "已退回", "候选人、承办人", True,
        "item.returned", "returned",
    ),
    Operation(
        "recall", "撤回", "已办理，下一环节未办", "重新打开", "最后办理人", False,
        "item.recalled", "recalled",
    ),
    Operation(
        "withdraw", "撤销", "办理中", "办结", "申请人", True, "case.withdrawn",
    ),
    Operation(
        "terminate", "终止", "办理中", "办结", "负责人、管理员", True, "case.terminated",
    ),
    Operation(
        "suspend", "挂起", "办理中", "挂起", "管理员", True, "case.suspended", "", "resume",
    ),
    Operation("resume", "恢复", "挂起", "办理中", "管理员", True, "case.resumed", "", "suspend"),
    Operation(
        "urge", "催办", "办理中", "不变", "申请人、发起人、负责人", False,
        "case.urged", "urged",
    ),
    Operation(
        "copy", "抄送", "待认领、已认领", "不变", "候选人、承办人", False,
        "item.copied", "copied",
    ),
    Operation(
        "ask", "提问", "待认领、已认领", "不变", "候选人、承办人", False,
        "item.asked", "asked",
    ),
    Operation(
        "answer", "答复", "有未答复的提问", "不变", "被提问人", False,
        "item.answered", "answered",
    ),
    Operation(
        "recuse", "回避", "办理中", "退还本组", "本人、负责人、管理员", True, "case.recused",
    ),
)  # fmt: skip

OK = "ok"
REFUSED = "return_refused"
LATE = "too_late"
OVER = "conflict"
_Cells = Mapping[str, tuple[str, str, str]]


def _everywhere(verdict: str) -> _Cells:
    return dict.fromkeys(BLOCKS, (verdict, verdict, verdict))


_FIRST: _Cells = dict.fromkeys(BLOCKS, (REFUSED, OK, REFUSED)) | {SEQUENCE: (REFUSED, OK, OK)}
"""Back to the first step inside: from later in the same branch; once the block is over, to its
split only, save that steps in a row are no block."""

_RECALL: _Cells = dict.fromkeys(BLOCKS, (OK, LATE, OVER)) | {
    SEQUENCE: (OK, OK, OVER),
    PARALLEL: (OK, OK, OVER),
    INCLUSIVE: (OK, OK, OVER),
}
"""Who did the step before last takes it back; what ended a block of its own stays, and so does
what ended the case."""

VERDICTS: Mapping[str, _Cells] = {
    **{operation.code: _everywhere(OK) for operation in OPERATIONS},
    "return-first": _FIRST,
    "return-across": _everywhere(REFUSED),
    "recall": _RECALL,
}


def verdict(operation: str, block: str, position: str) -> str:
    """ "ok", or the code of the refusal."""
    return VERDICTS[operation][block][POSITIONS.index(position)]
