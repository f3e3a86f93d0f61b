"""A browser without scripts for every person of the cast, on a copy of the tenant."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from engine.actors import Actor, load_actor
from tests.web.a1.drive import Drive, Json
from webapp.usecases.identity import open_session

CAST: Mapping[str, str] = {
    "applicant": "zhaolei",
    "partner": "sunjing",
    "rival": "bayaer",
    "clerk": "wulan",
    "colleague": "liqiang",
    "leader": "tumen",
    "region": "xiaohong",
    "regional colleague": "dalai",
    "assessor": "fanzhi",
    "auditor": "jianshen",
    "admin": "guanli",
}
"""Who is who in the demonstration tenant; applicant and partner are of one enterprise."""

FILE = ("佐证.pdf", b"%PDF-1.4 proof")


def _is_text(answer: TestResponse) -> bool:
    return not answer.mimetype.startswith(("application/octet-stream", "application/vnd."))


class Shown:
    """An answer as somebody sees it."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.body = answer.get_data(as_text=True) if _is_text(answer) else ""
        answer.close()

    @cached_property
    def tree(self) -> Any:
        """The parsed page."""
        return html.fromstring(self.body)

    @property
    def location(self) -> str:
        """Where the answer leads."""
        return str(self.answer.headers["Location"])

    @property
    def text(self) -> str:
        """The words of the page, blanks made one."""
        return " ".join(self.tree.text_content().split())

    @property
    def main(self) -> str:
        """The words between header and footer."""
        return " ".join(self.tree.xpath("//main")[0].text_content().split())

    def find(self, path: str) -> list[Any]:
        """What an XPath finds."""
        found: list[Any] = self.tree.xpath(path)
        return found

    def one(self, path: str) -> Any:
        """The only thing an XPath finds."""
        (found,) = self.find(path)
        return found

    def typed(self, name: str) -> str:
        """What stands in a text area; a browser does not show its first line break."""
        return str(self.one(f"//textarea[@name='{name}']").text or "").removeprefix("\n")

    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [" ".join(e.text_content().split()) for e in self.find("//error-summary//li")]

    def problem(self) -> str:
        """The sentence that says what stands in the way."""
        return " ".join(self.one("//error-summary//h2").text_content().split())

    def fields(self, form: str) -> MultiDict[str, str]:
        """The controls of a form as a browser would post them; `form` is an XPath."""
        element = self.one(form)
        return MultiDict([(name, value) for name, value in element.form_values() if value])


@dataclass
class Browser:
    """One person's browser; posts carry the token of a page."""

    client: FlaskClient

    def get(self, address: str, **headers: str) -> Shown:
        """A page."""
        return Shown(self.client.get(address, headers=headers))

    def part(self, address: str) -> Shown:
        """A part of a page that refreshes itself."""
        return self.get(address, **{"HX-Request": "true"})

    def post(self, address: str, data: Any = (), *, part: bool = False, **more: Any) -> Shown:
        """The answer to a form."""
        given = MultiDict(data)
        given.update(more)
        given["csrf_token"] = self.token()
        headers = {"HX-Request": "true"} if part else {}
        return Shown(self.client.post(address, data=given, headers=headers))

    def token(self) -> str:
        """A valid token against forged requests."""
        page = Shown(self.client.get("/public/neimenggu/objections"))
        return str(page.find("//input[@name='csrf_token']/@value")[0])


@dataclass
class Desk:
    """The product under test, with the cast at their browsers."""

    drive: Drive
    _browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        """The application."""
        return self.drive.client.application

    def anybody(self) -> Browser:
        """A browser without account."""
        return Browser(self.app.test_client())

    def __getitem__(self, who: str) -> Browser:
        """The browser of one of the cast, signed in."""
        if who not in self._browsers:
            self._browsers[who] = self.browser_of(self.actor(who))
        return self._browsers[who]

    def actor(self, who: str) -> Actor:
        """One of the cast."""
        prepared = self.drive.prepared
        with self.drive.product.db.tenant(prepared.tenant_id, read_only=True) as tx:
            found = load_actor(tx, prepared.members[CAST[who]])
        assert found is not None
        return found

    def browser_of(self, actor: Actor) -> Browser:
        """A browser in which the person is signed in."""
        product = self.drive.product
        secret = open_session(product.db, actor, product.clock.now(), hours=24 * 400)
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = secret
            session["_fresh"] = True
        return Browser(client)

    def item(self, who: str, case: str, element: str) -> str:
        """The id of the person's open item."""
        return str(self.drive.items(CAST[who], case, element)[0]["id"])

    def answers(self, who: str, case: str, element: str, **changes: Any) -> Json:
        """What is written into the form of an item, flat as a browser posts it."""
        item = self.drive.items(CAST[who], case, element)[0]
        return flat(self.drive.data(case, item, changes))


def flat(data: Json, prefix: str = "f.") -> Json:
    """Nested values by the names of their controls."""
    found: Json = {}
    for name, value in data.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        elif isinstance(value, bool):
            found[prefix + name] = "true" if value else ""
        elif value is not None:
            found[prefix + name] = value
    return found


def upload(name: str = FILE[0], content: bytes = FILE[1]) -> list[tuple[io.BytesIO, str]]:
    """A file as a form posts it."""
    return [(io.BytesIO(content), name)]
