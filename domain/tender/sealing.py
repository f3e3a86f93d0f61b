"""Sealing, pure: bids nobody can read before any two of three opening officers act together.

A *box* is X25519 to a fresh key, HKDF-SHA256, ChaCha20-Poly1305; what it belongs to is bound in.
A tender has one opening key. Its private half is kept only inside nested boxes, one for each order
of two officers: the outer opens to the first, what is in it to the second. An officer's own
private half opens with his passphrase, which is stored nowhere.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.canonical import canonical
from engine.errors import Forbidden, Invalid

MAGIC = b"LCB1"
"""Stands before every box: its format."""
EXACT_KEY_BYTES = 32
EXACT_NONCE_BYTES = 12
EXACT_SALT_BYTES = 16
EXACT_OFFICERS = 3
LEAST_ROUNDS = 3
LEAST_MEMORY = 65_536
LEAST_PASSPHRASE = 12


class SealBroken(Invalid):
    """A box does not open: another key, another tender or bidder, or an altered byte."""

    code = "seal_broken"

    def __init__(self) -> None:
        super().__init__(
            "密封件无法解封：密钥不符或内容已被改动",
            "the seal does not open: the key is another one or the content was altered",
        )


class PassphraseWrong(Forbidden):
    """An officer's key does not open with this passphrase."""

    code = "passphrase_wrong"

    def __init__(self) -> None:
        super().__init__("开标口令不正确", "the opening passphrase is wrong")


@dataclass(frozen=True)
class Effort:
    """What a guess at a passphrase costs (argon2id): rounds and memory in KiB."""

    rounds: int = LEAST_ROUNDS
    memory: int = LEAST_MEMORY


@dataclass(frozen=True)
class BoxKey:
    """A key to which boxes are made: its public half as hex, its private half in memory only."""

    public: str
    private: bytes


def make_box_key() -> BoxKey:
    """A new key."""
    return box_key_of(X25519PrivateKey.generate().private_bytes_raw())


def box_key_of(private: bytes) -> BoxKey:
    """The key with this private half."""
    try:
        half = X25519PrivateKey.from_private_bytes(private)
    except ValueError as error:
        raise SealBroken from error
    return BoxKey(half.public_key().public_bytes_raw().hex(), private)


def make_box(public: str, content: bytes, belongs: Mapping[str, Any]) -> bytes:
    """The content sealed to a public key and bound to what it belongs to."""
    return box_with(make_box_key(), public, content, belongs)


def box_with(fresh: BoxKey, public: str, content: bytes, belongs: Mapping[str, Any]) -> bytes:
    """A box made with a given fresh key; one that was ever used before is no longer fresh."""
    head = MAGIC + bytes.fromhex(fresh.public)
    cipher, nonce = _cipher(fresh.private, public, head, public)
    return head + cipher.encrypt(nonce, content, head + canonical(belongs))


def open_box(key: BoxKey, box: bytes, belongs: Mapping[str, Any]) -> bytes:
    """What was sealed; SealBroken when key, belonging or any byte is not the one."""
    size = len(MAGIC) + EXACT_KEY_BYTES
    head, sealed = box[:size], box[size:]
    if len(head) < size or not head.startswith(MAGIC):
        raise SealBroken
    cipher, nonce = _cipher(key.private, head[len(MAGIC) :].hex(), head, key.public)
    try:
        return cipher.decrypt(nonce, sealed, head + canonical(belongs))
    except InvalidTag as error:
        raise SealBroken from error


def _cipher(private: bytes, other: str, head: bytes, to: str) -> tuple[ChaCha20Poly1305, bytes]:
    """Key and nonce both follow from the exchange, which no two boxes share."""
    try:
        half = X25519PublicKey.from_public_bytes(bytes.fromhex(other))
        shared = X25519PrivateKey.from_private_bytes(private).exchange(half)
    except ValueError as error:  # a point of low order, made to give a known secret
        raise SealBroken from error
    made = HKDF(
        algorithm=SHA256(),
        length=EXACT_KEY_BYTES + EXACT_NONCE_BYTES,
        salt=head + bytes.fromhex(to),
        info=b"lucheng tender box",
    ).derive(shared)
    return ChaCha20Poly1305(made[:EXACT_KEY_BYTES]), made[EXACT_KEY_BYTES:]


# ---------------------------------------------------------------- bids


def seal_bid(opening: str, content: bytes, tender: str, body: str) -> bytes:
    """A bid as it is kept: for this tender and this body only."""
    return make_box(opening, content, _bid(tender, body))


def open_bid(opening: BoxKey, sealed: bytes, tender: str, body: str) -> bytes:
    """What the body bid; SealBroken for a bid of another body or to another tender."""
    return open_box(opening, sealed, _bid(tender, body))


def address_of(sealed: bytes) -> str:
    """By what a sealed bid is known: the digest of what is kept, not of what it says."""
    return hashlib.sha256(sealed).hexdigest()


def _bid(tender: str, body: str) -> dict[str, str]:
    return {"purpose": "bid", "tender": tender, "body": body}


# ---------------------------------------------------------------- the opening key


def share_key(
    opening: BoxKey, officers: Mapping[str, str], tender: str
) -> dict[tuple[str, str], bytes]:
    """The private half for every order of two officers; ``officers`` are names to public keys."""
    if len(officers) != EXACT_OFFICERS or len(set(officers.values())) != EXACT_OFFICERS:
        raise Invalid(
            "开标人须为三名不同的人员", "three different officers open a tender", code="officers"
        )
    shares = {}
    for first, second in permutations(officers, 2):
        belongs = _share(tender, first, second)
        inner = make_box(officers[second], opening.private, {**belongs, "half": "inner"})
        shares[first, second] = make_box(officers[first], inner, {**belongs, "half": "outer"})
    return shares


def open_outer(key: BoxKey, share: bytes, tender: str, first: str, second: str) -> bytes:
    """What the first officer leaves for the second; he cannot read it himself."""
    return open_box(key, share, {**_share(tender, first, second), "half": "outer"})


def open_inner(key: BoxKey, left: bytes, tender: str, first: str, second: str) -> BoxKey:
    """The opening key, from what the first officer left and the key of the second."""
    return box_key_of(open_box(key, left, {**_share(tender, first, second), "half": "inner"}))


def _share(tender: str, first: str, second: str) -> dict[str, str]:
    return {"purpose": "share", "tender": tender, "first": first, "second": second}


# ---------------------------------------------------------------- the officers' own keys


def check_passphrase(passphrase: str, again: str) -> None:
    """Raise Invalid unless the passphrase is long, varied and typed alike twice."""
    said = ""
    if len(passphrase) < LEAST_PASSPHRASE or len(set(passphrase)) * 2 < LEAST_PASSPHRASE:
        said = f"开标口令至少 {LEAST_PASSPHRASE} 个字符，且不能只是几个字符的重复"
    elif passphrase != again:
        said = "两次输入的开标口令不一致"
    if said:
        errors = [{"field": "passphrase", "message": said}]
        raise Invalid(said, "the passphrase is too weak or differs", errors=errors)


def wrap_key(key: BoxKey, passphrase: str, effort: Effort) -> dict[str, Any]:
    """The private half as it is stored; slow on purpose, never called inside a transaction."""
    salt, nonce = secrets.token_bytes(EXACT_SALT_BYTES), secrets.token_bytes(EXACT_NONCE_BYTES)
    cipher = ChaCha20Poly1305(_slow(passphrase, salt, effort))
    return {
        "salt": salt.hex(),
        "rounds": effort.rounds,
        "memory": effort.memory,
        "nonce": nonce.hex(),
        "sealed": cipher.encrypt(nonce, key.private, bytes.fromhex(key.public)).hex(),
    }


def unwrap_key(public: str, wrapped: Mapping[str, Any], passphrase: str) -> BoxKey:
    """The officer's key; PassphraseWrong when it does not open. As slow as wrapping."""
    effort = Effort(wrapped["rounds"], wrapped["memory"])
    cipher = ChaCha20Poly1305(_slow(passphrase, bytes.fromhex(wrapped["salt"]), effort))
    nonce, sealed = bytes.fromhex(wrapped["nonce"]), bytes.fromhex(wrapped["sealed"])
    try:
        return BoxKey(public, cipher.decrypt(nonce, sealed, bytes.fromhex(public)))
    except InvalidTag as error:
        raise PassphraseWrong from error


def _slow(passphrase: str, salt: bytes, effort: Effort) -> bytes:
    typed = passphrase.encode()
    return hash_secret_raw(typed, salt, effort.rounds, effort.memory, 1, EXACT_KEY_BYTES, Type.ID)
