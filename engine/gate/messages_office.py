"""The wording of what a diagram says wrongly about operations of people and votes."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity

OFFICE: dict[str, Message] = {
    "operation-unknown": Message(
        Severity.ERROR,
        "“{value}”不是这里可用的词，可用：{allowed}。",
        "“{value}” is no word that holds here; these do: {allowed}.",
        "改成所列的词之一，或删除该属性。",
        "Use one of the words listed, or remove the property.",
    ),
    "vote-missing": Message(
        Severity.ERROR,
        "属性 {property} 只对表决环节有意义，而这里没有 vote。",
        "The property {property} means something with vote only, which is missing.",
        "加上 vote（all、any、ratio、weight 或 count），或删除 {property}。",
        "Add vote (all, any, ratio, weight or count), or remove {property}.",
    ),
    "vote-alone": Message(
        Severity.ERROR,
        "表决只能写在多实例的用户任务上。",
        "A vote stands on a user task that runs several times.",
        "把该环节设为多实例，或删除 vote。",
        "Let the task run several times, or remove vote.",
    ),
    "vote-incomplete": Message(
        Severity.ERROR,
        "表决缺少属性 {property}。",
        "The vote lacks the property {property}.",
        "voteYes 写出什么算同意；按比例、票重或票数表决还要写 voteNeeded。",
        "voteYes says what counts as yes; a ratio, weight or count also needs voteNeeded.",
    ),
    "vote-twice": Message(
        Severity.ERROR,
        "表决和多实例完成条件不能同时写：由哪一个决定结束并不明确。",
        "A vote and a completion condition cannot both say when the step is over.",
        "删除完成条件，或删除 vote。",
        "Remove the completion condition, or the vote.",
    ),
    "promise-late": Message(
        Severity.ERROR,
        "承诺期限{promised}个工作日长于法定期限{legal}个工作日。",
        "The promised {promised} working days are more than the legal {legal}.",
        "缩短承诺期限（dueDate），或改正法定期限（legalDue）。",
        "Promise less (dueDate), or correct the legal deadline (legalDue).",
    ),
}
