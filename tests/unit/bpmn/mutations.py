"""Seeds and mutations of diagrams, for tests that feed the reader and the gate with rubbish."""

from __future__ import annotations

import random
from pathlib import Path

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
