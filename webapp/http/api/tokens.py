"""Bearer tokens: who is asking, and in which tenant."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request
from flask.views import MethodView
from flask_limiter.util import get_remote_address

from engine.actors import Actor
from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.frame import check_place, now, product
from webapp.http.metrics import bind_person
from webapp.usecases.access import TOKEN, Access, end_access, end_tokens, list_access
from webapp.usecases.identity import TokenRefused, token_actor
from webapp.usecases.sign_in import Credentials, Origin
from webapp.usecases.sign_in_steps import issue_token

blueprint = ApiBlueprint("tokens", __name__, description="令牌")


def _secret() -> str:
    return request.headers.get("Authorization", "").partition(" ")[2]


def authenticated(function: Callable[..., Any]) -> Callable[..., Any]:
    """A view for whoever holds a token; ``caller()`` is the person."""

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        kind = request.headers.get("Authorization", "").partition(" ")[0]
        found = token_actor(product().db, _secret(), now()) if kind.lower() == "bearer" else None
        if found is None:
            raise TokenRefused
        check_place(found.capacity, "api")
        g.caller = found
        bind_person(found.tenant_id, found.membership_id)
        return function(*args, **kwargs)

    checked._apidoc = {  # type: ignore[attr-defined]
        **getattr(function, "_apidoc", {}),
        "manual_doc": {"security": [{"bearer": []}]},
    }
    return checked


def caller() -> Actor:
    """The person behind the token of this request."""
    found: Actor = g.caller
    return found


def idempotency_key() -> str | None:
    """The key that makes a changing request safe to repeat."""
    return request.headers.get("Idempotency-Key") or None


@blueprint.route("/tokens")
class Tokens(MethodView):
    """Tokens."""

    @blueprint.arguments(schemas.Credentials)
    @blueprint.response(201, schemas.Token)
    @blueprint.alt_response(401, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(429, schema=schemas.ErrorAnswer)
    def post(self, given: dict[str, str]) -> dict[str, str]:
        """A token for a person of a tenant; ``code`` where the account has a second factor."""
        names = Credentials(given["tenant"], given["username"], given["password"])
        origin, code = Origin(get_remote_address()), given["code"]
        secret = issue_token(product(), names, origin, code)
        return {"token": secret}

    @blueprint.response(200, schemas.OpenToken(many=True))
    @authenticated
    def get(self) -> list[Access]:
        """Your tokens that are valid, latest first; ``mark`` names one and opens nothing."""
        found = list_access(product().db, caller(), now(), _secret())
        return [one for one in found if one.kind == TOKEN]

    @blueprint.response(204)
    @authenticated
    def delete(self) -> None:
        """End all your tokens, also the one you ask with."""
        end_tokens(product().db, caller())


@blueprint.route("/tokens/<mark>")
class OneToken(MethodView):
    """One token."""

    @blueprint.response(204)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def delete(self, mark: str) -> None:
        """End one of your tokens, by its mark."""
        end_access(product().db, caller(), mark)
