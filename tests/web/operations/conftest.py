"""A small tenant behind the application, on both databases, with tokens for its people."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from engine.blobs import LocalBlobs
from engine.store.control import accounts, tokens
from engine.store.database import Database
from engine.timing.clock import FrozenClock
from tests.web.served import served
from webapp.operations.figures import Waiting
from webapp.product import Product
from webapp.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[2] / "process"))

from town import Town, build_town

FILLED = {"subject": "采购铁锹", "amount": "12", "plannedOn": "2026-03-20"}


@dataclass(frozen=True)
class House:
    """The product, its application and its people."""

    product: Product
    town: Town
    app: Flask

    def api(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """An answer of the API to one of the cast."""
        return self.app.test_client().open(
            f"/api/v1{path}",
            method=method,
            json=body,
            headers={"Authorization": f"Bearer token-{who}", **headers},
        )

    def begin(self) -> str:
        """A case that waits to be filled in; its id."""
        answer = self.api("applicant", "POST", "/cases", {"procedure": "walking", "variables": {}})
        assert answer.status_code in (200, 201), answer.json
        return str(answer.json["id"])

    def fill_in(self, key: str = "") -> Any:
        """The answer to completing the applicant's first open item."""
        item = self.town.items("applicant")[0]
        headers = {"Idempotency-Key": key} if key else {}
        body = {"revision": item.revision, "data": FILLED}
        return self.api("applicant", "POST", f"/work-items/{item.id}/complete", body, **headers)


@pytest.fixture
def house(database: Database, clock: FrozenClock, tmp_path: Path) -> Iterator[House]:
    town = build_town(database, clock)
    settings = Settings(data_dir=tmp_path, secret_key="a key for tests")
    product = Product(settings, database, town.world, LocalBlobs(settings.blob_dir))
    now = clock.now()
    with database.control() as control:
        for name, actor in town.people.items():
            control.insert(
                accounts,
                id=actor.account_id,
                username=name,
                password_hash="none",
                name=name,
                active=True,
                failures=0,
                created_at=now,
            )
            control.execute(
                insert(tokens).values(
                    token_hash=hashlib.sha256(f"token-{name}".encode()).hexdigest(),
                    account_id=actor.account_id,
                    tenant_id=actor.tenant_id,
                    membership_id=actor.membership_id,
                    created_at=now,
                    expires_at=now + timedelta(days=9),
                )
            )
    Waiting.forget()
    yield House(product, town, served(product))
    Waiting.forget()
