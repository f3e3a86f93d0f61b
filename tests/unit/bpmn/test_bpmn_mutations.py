"""Mutated diagrams: the reader gives findings or refuses, and never takes long."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.read import read_diagram
from engine.bpmn.xml import Unreadable

from .mutations import SEEDS, mutate


def sentences(source: bytes) -> list[tuple[str, str, str]]:
    """Where and what the reader says, in both languages; it must not raise anything else."""
    try:
        found = read_diagram(source).findings
    except Unreadable as error:
        return [(error.place, error.zh, error.en)]
    return [(finding.element, finding.zh, finding.en) for finding in found]


def read_or_refuse(source: bytes) -> None:
    assert all(all(sentence) for sentence in sentences(source))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_mutated_diagram_is_read_or_refused(
    source: bytes, chance: random.Random, times: int
) -> None:
    for _ in range(times):
        source = mutate(source, chance) or b"<a/>"
    read_or_refuse(source)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(source: bytes) -> None:
    read_or_refuse(source)
