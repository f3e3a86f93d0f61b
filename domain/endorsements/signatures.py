"""The signatures in a case file: each for the very record, by a key certified at that time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.endorsements.keys import is_signed, key_id
from domain.endorsements.rules import Given, Submitted, holds_at, void_of
from domain.endorsements.trust import Trust
from domain.endorsements.verdict import Found, SignedBy


class Signatures:
    """Checks the signatures of one file; ``good`` are those that hold."""

    def __init__(self, manifest: Any, trust: Trust, certificates: Sequence[Any]) -> None:
        self._manifest, self._trust = manifest, trust
        self._certificates = certificates
        self._keys = {one["statement"]["key"]: one["statement"] for one in certificates}
        self.good: list[SignedBy] = []

    def check(
        self, facts: Sequence[Any], listed: Sequence[Any], *, is_short: bool
    ) -> Iterator[Found]:
        """Everything that does not hold about signatures and certificates."""
        yield from self._check_certificates()
        told = [
            {"seq": fact["seq"], **fact["content"]["endorsement"]}
            for fact in facts
            if (fact["content"] or {}).get("endorsement") is not None
        ]
        if told != listed[: len(told)] or (len(listed) > len(told) and not is_short):
            yield Found("endorsement", "endorsements.json")
        by_seq = {fact["seq"]: fact for fact in facts}
        for one in told:
            yield from self._check_one(one, by_seq)
        used = {one["statement"]["key"] for one in listed}
        strays = self._keys.keys() - used or len(self._certificates) != len(self._keys)
        if used - self._keys.keys() or (strays and not is_short):
            yield Found("certificate", "certificates.json")
        if not is_short and self._manifest["revoked"].keys() - used:
            yield Found("certificate", "revoked")

    def _check_certificates(self) -> Iterator[Found]:
        for one in self._certificates:
            statement = one["statement"]
            at = datetime.fromisoformat(statement["from"])
            fault = self._trust.fault_of(statement, one["key"], one["signature"], at)
            is_certificate = statement["kind"] == "certificate" and len(one) == len(_CERTIFICATE)
            if fault or not is_certificate or key_id(statement["public"]) != statement["key"]:
                yield Found("certificate", statement["name"])

    def _check_one(self, one: Mapping[str, Any], by_seq: Mapping[int, Any]) -> Iterator[Found]:
        said, where = one["statement"], f"#{one['seq']}"
        certificate = self._keys.get(said["key"])
        if certificate is None:
            yield Found("certificate", where)
            return
        if not is_signed(said, one["signature"], certificate["public"]):
            yield Found("endorsement", where)
            return
        if not self._is_for(said, by_seq, by_seq[one["seq"]]):
            yield Found("endorsement", where)
            return
        if not self._is_in_force(said, certificate):
            yield Found("signer_key", where)
            return
        signer, void = said["signer"], void_of(_given(said), _submitted(by_seq.values()))
        facts = (signer["name"], signer["as"], said["step"], said["at"], said["key"])
        self.good.append(SignedBy(*facts, is_void=void is not None))

    def _is_for(self, said: Any, by_seq: Mapping[int, Any], fact: Any) -> bool:
        """Whether the statement speaks of this case, this step, this record, this history."""
        case, (after, head) = self._manifest["case"], said["after"]
        before = by_seq.get(after)
        known = {
            (record, digest)
            for earlier in by_seq.values()
            if earlier["seq"] <= after
            for record, digest in (earlier["content"] or {}).get("records", ())
        }
        return (
            said["kind"] == "endorsement"
            and (said["tenant"], said["case"], said["number"])
            == (self._manifest["tenant"], case["id"], case["number"])
            and (said["element"], said["item"]) == (fact["element"], fact["item_id"])
            and said["record"] in fact["content"].get("records", ())
            and said["signer"]["member"] == fact["actor"]
            and after < fact["seq"]
            and before is not None
            and before["hash"] == head
            and all((record, digest) in known for _element, record, digest in said["covers"])
        )

    def _is_in_force(self, said: Any, certificate: Any) -> bool:
        at, revoked = datetime.fromisoformat(said["at"]), self._manifest["revoked"].get(said["key"])
        return certificate["member"] == said["signer"]["member"] and holds_at(
            datetime.fromisoformat(certificate["from"]),
            datetime.fromisoformat(certificate["to"]),
            None if revoked is None else datetime.fromisoformat(revoked),
            at,
        )


def _given(said: Any) -> Given:
    return Given(
        record=UUID(said["record"][0]),
        element=said["element"],
        is_one_of_many=said["many"],
        signer=UUID(said["signer"]["member"]),
        covers=[(element, UUID(record)) for element, record, _digest in said["covers"]],
        at=datetime.fromisoformat(said["at"]),
    )


def _submitted(facts: Iterable[Any]) -> Iterator[Submitted]:
    """The records of the case as its history tells of them."""
    for fact in facts:
        by = None if fact["actor"] is None else UUID(fact["actor"])
        for record, _digest in (fact["content"] or {}).get("records", ()):
            at = datetime.fromisoformat(fact["at"])
            yield Submitted(UUID(record), fact["element"], by, at)


_CERTIFICATE = ("statement", "key", "signature")
