"""The wording of what the proof of soundness may find."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity


def _unsound(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.ERROR, zh, en, remedy_zh, remedy_en)


SOUNDNESS: dict[str, Message] = {
    "unsound:deadlock": _unsound(
        "办件会停在“{elements}”，再也无法往下走。经过：{trace}。",
        "A case stops at {elements} and can never go on. The way there: {trace}.",
        "让汇合与分支的类型一致，或让每条分支都能到达汇合处。",
        "Give the join the type of its split, or lead every branch to it.",
    ),
    "unsound:lack_of_synchronisation": _unsound(
        "“{elements}”在办理中会被再次启动，同一环节会重复办理。经过：{trace}。",
        "{elements} is begun again while it is still at work. The way there: {trace}.",
        "用并行网关或包容网关汇合并行的分支，再往下走。",
        "Join the parallel branches by a parallel or an inclusive gateway before they go on.",
    ),
    "unsound:improper_completion": _unsound(
        "结束事件“{elements}”会被到达不止一次。经过：{trace}。",
        "The end event {elements} is reached more than once. The way there: {trace}.",
        "在结束之前汇合各分支，或让每条分支有自己的结束事件。",
        "Join the branches before the end, or give each an end event of its own.",
    ),
    "unsound:no_option_to_complete": _unsound(
        "走到“{elements}”之后，办件再也不能办结。经过：{trace}。",
        "From {elements} on a case can never be completed. The way there: {trace}.",
        "给回路画一个通向结束的出口。",
        "Draw an exit from the loop that leads to the end.",
    ),
    "unsound:dead_activity": _unsound(
        "“{elements}”永远不会办理到。",
        "{elements} is never reached.",
        "检查通向它的条件、事件与顺序流，或删除它。",
        "Look at the conditions, events and flows that lead to it, or remove it.",
    ),
    "error-uncaught": Message(
        Severity.WARNING,
        "本流程内没有捕获这个错误的边界事件；除非调用方捕获，办件会停下并报异常。",
        "Nothing in this process catches the error; unless the caller does, the case stops with "
        "an incident.",
        "在外层活动上画错误边界事件，或改用其他结束事件。",
        "Draw an error boundary event on the activity around it, or use another end event.",
    ),
    "soundness-unknown": Message(
        Severity.WARNING,
        "流程的走法太多（已检查 {count} 种状态），不能证明它总能办结。",
        "There are too many ways through the process ({count} states were looked at) to prove "
        "that a case can always be completed.",
        "把并行的一段放进子流程，或减少并行的分支。",
        "Put the parallel part into a sub-process, or draw fewer parallel branches.",
    ),
    "soundness-not-covered": Message(
        Severity.WARNING,
        "证明不认识这里的画法，不能证明办件总能办结。",
        "The proof does not know this construct; nothing is proved of the process.",
        "换一种画法；照此发布须由两名管理员先后确认，并各自写明理由。",
        "Draw it another way; to publish it like this, two administrators have to confirm it, each "
        "with a reason.",
    ),
    "soundness-unconfirmed": _unsound(
        "流程能否办结没有得到证明，一个人不能发布。",
        "It is not proved that a case can always be completed; nobody may publish it alone.",
        "改画流程；或由两名管理员先后确认，并各自写明理由。",
        "Redraw the process, or have two administrators confirm it, each with a reason.",
    ),
}
