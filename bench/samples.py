"""The processes that are measured."""

from __future__ import annotations

from bench.drawing import Drawing, Exit

ROLES = ("window", "reviewer", "expert", "countersigner", "leader", "archivist")


def approval() -> Drawing:
    """approval-28: 28 completions on its main path (performance research, section 1).

    Two loops are drawn: back to the first step after the second, and from the last step to the
    second. The second step says ``again`` to send back; the last one says ``back``.
    """
    d = Drawing("approval-28", "二十八步审批")
    at = d.task(d.start(), "T01", "window")
    again, at = d.choice(d.task(at, "T02", "reviewer"), "X1", "继续", again="退回填报")
    d.flow(again, "T01")
    fork = d.split(d.task(at, "T03", "reviewer"), "F1")
    branches = []
    for letter in "ABC":
        first = d.task(fork, f"P{letter}1", "expert")
        branches.append(d.task(first, f"P{letter}2", "reviewer"))
    at = d.task(d.join(branches, "J1"), "T04", "leader")
    at = d.call(at, "Call", _called())
    more, at = d.choice(d.task(at, "T05", "leader"), "X2", "金额一般", large="金额较大")
    at = d.task([at, d.task(more, "T06", "leader")], "Sign", "countersigner", count=5)
    at = d.inside(at, "Sub", _inside())
    for name in ("T07", "T08", "T09", "T10"):
        at = d.task(at, name, "archivist")
    back, at = d.choice(d.task(at, "T11", "leader"), "X3", "签发", back="退回审查")
    d.flow(back, "T02")
    d.end(at)
    return d


def _called() -> Drawing:
    d = Drawing("approval-check", "专项核查", prefix="C")
    at = d.start()
    for number in range(1, 5):
        at = d.task(at, f"C{number}", "expert")
    d.end(at)
    return d


def _inside() -> Drawing:
    d = Drawing("Sub", "内部会签", prefix="S")
    at = d.start()
    for number in range(1, 4):
        at = d.task(at, f"S{number}", "reviewer")
    d.end(at)
    return d


def review() -> Drawing:
    """A short round: fill in, two opinions side by side, decide; ``back`` begins again."""
    d = Drawing("review", "会办")
    fork = d.split(d.task(d.start(), "Fill", "window"), "F1")
    opinions = [d.task(fork, "OpinionA", "reviewer"), d.task(fork, "OpinionB", "expert")]
    decide = d.task(d.join(opinions, "J1"), "Decide", "leader")
    back, at = d.choice(decide, "X1", "同意", back="退回")
    d.flow(back, "Fill")
    d.end(at)
    return d


def blocks(count: int, width: int) -> Drawing:
    """Parallel blocks of one step a branch, one block after the other."""
    d = Drawing(f"blocks-{count}-{width}", f"{count}组并行，每组{width}支")
    at: Exit = d.start()
    for block in range(1, count + 1):
        fork = d.split(at, f"F{block}")
        steps = [d.task(fork, f"B{block}_{n}", "expert", remind=False) for n in range(width)]
        at = d.join(steps, f"J{block}")
    d.end(at)
    return d


def chain(length: int) -> Drawing:
    """Steps one after the other."""
    d = Drawing(f"chain-{length}", f"{length}步")
    at = d.start()
    for number in range(1, length + 1):
        at = d.task(at, f"L{number}", "reviewer", remind=False)
    d.end(at)
    return d


def countersign(count: int = 5) -> Drawing:
    """Several countersigners at once, then one who decides."""
    d = Drawing("countersign", "会签")
    at = d.task(d.start(), "Sign", "countersigner", count=count, remind=False)
    d.end(d.task(at, "Decide", "leader", remind=False))
    return d


def reminded(after: str) -> Drawing:
    """One step with a reminder that comes after ``after``."""
    d = Drawing("reminded", "限时办理")
    at = d.task(d.start(), "Wait", "reviewer", remind=False)
    d.timer("Wait", after)
    d.end(at)
    return d


def side_by_side() -> Drawing:
    """Process W of the comparison with other engines: 14 completions."""
    d = Drawing("workload", "对照流程")
    at = d.start()
    for number in range(1, 7):
        at = d.task(at, f"W{number}", "reviewer")
    again, at = d.choice(at, "X1", "继续", again="退回")
    d.flow(again, "W1")
    fork = d.split(at, "F1")
    at = d.join([d.task(fork, f"P{n}", "expert", remind=False) for n in range(1, 4)], "J1")
    at = d.task(at, "Sign", "countersigner", count=5, remind=False)
    d.end(at)
    return d
