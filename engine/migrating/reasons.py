"""The sentences that migration says, by code: Chinese and English with the same gaps."""

from __future__ import annotations

from engine.migrating.model import Reason, Verdict

_WORDS: dict[str, tuple[Verdict, str, str]] = {
    "no_element": (
        Verdict.NEEDS_MAPPING,
        "“{name}”在新版中没有对应的环节，请指明",
        "“{name}” has no counterpart in the new version: name one",
    ),
    "other_kind": (
        Verdict.NEEDS_MAPPING,
        "“{name}”在新版中是另一种元素，请指明对应的环节",
        "“{name}” is of another kind in the new version: name its counterpart",
    ),
    "other_level": (
        Verdict.REFUSED,
        "“{name}”在新版中位于另一子流程内，正在办理的不能移入或移出",
        "“{name}” stands inside another sub-process in the new version",
    ),
    "no_way_in": (
        Verdict.NEEDS_MAPPING,
        "在“{name}”等待汇合的分支在新版中没有对应的连线，请指明",
        "a branch that waits at “{name}” comes by no flow of the new version: name one",
    ),
    "race_changed": (
        Verdict.NEEDS_MAPPING,
        "“{name}”等待的事件在新版中都没有了，请指明对应的事件网关",
        "none of the events that “{name}” waits for is left: name its counterpart",
    ),
    "loop_changed": (
        Verdict.REFUSED,
        "“{name}”正在多人（多次）办理，其重复方式在新版中不同",
        "“{name}” is running several times, and repeats otherwise in the new version",
    ),
    "loop_body_changed": (
        Verdict.REFUSED,
        "“{name}”正在多实例办理，其内部流程在新版中有改动",
        "“{name}” runs in several instances, and its inside has changed",
    ),
    "transaction_changed": (
        Verdict.REFUSED,
        "“{name}”是尚未结束的事务，其内部流程在新版中有改动",
        "“{name}” is an open transaction, and its inside has changed",
    ),
    "call_changed": (
        Verdict.NEEDS_MAPPING,
        "“{name}”在新版中调用另一流程，其中的环节须逐一指明",
        "“{name}” calls another procedure: map each of its steps",
    ),
    "would_wait_for_ever": (
        Verdict.STUCK,
        "按新版办理将停在“{name}”，无法办结",
        "on the new version the case would wait for ever at “{name}”",
    ),
    "would_double": (
        Verdict.STUCK,
        "按新版办理时“{name}”可能被重复启动",
        "on the new version “{name}” may be begun twice",
    ),
    "unproved": (
        Verdict.STUCK,
        "情形过多，未能证明该办件按新版能够办结",
        "there are too many ways to prove that the case can end",
    ),
    "not_covered": (
        Verdict.STUCK,
        "新版含有无法推演的构造（“{name}”），不能证明能够办结",
        "the new version holds what cannot be explored (“{name}”)",
    ),
    "skips_new": (
        Verdict.SKIPS,
        "新版新增的必经环节“{name}”在当前环节之前，该办件将不再经过",
        "the new obligatory step “{name}” lies behind the case and would be skipped",
    ),
    "skips_undone": (
        Verdict.SKIPS,
        "新版中必经环节“{name}”在当前环节之前，而该办件没有办过",
        "the obligatory step “{name}” lies behind the case in the new version and was not done",
    ),
    "skips_rigid": (
        Verdict.REFUSED,
        "刚性环节“{name}”在新版中位于当前环节之前而该办件没有办过，不得跳过",
        "the rigid step “{name}” would be skipped, which is not allowed",
    ),
    "no_variable": (
        Verdict.DATA_MISSING,
        "“{name}”要用到变量 {what}，该办件没有，其后的环节也不产生",
        "“{name}” reads {what}, which the case does not have and no step ahead gives",
    ),
    "no_variable_then": (
        Verdict.DATA_MISSING,
        "“{name}”要用到 {what}，该办件没有记录",
        "“{name}” reads {what}, of which the case has no record",
    ),
    "new_step": (
        Verdict.SKIPS,
        "新版新增的环节“{name}”在该办件中没有办理记录",
        "the case has no record of the new step “{name}”",
    ),
    "not_reached": (
        Verdict.STUCK,
        "按新版重走时，办到“{name}”之前走不下去",
        "done again on the new version the case does not come to “{name}”",
    ),
    "suspended": (
        Verdict.REFUSED,
        "办件已挂起，恢复后才能迁移",
        "the case is suspended: resume it first",
    ),
    "unreadable": (
        Verdict.REFUSED,
        "办件的流转状态无法读取",
        "the token state of the case cannot be read",
    ),
}


def reason(code: str, element: str, name: str = "", what: str = "") -> Reason:
    """The reason with this code about an element."""
    verdict, zh, en = _WORDS[code]
    facts = {"name": name or element, "what": what}
    return Reason(verdict, code, element, zh.format(**facts), en.format(**facts))
