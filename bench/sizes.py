"""How much is measured: a glance for every build, a smoke for CI, the full sizes on demand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """The sizes of every part."""

    name: str
    instances: int
    repetitions: int
    marks: tuple[int, ...]
    flat_on: tuple[str, ...]
    shapes: tuple[tuple[int, int], ...]
    chain: int
    trickle: int
    burst: int
    pending: int
    list_items: tuple[int, ...]
    list_on: tuple[str, ...]
    list_reads: int
    countersign_rounds: int
    procedures: int
    http_repetitions: int
    http_reads: int
    has_long_returns: bool = False


TINY = Sizes(
    name="tiny",
    instances=1,
    repetitions=1,
    marks=(0, 10),
    flat_on=("sqlite",),
    shapes=((7, 3),),
    chain=10,
    trickle=0,
    burst=0,
    pending=0,
    list_items=(2_000,),
    list_on=("sqlite",),
    list_reads=3,
    countersign_rounds=1,
    procedures=30,
    http_repetitions=1,
    http_reads=2,
)
SMOKE = Sizes(
    name="smoke",
    instances=1,
    repetitions=3,
    marks=(0, 200),
    flat_on=("sqlite",),
    shapes=((7, 3), (3, 3)),
    chain=30,
    trickle=20,
    burst=100,
    pending=100_000,
    list_items=(100_000,),
    list_on=("postgresql",),
    list_reads=5,
    countersign_rounds=5,
    procedures=300,
    http_repetitions=1,
    http_reads=5,
)
FULL = Sizes(
    name="full",
    instances=15,
    repetitions=5,
    marks=(0, 10, 50, 200, 1_000),
    flat_on=("postgresql", "sqlite"),
    shapes=tuple((blocks, width) for width in (2, 3, 5) for blocks in (1, 3, 5, 7, 10, 15)),
    chain=100,
    trickle=500,
    burst=5_000,
    pending=1_000_000,
    list_items=(10_000, 100_000, 1_000_000),
    list_on=("postgresql", "sqlite"),
    list_reads=50,
    countersign_rounds=100,
    procedures=2_000,
    http_repetitions=5,
    http_reads=100,
    has_long_returns=True,
)
