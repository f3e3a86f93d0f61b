"""Mutated diagrams: the reader gives findings or refuses, and never takes long."""

from __future__ import annotations

import random
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.read import read_diagram
from engine.bpmn.xml import Unreadable

from .rows import ROWS

ROOT = Path(__file__).parents[3]
SHIPPED = [*ROOT.glob("processes/**/*.bpmn"), *ROOT.glob("tests/process/data/*.bpmn")]
SEEDS = [*ROWS.values(), *(path.read_bytes() for path in sorted(SHIPPED))]


def mutate(source: bytes, chance: random.Random) -> bytes:
    """The source with one thing changed: bytes, a tag, an attribute, a line, a reference."""
    text = bytearray(source)
    at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    kind = chance.randrange(6)
    if kind == 0:
        del text[at : min(to, at + 40)]
    elif kind == 1:
        text[at:at] = text[at:to][:200]
    elif kind == 2 and at < len(text):
        text[at] = chance.randrange(256)
    elif kind == 3:
        text[at:at] = bytes(text[at:to][:60]) * chance.randrange(1, 50)
    elif kind == 4:
        words = source.split(b'"')
        words[chance.randrange(len(words))] = words[chance.randrange(len(words))]
        return b'"'.join(words)
    else:
        tags = source.split(b"<")
        del tags[chance.randrange(len(tags))]
        return b"<".join(tags)
    return bytes(text)


def sentences(source: bytes) -> list[tuple[str, str, str]]:
    """Where and what the reader says, in both languages; it must not raise anything else."""
    try:
        found = read_diagram(source).findings
    except Unreadable as error:
        return [(error.place, error.zh, error.en)]
    return [(finding.element, finding.zh, finding.en) for finding in found]


def read_or_refuse(source: bytes) -> None:
    begun = time.perf_counter()
    assert all(all(sentence) for sentence in sentences(source))
    assert time.perf_counter() - begun < 1


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
