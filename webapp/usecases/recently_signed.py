"""One re-authentication for ten minutes: the PIN of who signs several items one after another.

It is kept nowhere on the server. The browser carries it sealed under the installation's secret and
its own session, for the person and for ten minutes; without that session the seal does not open.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from engine.actors import Actor
from webapp.product import Product
from webapp.usecases.endorsing import safe_of

LASTS = timedelta(minutes=10)
_NONCE = 12


def seal_pin(product: Product, actor: Actor, session: str, pin: str, until: datetime) -> str:
    """The PIN as the browser carries it; ``session`` is the secret of the session."""
    nonce = secrets.token_bytes(_NONCE)
    moment = until.isoformat()
    sealed = _cipher(product, actor, session).encrypt(nonce, pin.encode(), _bound(actor, moment))
    return f"{moment} {urlsafe_b64encode(nonce + sealed).decode()}"


def open_pin(product: Product, actor: Actor, session: str, carried: str, now: datetime) -> str:
    """The PIN behind it; nothing when it is over, altered, another's or of another session."""
    moment, _, text = carried.partition(" ")
    try:
        if datetime.fromisoformat(moment) <= now:
            return ""
        raw = urlsafe_b64decode(text.encode())
        cipher = _cipher(product, actor, session)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _bound(actor, moment)).decode()
    except (ValueError, TypeError, InvalidTag):
        return ""


def _cipher(product: Product, actor: Actor, session: str) -> ChaCha20Poly1305:
    secret = safe_of(product, actor.tenant_id).secret
    return ChaCha20Poly1305(hashlib.sha256(secret + b"pin " + session.encode()).digest())


def _bound(actor: Actor, moment: str) -> bytes:
    return f"{actor.membership_id} {moment}".encode()
