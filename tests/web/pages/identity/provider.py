"""A small OpenID provider of our own, on authlib's server parts: codes, PKCE, signed tokens."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "lucheng", "a secret between two"


@dataclass
class Person:
    """Who is signed in at the provider, and what it says of him."""

    sub: str = "person-1"
    name: str = "乌兰"
    claims: dict[str, Any] = field(default_factory=dict)

    def get_user_id(self) -> str:
        return self.sub


@dataclass
class Provider:
    """The running provider; ``person`` is who comes next, ``lies`` change what it says."""

    issuer: str = ""
    person: Person = field(default_factory=Person)
    lies: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    codes: dict[str, Any] = field(default_factory=dict)


class Registered:
    """The one client there is."""

    client_id = CLIENT

    def __init__(self, back: str) -> None:
        self._back = back

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self._back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == self._back

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


class Code:
    """A code that was given out."""

    auth_time = 1

    def __init__(self, asked: Any, person: Person) -> None:
        data = asked.payload.data
        self.redirect_uri, self.scope = data.get("redirect_uri"), asked.payload.scope
        self.nonce, self.person = data.get("nonce"), person
        self.code_challenge = data.get("code_challenge")
        self.code_challenge_method = data.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str:
        return str(self.nonce)

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


def grant_of(provider: Provider) -> type[AuthorizationCodeGrant]:
    """How codes are given out and taken back."""

    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, asked: Any) -> None:
            provider.codes[code] = Code(asked, provider.person)

        def query_authorization_code(self, code: str, _client: Any) -> Any:
            return provider.codes.get(code)

        def delete_authorization_code(self, code: Any) -> None:
            provider.codes = {k: v for k, v in provider.codes.items() if v is not code}

        def authenticate_user(self, code: Any) -> Person:
            found: Person = code.person
            return found

    return Grant


def tokens_of(provider: Provider) -> OpenIDCode:
    """What the provider signs, and what it says in it."""

    class Tokens(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, _nonce: str, _request: Any) -> bool:
            return False

        def resolve_client_private_key(self, _client: Any) -> Any:
            return provider.lies.get("key", provider.key)

        def get_client_algorithm(self, _client: Any) -> str:
            return "RS256"

        def get_encode_header(self, _client: Any) -> dict[str, str]:
            return {"alg": "RS256", "kid": "one"}

        def get_client_claims(self, _client: Any) -> dict[str, Any]:
            lasts = int(time.time()) + int(provider.lies.get("lasts", 3600))
            issuer = provider.lies.get("issuer", provider.issuer)
            return {"iss": issuer, "aud": provider.lies.get("aud", [CLIENT]), "exp": lasts}

        def generate_user_info(self, user: Person, _scope: str) -> UserInfo:
            return UserInfo(sub=user.sub, name=user.name, **user.claims)

    return Tokens(require_nonce=True)


def application(provider: Provider, back: str) -> Flask:
    """The provider's own pages."""
    app = Flask("provider")
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": 300}

    server = AuthorizationServer(
        app,
        query_client=lambda name: Registered(back) if name == CLIENT else None,
        save_token=lambda _token, _request: None,
    )
    server.register_grant(grant_of(provider), [tokens_of(provider), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def about() -> Any:
        home = provider.issuer
        told = {"issuer": home, "jwks_uri": f"{home}/keys", "token_endpoint": f"{home}/token"}
        told["authorization_endpoint"] = f"{home}/authorize"
        return jsonify({**told, **provider.lies.get("about", {})})

    @app.get("/keys")
    def keys() -> Any:
        return jsonify({"keys": [provider.key.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=provider.person)
        return server.create_authorization_response(grant_user=provider.person, grant=grant)

    @app.post("/token")
    def token() -> Any:
        if "nonce" in provider.lies:
            for code in provider.codes.values():
                code.nonce = provider.lies["nonce"]
        return server.create_token_response(request)

    return app


@contextmanager
def running_provider(back: str) -> Iterator[Provider]:
    """A provider on a port of this machine."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, application(provider, back), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
