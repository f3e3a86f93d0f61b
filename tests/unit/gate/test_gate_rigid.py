"""A rigid step of the level above must not be gone round, however the way round is drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.bpmn.findings import Findings
from engine.bpmn.model import Body, Process, Zeebe
from engine.gate.messages import GATE
from engine.gate.rigid import check_rigid
from tests.unit.semantics.tiny import level

RIGID = Zeebe(properties={"rigid": "true"})
INNER = level("is:start x ie:end", "is x ie")
INNER_ROUND = level("is:start g:xor x h:xor ie:end", "is g x h ie, g h")


def drawn(body: Body) -> Process:
    """The process with its step ``x`` marked as rigid, on whatever level it stands."""
    nodes = {
        n.id: replace(
            n,
            zeebe=RIGID if n.id == "x" else n.zeebe,
            body=drawn(n.body).body if n.body else None,
        )
        for n in body.nodes.values()
    }
    return Process("p", "p", Body(nodes, body.flows))


def found(parent: Body, child: Body) -> set[str]:
    findings = Findings(GATE)
    check_rigid(drawn(child), drawn(parent), findings)
    return {finding.code for finding in findings.all()}


STRAIGHT = level("s:start a x b e:end", "s a x b e")
BRANCHES = level("s:start f:and x a j:and b e:end", "s f x j b e, f a j")
REFUSED = level("s:start a g:xor x b e:end no:end", "s a g x b e, g no")

ROUND = [
    (
        "a gateway before it",
        STRAIGHT,
        level("s:start a g:xor x m:xor b e:end", "s a g x m b e, g m"),
    ),
    (
        "another end before it",
        STRAIGHT,
        level("s:start a g:xor x b e:end o:end", "s a g x b e, g o"),
    ),
    (
        "a time-out of the step before",
        STRAIGHT,
        level("s:start a t:edge-timer@a x m:xor b e:end", "s a x m b e, t m"),
    ),
    (
        "a join that no longer waits for it",
        BRANCHES,
        level("s:start f:and x a m:xor b e:end", "s f x m b e, f a m"),
    ),
    (
        "a branch that goes round it",
        BRANCHES,
        level("s:start f:and g:xor x h:xor a j:and b e:end", "s f g x h j b e, g h, f a j"),
    ),
    (
        "a way round it in its sub-process",
        level("s:start u:sub b e:end", "s u b e", {"u": INNER}),
        level("s:start u:sub b e:end", "s u b e", {"u": INNER_ROUND}),
    ),
    (
        "an end that led away now leads on",
        REFUSED,
        level("s:start a g:xor x m:xor b e:end", "s a g x m b e, g m"),
    ),
]

KEPT = [
    ("as it was", STRAIGHT, STRAIGHT),
    ("more steps before and after", STRAIGHT, level("s:start a c x d b e:end", "s a c x d b e")),
    (
        "a loop back to a step before",
        STRAIGHT,
        level("s:start m:xor a x g:xor b e:end", "s m a x g b e, g m"),
    ),
    (
        "another branch beside it",
        BRANCHES,
        level("s:start f:and x a c j:and b e:end", "s f x j b e, f a j, f c j"),
    ),
    (
        "one more refusal, where there was one",
        REFUSED,
        level("s:start a h:xor g:xor x b e:end no:end o:end", "s a h g x b e, g no, h o"),
    ),
    (
        "a step in its own branch",
        BRANCHES,
        level("s:start f:and c x a j:and b e:end", "s f c x j b e, f a j"),
    ),
]


@pytest.mark.parametrize(("name", "parent", "child"), ROUND, ids=[row[0] for row in ROUND])
def test_a_way_round_is_refused(name: str, parent: Body, child: Body) -> None:
    assert "rigid-bypassed" in found(parent, child), name


@pytest.mark.parametrize(("name", "parent", "child"), KEPT, ids=[row[0] for row in KEPT])
def test_what_still_leads_through_the_step_passes(name: str, parent: Body, child: Body) -> None:
    assert found(parent, child) == set(), name
