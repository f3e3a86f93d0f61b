"""Computing a draw again from its file, without database and network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.batches.draws.rules import (
    content_digest,
    faults_of_content,
    ranking_of,
    seats_of,
)
from engine.batches.draws.seeds import (
    COMMITTED,
    NONCES,
    NUMBER,
    REVEALED,
    SYSTEM,
    commitment_of,
    defaulters,
    faults_of_source,
    given_by,
    seed_from,
)

FORMAT = "lucheng-draw-1"
Fault = tuple[str, str]


def verify_document(document: Mapping[str, Any]) -> list[Fault]:
    """What does not hold, in Chinese and English; nothing when the draw can be computed again."""
    try:
        if document["format"] != FORMAT:
            return [("不是抽取记录文件", "this is no file of a draw")]
        return _faults(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return [(f"文件不完整：{error}", f"the file is incomplete: {error}")]


def _faults(document: Mapping[str, Any]) -> list[Fault]:
    content = document["content"]
    found = faults_of_content(content)
    found += faults_of_source(content["source"], date.fromisoformat(document["frozenOn"]))
    if content_digest(content) != document["digest"]:
        found.append(("名单与冻结时的摘要不符", "the content is not what was frozen"))
    if any(one["at"] < document["frozenAt"] for one in document["entries"]):
        found.append(("有录入早于冻结", "something was entered before the freezing"))
    if document["void"] is not None:
        return found + _void_faults(document)
    if document["seed"] is None:
        return found
    if not document["settledAt"] or document["settledAt"] < document["frozenAt"]:
        found.append(("抽取早于冻结", "it was drawn before it was frozen"))
    return found + _seed_faults(document) + _ranking_faults(document)


def _seed_faults(document: Mapping[str, Any]) -> list[Fault]:
    source, entries = document["content"]["source"], document["entries"]
    rows = [{**one, "by": one["party"]} for one in entries]
    if source["kind"] == SYSTEM:
        return []
    found: list[Fault] = []
    if seed_from(source, document["digest"], rows) != document["seed"]:
        found.append(("种子与录入的内容不符", "the seed does not follow from what was entered"))
    if source["kind"] == NUMBER and any(one["day"] < source["day"] for one in entries):
        found.append(("号码的录入早于其产生", "a number was entered before it was out"))
    if source["kind"] == NONCES:
        committed, revealed = given_by(rows, COMMITTED), given_by(rows, REVEALED)
        for party, nonce in revealed.items():
            if commitment_of(document["digest"], party, nonce) != committed.get(party):
                found.append(("公布的随机数与承诺不符", "a nonce is not the one committed"))
    return found


def _ranking_faults(document: Mapping[str, Any]) -> list[Fault]:
    ranking = ranking_of(document["content"], document["seed"])
    found: list[Fault] = []
    if [one.id for one in ranking] != document["ranking"]:
        found.append(("排序与名单、种子不符", "the ranking does not follow from pool and seed"))
    refused = {one["member"] for one in document["refusals"]}
    if seats_of(ranking, refused) != document["seats"]:
        found.append(("抽中的对象与排序不符", "those drawn do not follow from the ranking"))
    return found


def _void_faults(document: Mapping[str, Any]) -> list[Fault]:
    source = document["content"]["source"]
    named = [one["id"] for one in document["void"]["defaulters"]]
    if document["seed"] is not None or document["ranking"] is not None:
        return [("作废的抽取不应有结果", "a void draw has no result")]
    if source["kind"] != NONCES or named != defaulters(source, document["entries"]):
        return [("作废的理由与录入不符", "the reason of the voiding does not hold")]
    return []


def is_settled(document: Mapping[str, Any]) -> bool:
    """Whether the draw of the file has been made, or is void."""
    return document["seed"] is not None or document["void"] is not None
