"""OpenID Connect as a client: where somebody is sent, and who came back (authlib, joserfc).

The code flow with PKCE, a state and a nonce. Of what comes back only the subject counts, from a
token that is signed by the issuer's keys and made for us, now, in answer to this very journey.
The issuer is set by the operator; what it says of its own addresses has to lie on its own host,
and nobody is followed elsewhere.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from engine.errors import Invalid, LuchengError, Unavailable

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512", "EdDSA")
"""Signatures with a key of the issuer's; none that a client secret could make."""
SECONDS = 10
MOST_BYTES = 1 << 20
LEEWAY = 60
LONGEST_SUBJECT = 255
LOCAL = ("127.0.0.1", "localhost", "::1")


class ProviderRefused(LuchengError):
    """What came back does not say who it is, or not to us."""

    code = "identity_provider"

    def __init__(self, why: str) -> None:
        super().__init__("统一身份认证没有通过，请重试", f"the identity was not accepted: {why}")


@dataclass(frozen=True)
class Client:
    """An issuer and what we are called there."""

    issuer: str
    client_id: str
    secret: str


@dataclass(frozen=True)
class Journey:
    """What is kept in the browser while somebody is at the provider."""

    state: str
    nonce: str
    verifier: str


def check_issuer(issuer: str) -> None:
    """Invalid unless it is an https address (or one of this machine, for trials)."""
    parts = urlsplit(issuer)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    if not is_safe or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise Invalid("签发者应为 https 地址", "an issuer is an https address", code="issuer")


def depart(client: Client, back: str) -> tuple[str, Journey]:
    """Where to send somebody, and what to remember until he is back at the address ``back``."""
    journey = Journey(*(secrets.token_urlsafe(32) for _ in range(3)))
    with _session(client, back) as session:
        address, _state = session.create_authorization_url(
            _found(client)["authorization_endpoint"],
            state=journey.state,
            nonce=journey.nonce,
            code_verifier=journey.verifier,
        )
    return str(address), journey


def arrive(
    client: Client, journey: Journey, given: Mapping[str, str], back: str, now: datetime
) -> Mapping[str, Any]:
    """The claims of who came back; ProviderRefused when anything about it is wrong."""
    if not secrets.compare_digest(given.get("state", "").encode(), journey.state.encode()):
        raise ProviderRefused("another state")
    if "code" not in given:
        raise ProviderRefused("no code")
    found = _found(client)
    try:
        with _session(client, back) as session:
            token = session.fetch_token(
                found["token_endpoint"],
                code=given["code"],
                code_verifier=journey.verifier,
                timeout=SECONDS,
                allow_redirects=False,
            )
        keys = KeySet.import_key_set(_fetch(found["jwks_uri"]))
        claims = jwt.decode(str(token["id_token"]), keys, algorithms=list(ALGORITHMS)).claims
    except requests.RequestException as error:
        raise _away() from error
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise ProviderRefused(type(error).__name__) from error
    except Exception as error:  # authlib tells what the provider said in classes of its own
        raise ProviderRefused(type(error).__name__) from error
    _check(claims, client, journey, now)
    return claims


def _check(claims: Mapping[str, Any], client: Client, journey: Journey, now: datetime) -> None:
    """Who says it, to whom, in answer to what, and when."""
    audience = claims.get("aud")
    told = [audience] if isinstance(audience, str) else list(audience or ())
    seconds = now.timestamp()
    subject = claims.get("sub")
    wrong = {
        "issuer": claims.get("iss") != client.issuer,
        "audience": client.client_id not in told,
        "party": len(told) > 1 and claims.get("azp") != client.client_id,
        "nonce": claims.get("nonce") != journey.nonce,
        "expiry": not _number(claims, "exp") > seconds - LEEWAY,
        "issue": not _number(claims, "iat") < seconds + LEEWAY,
        "subject": not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT,
    }
    for what, is_wrong in wrong.items():
        if is_wrong:
            raise ProviderRefused(what)


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProviderRefused(name)
    return float(value)


def _session(client: Client, back: str) -> Any:
    return OAuth2Session(
        client.client_id,
        client.secret,
        scope="openid profile",
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _found(client: Client) -> dict[str, str]:
    """What the issuer says of itself; each address has to lie on its own host."""
    told = _fetch(f"{client.issuer.rstrip('/')}/.well-known/openid-configuration")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    home = urlsplit(client.issuer)
    for name in names:
        parts = urlsplit(str(told.get(name, "")))
        if (parts.scheme, parts.netloc) != (home.scheme, home.netloc):
            raise ProviderRefused(f"{name} lies elsewhere")
    if told.get("issuer") != client.issuer:
        raise ProviderRefused("another issuer")
    return {name: str(told[name]) for name in names}


def _fetch(address: str) -> Any:
    try:
        with requests.get(address, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
            if answer.status_code != requests.codes.ok:
                raise _away()
            body = answer.raw.read(MOST_BYTES + 1, decode_content=True)
    except requests.RequestException as error:
        raise _away() from error
    if len(body) > MOST_BYTES:
        raise _away()
    try:
        return json.loads(body)
    except ValueError as error:
        raise ProviderRefused("no JSON") from error


def _away() -> Unavailable:
    return Unavailable("统一身份认证暂不可用，请稍后再试", "the identity provider does not answer")
