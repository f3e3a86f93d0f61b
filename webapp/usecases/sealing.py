"""Secrets in rows: encrypted by the installation's secret, for one purpose and one owner."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import Conflict
from webapp.settings import Settings, signing_secret_of


def sealed(settings: Settings, purpose: bytes, secret: str) -> str:
    """A secret as it is kept; ``purpose`` says what it is for and whose it is."""
    return _seal(settings, purpose).encrypt(secret.encode()).decode()


def opened(settings: Settings, purpose: bytes, kept: str) -> str:
    """The secret again; Conflict when the installation's secret is another one now."""
    try:
        return _seal(settings, purpose).decrypt(kept.encode()).decode()
    except InvalidToken as error:
        raise Conflict(
            "密钥已不能打开，请管理员重新填写", "the secret can no longer be opened"
        ) from error


def _seal(settings: Settings, purpose: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(
        signing_secret_of(settings).encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
