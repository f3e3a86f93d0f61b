"""Checkpoints, pure: what a tenant says every hour of the heads of its cases, and what that proves.

A checkpoint names the cases that moved since the one before, each under a mark that only who has
the case can compute, with the length of its history and a salted seal of its head. Each holds the
digest of the one before, so that none can be taken out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from domain.endorsements.keys import KeyPair
from engine.canonical import canonical, digest
from engine.errors import Invalid

FORMAT = "lucheng-checkpoints-1"


@dataclass(frozen=True)
class Head:
    """The end of one case's history; ``salt`` is the case's own and stands in its exports."""

    salt: str
    seq: int
    hash: str


def mark_of_case(salt: str) -> str:
    """Under what a case is named; nothing of the case can be told from it."""
    return _sum(f"{salt}|case")


def seal_of_head(salt: str, seq: int, head: str) -> str:
    """What a checkpoint says of the head at a length of the history."""
    return _sum(f"{salt}|{seq}|{head}")


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_checkpoint(
    tenant: str, number: int, at: datetime, previous: str, heads: Iterable[Head]
) -> dict[str, Any]:
    """The statement of a checkpoint, to be signed; ``previous`` is the digest of the one before."""
    named = [[mark_of_case(h.salt), h.seq, seal_of_head(h.salt, h.seq, h.hash)] for h in heads]
    return {
        "kind": "checkpoint",
        "tenant": tenant,
        "number": number,
        "at": at.isoformat(),
        "previous": previous,
        "heads": sorted(named),
    }


def signed_checkpoint(body: Mapping[str, Any], pair: KeyPair) -> dict[str, Any]:
    """A checkpoint as it is published."""
    return {"body": dict(body), "key": pair.id, "signature": pair.sign(body)}


def digest_of(signed: Mapping[str, Any]) -> str:
    """What the next checkpoint says of this one."""
    return digest(canonical(signed["body"]))


def are_chained(checkpoints: Sequence[Mapping[str, Any]]) -> bool:
    """Whether those that follow each other by number follow each other by digest."""
    ordered = sorted(checkpoints, key=lambda one: int(one["body"]["number"]))
    return all(
        second["body"]["previous"] == digest_of(first)
        for first, second in pairwise(ordered)
        if second["body"]["number"] == first["body"]["number"] + 1
    )


@dataclass(frozen=True)
class Named:
    """What the checkpoints say of one case: its length at a moment, and the seal of its head."""

    seq: int
    seal: str
    at: str


def newest_of(checkpoints: Iterable[Mapping[str, Any]], salt: str) -> Named | None:
    """What was said of a case last; None when no checkpoint names it."""
    mark = mark_of_case(salt)
    found = [
        Named(seq, seal, one["body"]["at"])
        for one in checkpoints
        for name, seq, seal in one["body"]["heads"]
        if name == mark
    ]
    return max(found, key=lambda named: (named.at, named.seq), default=None)


class CheckpointUnreadable(Invalid):
    """A file of checkpoints is none."""

    code = "checkpoint_unreadable"

    def __init__(self) -> None:
        super().__init__("检查点文件无法读取", "the checkpoint file cannot be read")


def checkpoints_in(given: Any) -> list[Mapping[str, Any]]:
    """The checkpoints in a published page, or the only one in a file; CheckpointUnreadable."""
    try:
        rows = [given] if "body" in given else list(given["checkpoints"])
        for row in rows:
            body = row["body"]
            names = (row["key"], row["signature"], body["kind"], body["tenant"], body["previous"])
            heads = [(str(mark), int(seq), str(seal)) for mark, seq, seal in body["heads"]]
            if not all(isinstance(name, str) for name in names) or len(heads) != len(body["heads"]):
                raise CheckpointUnreadable
            datetime.fromisoformat(body["at"])
            int(body["number"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointUnreadable from error
    return rows
