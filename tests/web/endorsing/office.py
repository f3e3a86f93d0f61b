"""The application of the bureau, with browsers and tokens for its people."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert

from engine.store.control import tokens
from tests.web.pages.desk import Browser, Shown
from webapp.usecases.identity import open_session


class Signer(Browser):
    """A browser whose tokens come from the person's own pages."""

    def token(self) -> str:
        page = Shown(self.client.get("/access"))
        return str(page.find("//input[@name='csrf_token']/@value")[0])


@dataclass
class Office:
    """The product under test."""

    bureau: Any
    app: Flask
    minute: timedelta = timedelta(minutes=1)

    def browser(self, who: str) -> Signer:
        """Somebody's browser, signed in."""
        product, actor = self.bureau.product, self.bureau.town[who]
        secret = open_session(product.db, actor, product.clock.now(), hours=24 * 400)
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = secret
            session["_fresh"] = True
        return Signer(client)

    def api(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """An answer of the API."""
        product, actor = self.bureau.product, self.bureau.town[who]
        hashed = hashlib.sha256(f"token-{who}".encode()).hexdigest()
        now = product.clock.now()
        with product.db.control() as control:
            if control.one(tokens.select().where(tokens.c.token_hash == hashed)) is None:
                control.execute(
                    insert(tokens).values(
                        token_hash=hashed,
                        account_id=actor.account_id,
                        tenant_id=actor.tenant_id,
                        membership_id=actor.membership_id,
                        created_at=now,
                        expires_at=now + timedelta(days=9),
                    )
                )
        return self.app.test_client().open(
            f"/api/v1{path}",
            method=method,
            json=body,
            headers={"Authorization": f"Bearer token-{who}"},
        )

    def typed(self, who: str, browser: Browser, **more: Any) -> tuple[str, dict[str, Any]]:
        """The address of somebody's signed step, and what he posts from its page."""
        item = self.bureau.item(who)
        address = f"/work/{item.id}"
        page = browser.get(address)
        hidden = page.find("//form[@id='task-form']//input[@type='hidden']")
        given = {one.get("name"): one.get("value") for one in hidden}
        return address, {**given, "f.decision": "agree", "_submit": "1", **more}
