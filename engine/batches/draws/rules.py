"""What a draw is: a frozen content, its digest, and the ranking that a seed makes of it.

Whoever has content and seed can compute the ranking again: within each stratum it orders the
members by SHA-256 of the seed followed by the member's id. Nobody who knows the seed can change the
content any more, and nobody who could still change the content knows the seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.canonical import canonical, digest

ONE_STRATUM = ""
"""The stratum of a draw that has no strata."""


@dataclass(frozen=True)
class Ranked:
    """One member with its rank in its stratum, counted from 1, and whether it is drawn."""

    id: str
    rank: int
    drawn: bool
    stratum: str = ONE_STRATUM


@dataclass(frozen=True)
class Member:
    """Somebody or something that may be drawn."""

    id: str
    stratum: str = ONE_STRATUM
    label: str = ""


@dataclass(frozen=True)
class Excluded:
    """Who would be in the pool and is not (回避), and why."""

    id: str
    reason: str
    label: str = ""


def draw(pool: Collection[str], size: int, seed: str) -> list[Ranked]:
    """The whole pool in the order of the draw; the first ``size`` members are drawn.

    The order in which the pool is given does not matter. A member that falls out later is replaced
    by the next rank, never by a new draw.
    """
    if len(set(pool)) != len(pool):
        raise ValueError("a pool names nobody twice")
    if not 0 <= size <= len(pool):
        raise ValueError("a draw takes at most the whole pool")
    order = sorted(pool, key=lambda member: (_lot(seed, member), member))
    return [Ranked(member, rank, rank <= size) for rank, member in enumerate(order, start=1)]


def frozen_content(
    purpose: str,
    members: Sequence[Member],
    excluded: Sequence[Excluded],
    sizes: Mapping[str, int],
    source: Mapping[str, Any],
) -> dict[str, Any]:
    """What is fixed before the seed exists; the order in which it is given does not matter."""
    out = {one.id for one in excluded}
    return {
        "purpose": purpose,
        "members": [
            {"id": one.id, "stratum": one.stratum}
            for one in sorted(members, key=lambda one: one.id)
            if one.id not in out
        ],
        "excluded": [
            {"id": one.id, "reason": one.reason}
            for one in sorted(excluded, key=lambda one: (one.id, one.reason))
        ],
        "sizes": dict(sizes),
        "source": dict(source),
    }


def content_digest(content: Mapping[str, Any]) -> str:
    """What is recorded, and may be published, before the seed is known."""
    return digest(canonical(dict(content)))


def ranking_of(content: Mapping[str, Any], seed: str) -> list[Ranked]:
    """Every member with its rank, stratum after stratum."""
    found: list[Ranked] = []
    for stratum, size in sorted(content["sizes"].items()):
        pool = [one["id"] for one in content["members"] if one["stratum"] == stratum]
        found += [Ranked(m.id, m.rank, m.drawn, stratum) for m in draw(pool, size, seed)]
    return found


def faults_of_content(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What makes a content unfit for a draw, in Chinese and English."""
    ids = [one["id"] for one in content["members"]]
    counts: dict[str, int] = {}
    for one in content["members"]:
        counts[one["stratum"]] = counts.get(one["stratum"], 0) + 1
    found = []
    if not ids:
        found.append(("没有可供抽取的对象", "there is nothing to draw from"))
    if len(set(ids)) != len(ids):
        found.append(("名单中有重复的对象", "somebody is in the pool twice"))
    if set(ids) & {one["id"] for one in content["excluded"]}:
        found.append(("回避的对象在名单中", "an excluded member is in the pool"))
    if any(not one["reason"].strip() for one in content["excluded"]):
        found.append(("回避没有写明理由", "an exclusion has no reason"))
    if set(counts) - set(content["sizes"]):
        found.append(("有分层没有抽取数量", "a stratum has no size"))
    for stratum, size in content["sizes"].items():
        if not 0 <= size <= counts.get(stratum, 0):
            zh = f"“{stratum}”只有 {counts.get(stratum, 0)} 个对象，不能抽取 {size} 个"
            found.append((zh, f"stratum {stratum!r} cannot give {size}"))
    return found


def seats_of(ranking: Sequence[Ranked], refused: Collection[str]) -> list[str]:
    """Who is drawn when those who refused are passed over: the next rank of the stratum follows."""
    sizes: dict[str, int] = {}
    for one in ranking:
        sizes[one.stratum] = sizes.get(one.stratum, 0) + one.drawn
    seated: list[str] = []
    for stratum, size in sizes.items():
        willing = [m.id for m in ranking if m.stratum == stratum and m.id not in refused]
        seated += willing[:size]
    return seated


def _lot(seed: str, member: str) -> str:
    return hashlib.sha256(f"{seed}{member}".encode()).hexdigest()
