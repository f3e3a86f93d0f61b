"""统一身份认证: to the provider and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user

from engine.definitions.loading import tenant_id_of
from engine.errors import LuchengError
from webapp.http.frame import actor, go, now, page, product, signed_in, tell, uuid_of, wording
from webapp.http.letting_in import Coming, let_in
from webapp.usecases.federation import (
    client_of,
    link_identity,
    list_providers,
    person_who_came,
)
from webapp.usecases.openid import Journey, arrive, depart
from webapp.usecases.passwords import check_own_password
from webapp.usecases.sign_in import Origin

blueprint = Blueprint("federation", __name__)
PLACE = "journey"
"""Under this name the signed cookie keeps what has to come back."""


@blueprint.get("/sign-in/with/<slug>/<provider_id>")
def set_out(slug: str, provider_id: str) -> ResponseReturnValue:
    """Send somebody to the provider."""
    tenant_id = tenant_id_of(product().db, slug)
    return redirect(_depart(tenant_id, slug, uuid_of(provider_id), ""), code=303)


def _depart(tenant_id: UUID, slug: str, provider_id: UUID, link: str) -> str:
    address, journey = depart(client_of(product(), tenant_id, provider_id), _back())
    session[PLACE] = {
        **asdict(journey),
        "tenant": str(tenant_id),
        "slug": slug,
        "provider": str(provider_id),
        "link": link,
    }
    return address


def _back() -> str:
    """Where the provider sends people back to: the product's own address."""
    base = product().settings.public_url or request.url_root
    return base.rstrip("/") + url_for(".come_back")


@blueprint.get("/sign-in/back")
def come_back() -> ResponseReturnValue:
    """Let in, or link, who came back from the provider."""
    kept: dict[str, Any] | None = session.pop(PLACE, None)
    if kept is None:
        return redirect(url_for("auth.sign_in"), code=303)
    tenant_id, provider_id = UUID(kept["tenant"]), UUID(kept["provider"])
    journey = Journey(kept["state"], kept["nonce"], kept["verifier"])
    client = client_of(product(), tenant_id, provider_id)
    claims = arrive(client, journey, request.args.to_dict(), _back(), now())
    if kept["link"]:
        return _link(kept["link"], provider_id, claims)
    who = person_who_came(product(), tenant_id, provider_id, claims)
    return let_in(who, Coming(who.username, kept["slug"], ""))


def _link(member: str, provider_id: UUID, claims: Any) -> ResponseReturnValue:
    """Only who began to link, and still is who he was, gets it."""
    if not current_user.is_authenticated or str(actor().membership_id) != member:
        return redirect(url_for("auth.sign_in"), code=303)
    link_identity(product(), actor(), provider_id, claims)
    tell("success", _("已绑定，今后可以用统一身份认证登录"))
    return go("access.list_own")


@blueprint.get("/access/link")
@signed_in
def ask_link() -> ResponseReturnValue:
    """Which providers one's account can be linked to."""
    return _page()


@blueprint.post("/access/link/<provider_id>")
@signed_in
def begin_link(provider_id: str) -> ResponseReturnValue:
    """With the password: the way to the provider, to link the account to who one is there."""
    who, key = actor(), uuid_of(provider_id)
    client_of(product(), who.tenant_id, key)
    try:
        origin = Origin(get_remote_address())
        check_own_password(product(), who, request.form.get("password", ""), origin)
    except LuchengError as error:
        return _page(422, error=wording(error))
    onward = _depart(who.tenant_id, "", key, str(who.membership_id))
    return _page(onward=onward)


def _page(status: int = 200, *, error: str = "", onward: str = "") -> ResponseReturnValue:
    rows = list_providers(product(), actor().tenant_id)
    return page("access/link.html", status, rows=rows, error=error, onward=onward)
