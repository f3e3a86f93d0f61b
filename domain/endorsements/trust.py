"""The trust file: the keys of a tenant that an outsider relies on, and whether one may sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.endorsements.keys import is_signed, key_id
from domain.endorsements.rules import holds_at
from engine.errors import Invalid

FORMAT = "lucheng-keys-1"


class TrustUnreadable(Invalid):
    """The trust file is none."""

    code = "trust_unreadable"

    def __init__(self) -> None:
        super().__init__("信任文件无法读取", "the trust file cannot be read")


@dataclass(frozen=True)
class TrustedKey:
    """One key and when it may sign."""

    public: str
    valid_from: datetime
    valid_to: datetime
    revoked: datetime | None


@dataclass(frozen=True)
class Trust:
    """Whom an outsider believes: the keys of one tenant, by name."""

    tenant: str
    keys: Mapping[str, TrustedKey]

    def fault_of(self, statement: Mapping[str, Any], key: str, signature: str, at: datetime) -> str:
        """Why a signature is not believed: ``foreign``, ``key_time``, ``signature``; else empty."""
        known = self.keys.get(key)
        if known is None or statement.get("tenant") != self.tenant:
            return "foreign"
        if not is_signed(statement, signature, known.public):
            return "signature"
        good = holds_at(known.valid_from, known.valid_to, known.revoked, at)
        return "" if good else "key_time"


def read_trust(given: Any) -> Trust:
    """The trust in a trust file as parsed; TrustUnreadable when it is none."""
    try:
        if given["format"] != FORMAT:
            raise TrustUnreadable
        keys = {row["key"]: _key(row) for row in given["keys"]}
        return Trust(str(given["tenant"]), keys)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TrustUnreadable from error


def _key(row: Mapping[str, Any]) -> TrustedKey:
    if key_id(row["public"]) != row["key"]:
        raise TrustUnreadable
    revoked = row["revoked"]
    return TrustedKey(
        public=row["public"],
        valid_from=datetime.fromisoformat(row["from"]),
        valid_to=datetime.fromisoformat(row["to"]),
        revoked=None if revoked is None else datetime.fromisoformat(revoked),
    )
