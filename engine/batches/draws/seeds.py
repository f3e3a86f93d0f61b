"""Where chance comes from: a public number of a later day, nonces of several parties, or the node.

Every source but ``system`` is outside the hands of each single person here. Of a public number the
freezer knows nothing yet; of the nonces each party knows its own only, and has bound itself to it
before it sees another.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from engine.canonical import canonical, digest
from engine.errors import Invalid

SYSTEM, NUMBER, NONCES = "system", "public-number", "commit-reveal"
KINDS = (NUMBER, NONCES, SYSTEM)

ENTERED, COMMITTED, REVEALED = "number", "commit", "reveal"
LEAST_DIGITS = 10
"""A short number could be tried out before the pool is frozen: few results, each known."""
PEOPLE_TO_AGREE = 2
_HEX_32_BYTES = re.compile(r"[0-9a-f]{64}")


def system_source() -> dict[str, Any]:
    """The node's own chance, made after the content was frozen."""
    return {"kind": SYSTEM}


def number_source(name: str, day: date) -> dict[str, Any]:
    """A number that somebody else publishes on a later day, such as a lottery's."""
    return {"kind": NUMBER, "name": name.strip(), "day": day.isoformat()}


def nonce_source(
    parties: Mapping[str, str],
    commit_until: datetime,
    reveal_until: datetime,
    fallback: tuple[str, int],
) -> dict[str, Any]:
    """Nonces of several parties (id and name); ``fallback`` is the public number of a repeat."""
    name, days = fallback
    return {
        "kind": NONCES,
        "parties": [{"id": id, "name": name} for id, name in sorted(parties.items())],
        "commitUntil": commit_until.isoformat(),
        "revealUntil": reveal_until.isoformat(),
        "fallback": {"name": name.strip(), "days": days},
    }


def faults_of_source(source: Mapping[str, Any], frozen_on: date) -> list[tuple[str, str]]:
    """Why chance may not come from there, in Chinese and English."""
    kind = source["kind"]
    if kind == NUMBER:
        return _number_faults(source, frozen_on)
    if kind == NONCES:
        return _nonce_faults(source)
    return [] if kind == SYSTEM else [("没有这种种子来源", "there is no such source of chance")]


def _number_faults(source: Mapping[str, Any], frozen_on: date) -> list[tuple[str, str]]:
    found = []
    if not source["name"]:
        found.append(("请写明使用哪一个公开号码", "name the public number"))
    if date.fromisoformat(source["day"]) <= frozen_on:
        found.append(
            ("公开号码须在名单冻结之后的日期产生", "the number must be of a day after the freezing")
        )
    return found


def _nonce_faults(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    if len(source["parties"]) < PEOPLE_TO_AGREE:
        found.append(("至少须有两方提供随机数", "at least two parties give nonces"))
    if source["commitUntil"] >= source["revealUntil"]:
        found.append(("公布期限须晚于承诺期限", "nonces are revealed after they are committed"))
    if not source["fallback"]["name"] or source["fallback"]["days"] < 1:
        found.append(
            ("请写明作废后使用的公开号码", "name the public number of a repeat, of a later day")
        )
    return found


def read_number(typed: str) -> str:
    """A published number as it is compared: its digits in groups; Invalid when it is too short."""
    groups = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", typed))
    if sum(map(len, groups)) < LEAST_DIGITS:
        said = f"公开号码至少 {LEAST_DIGITS} 位数字"
        raise Invalid(
            said,
            f"a public number has at least {LEAST_DIGITS} digits",
            code="short_number",
            errors=[{"field": "value", "message": said}],
        )
    return " ".join(groups)


def read_hex(typed: str) -> str:
    """32 bytes written as 64 hexadecimal digits; Invalid when it is anything else."""
    text = typed.strip().lower()
    if not _HEX_32_BYTES.fullmatch(text):
        said = "应为 64 位十六进制（32 字节）"
        raise Invalid(
            said,
            "64 hexadecimal digits (32 bytes) are expected",
            code="not_32_bytes",
            errors=[{"field": "value", "message": said}],
        )
    return text


def commitment_of(frozen_digest: str, party: str, nonce: str) -> str:
    """What a party says before the others reveal; it fits this draw and this party only."""
    return hashlib.sha256(f"{frozen_digest}:{party}:{nonce}".encode()).hexdigest()


def seed_of_number(frozen_digest: str, number: str) -> str:
    """The seed that a public number gives this draw."""
    return digest(canonical({"draw": frozen_digest, "number": number}))


def seed_of_nonces(frozen_digest: str, nonces: Mapping[str, str]) -> str:
    """The seed that the nonces of all parties give this draw."""
    return digest(canonical({"draw": frozen_digest, "nonces": dict(sorted(nonces.items()))}))


def agreed_number(entries: Iterable[Mapping[str, Any]]) -> str | None:
    """The number that two people entered alike; of each person the last entry counts."""
    latest: dict[str, str] = {}
    for one in entries:
        if one["kind"] == ENTERED:
            latest[str(one["by"])] = one["value"]
    numbers = list(latest.values())
    return next((n for n in numbers if numbers.count(n) >= PEOPLE_TO_AGREE), None)


def given_by(entries: Iterable[Mapping[str, Any]], kind: str) -> dict[str, str]:
    """What each party committed or revealed."""
    return {one["party"]: one["value"] for one in entries if one["kind"] == kind}


def seed_from(
    source: Mapping[str, Any], frozen_digest: str, entries: Iterable[Mapping[str, Any]]
) -> str | None:
    """The seed that is complete by what was entered; None while something is missing.

    Not for the source ``system``, whose seed nobody can compute.
    """
    rows = list(entries)
    if source["kind"] == NUMBER:
        number = agreed_number(rows)
        return None if number is None else seed_of_number(frozen_digest, number)
    nonces = given_by(rows, REVEALED)
    if set(nonces) != {one["id"] for one in source["parties"]}:
        return None
    return seed_of_nonces(frozen_digest, nonces)


def defaulters(source: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """The parties that did not commit or, when all did, that did not reveal."""
    rows = list(entries)
    parties = [one["id"] for one in source["parties"]]
    committed = given_by(rows, COMMITTED)
    silent = [party for party in parties if party not in committed]
    return silent or [party for party in parties if party not in given_by(rows, REVEALED)]
