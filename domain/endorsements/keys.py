"""Keys, pure: made, wrapped, unwrapped; statements signed and checked with them.

Ed25519. The private half of a person's key opens only with his PIN *and* the secret of the
installation; that of a tenant with the secret alone. Neither secret nor PIN is ever stored.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.canonical import canonical
from engine.errors import Forbidden, Unavailable

ALGORITHM = "Ed25519"
PREFIX = b"lucheng signature 1\n"
"""Stands before everything that is signed: a signature is good for nothing else."""
LEAST_ROUNDS = 2
LEAST_MEMORY = 19_456
EXACT_KEY_BYTES = 32
EXACT_SALT_BYTES = 16
EXACT_NONCE_BYTES = 12
EXACT_NAME_LENGTH = 32
EXACT_CODE_LENGTH = 24


class KeyClosed(Forbidden):
    """A wrapped key does not open: the PIN is wrong, or the secret is another one."""

    code = "pin_wrong"

    def __init__(self) -> None:
        super().__init__("签字 PIN 不正确", "the signing PIN is wrong")


class SecretChanged(Unavailable):
    """The tenant's key was wrapped with another secret than the installation has now."""

    code = "signing_secret"

    def __init__(self) -> None:
        super().__init__(
            "签字密钥的服务器密钥与保存时不同，请联系运维人员",
            "the signing secret is not the one the tenant's key was kept with",
        )


@dataclass(frozen=True)
class Effort:
    """What a guess at a PIN costs (argon2id): rounds and memory in KiB."""

    rounds: int = LEAST_ROUNDS
    memory: int = LEAST_MEMORY


@dataclass(frozen=True)
class KeyPair:
    """A key that is open: its public half as hex, and its private half in memory only."""

    public: str
    seed: bytes

    @property
    def id(self) -> str:
        """What the key is called wherever it is named."""
        return key_id(self.public)

    def sign(self, statement: Mapping[str, Any]) -> str:
        """The signature over a statement, as hex; the same statement always gives the same."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(_signed(statement)).hex()


def make_key() -> KeyPair:
    """A new key."""
    private = Ed25519PrivateKey.generate()
    return KeyPair(private.public_key().public_bytes_raw().hex(), private.private_bytes_raw())


def key_id(public: str) -> str:
    """The name of a key, computed from its public half."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:EXACT_NAME_LENGTH]


def code_of(signature: str) -> str:
    """The code on a sheet that leads to a signature; nobody guesses one."""
    return hashlib.sha256(bytes.fromhex(signature)).hexdigest()[:EXACT_CODE_LENGTH]


def is_signed(statement: Mapping[str, Any], signature: str, public: str) -> bool:
    """Whether the signature over a statement was made with the private half of this key.

    A signature is written in one way only: small letters, nothing between them.
    """
    try:
        if bytes.fromhex(signature).hex() != signature:
            return False
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), _signed(statement))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(statement: Mapping[str, Any]) -> bytes:
    return PREFIX + canonical(statement)


def wrap_with_pin(pair: KeyPair, pin: str, secret: bytes, effort: Effort) -> dict[str, Any]:
    """The private half as it is stored; slow on purpose, never called inside a transaction."""
    salt = secrets.token_bytes(EXACT_SALT_BYTES)
    facts = {"salt": salt.hex(), "rounds": effort.rounds, "memory": effort.memory}
    return _seal(pair, _of_pin(pin, salt, secret, effort), facts)


def unwrap_with_pin(public: str, wrapped: Mapping[str, Any], pin: str, secret: bytes) -> KeyPair:
    """The open key; KeyClosed when PIN or secret is wrong. As slow as wrapping."""
    effort = Effort(wrapped["rounds"], wrapped["memory"])
    key = _of_pin(pin, bytes.fromhex(wrapped["salt"]), secret, effort)
    return _open(public, wrapped, key)


def wrap_with_secret(pair: KeyPair, secret: bytes) -> dict[str, Any]:
    """The private half of a tenant's key as it is stored."""
    return _seal(pair, _derived(secret, b"tenant key"), {})


def unwrap_with_secret(public: str, wrapped: Mapping[str, Any], secret: bytes) -> KeyPair:
    """The open key of a tenant; SecretChanged when it was wrapped with another secret."""
    try:
        return _open(public, wrapped, _derived(secret, b"tenant key"))
    except KeyClosed as error:
        raise SecretChanged from error


def secret_for(secret: str, tenant: str) -> bytes:
    """The secret of one tenant, derived from that of the installation."""
    return _derived(secret.encode(), b"tenant " + tenant.encode())


def mark_of(secret: bytes, case_id: str) -> str:
    """A salt by which a case is known in checkpoints; nobody computes it without the secret."""
    return _derived(secret, b"case " + case_id.encode()).hex()


def _of_pin(pin: str, salt: bytes, secret: bytes, effort: Effort) -> bytes:
    slow = hash_secret_raw(
        pin.encode(), salt, effort.rounds, effort.memory, 1, EXACT_KEY_BYTES, Type.ID
    )
    return _derived(slow + secret, b"signing key")


def _derived(material: bytes, purpose: bytes) -> bytes:
    info = b"lucheng " + purpose
    return HKDF(algorithm=SHA256(), length=EXACT_KEY_BYTES, salt=None, info=info).derive(material)


def _seal(pair: KeyPair, key: bytes, facts: Mapping[str, Any]) -> dict[str, Any]:
    nonce = secrets.token_bytes(EXACT_NONCE_BYTES)
    sealed = ChaCha20Poly1305(key).encrypt(nonce, pair.seed, bytes.fromhex(pair.public))
    return {**facts, "nonce": nonce.hex(), "sealed": sealed.hex()}


def _open(public: str, wrapped: Mapping[str, Any], key: bytes) -> KeyPair:
    nonce, sealed = bytes.fromhex(wrapped["nonce"]), bytes.fromhex(wrapped["sealed"])
    try:
        seed = ChaCha20Poly1305(key).decrypt(nonce, sealed, bytes.fromhex(public))
    except InvalidTag as error:
        raise KeyClosed from error
    return KeyPair(public, seed)
