"""An outsider before pages, API and command line, with what belongs to the other tenant."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from engine.actors import Actor
from tests.web.pages.desk import Shown
from webapp.cli import main
from webapp.http.api.wiring import PREFIX

from .asking import slug_of
from .guesses import Guesses
from .registry import Operation, arguments, operations, routes
from .world import World

HTTP = Path(__file__).parents[4] / "webapp" / "http"
ASKED = re.compile(r"(?:args|form|values)\.get(?:list)?\(\s*\"(\w+)\"|(?:args|form)\[\"(\w+)\"\]")
FILE = b"%PDF-1.4 from outside"
STAYS = {"auth.sign_out", "access.end_all_others", "access.end_one"}
"""What would end the outsider's own session: asked last."""
NO_SUCH, NOT_ALLOWED = (404,), (302, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422)
IDS_OF_ROWS = re.compile(r"^(?!.*(?:slug|language|filename|process|procedure|mark|access))")


@dataclass(frozen=True)
class Visit:
    """What an outsider asked for, what he was answered, and what he was told with it."""

    place: str
    status: int
    told: frozenset[str]
    names_rows: bool


class Visitor:
    """One outsider at his browser and his programs."""

    def __init__(self, world: World, who: str, turn: int = 0) -> None:
        self.world, self.who, self.actor = world, who, world.outsiders[who]
        self._slug = slug_of(world, self.actor)
        self._guesses = Guesses(world.estate, {}, self._slug, turn, self.actor)
        self._client = self._browser(self.actor)
        self._token = world.token(self.actor)
        self._csrf = self._read_csrf()

    def _browser(self, actor: Actor) -> FlaskClient:
        client = self.world.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = self.world.session(actor), True
        return client

    def _read_csrf(self) -> str:
        answer = self._client.get("/session")
        return answer.get_data(as_text=True) if answer.status_code == 200 else ""

    def some(self, places: Collection[str]) -> Iterator[Visit]:
        """Some places, by method and address."""
        for rule in routes(self.world.app):
            for method in rule.methods or ():
                if f"{method} {rule.rule}" in places:
                    yield self.page(rule, method)
        for one in operations(self.world.app):
            if f"{one.method} {one.path}" in places:
                yield self.operation(one)

    # ------------------------------------------------------------ pages

    def pages(self, rules: Sequence[Rule]) -> Iterator[Visit]:
        """Every page and form, those that end the session last."""
        for rule in sorted(rules, key=lambda rule: rule.endpoint in STAYS):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield self.page(rule, method)

    def page(self, rule: Rule, method: str) -> Visit:
        """One page, with the other tenant's ids in its address, query and form."""
        names = arguments(rule.rule)
        address = rule.rule
        for name in names:
            address = re.sub(rf"<(?:[^:>]*:)?{name}>", self._guesses.place(name), address)
        said = MultiDict({name: self._guesses.text(name) for name in fields()})
        given: dict[str, Any] = {"query_string": said}
        if method == "POST":
            form = MultiDict([*said.items(), ("csrf_token", self._csrf)])
            form["file"] = form["evidence"] = (io.BytesIO(FILE), "外人.pdf")
            given = {"data": form}
        answer = self._client.open(address, method=method, **given)
        return self._visit(f"{method} {rule.rule}", answer, names, [*said.values(), address])

    # ------------------------------------------------------------ the API

    def operations(self, all_of_them: Sequence[Operation]) -> Iterator[Visit]:
        """Every operation of the API; those on tokens last, for they end the one that asks."""
        for operation in sorted(all_of_them, key=lambda one: "tokens" in one.path):
            yield self.operation(operation)

    def operation(self, operation: Operation) -> Visit:
        """One operation, with the other tenant's ids in its path, query and body."""
        names = arguments(operation.path)
        path = operation.path
        for name in names:
            path = path.replace(f"{{{name}}}", self._guesses.place(name))
        query = {name: self._guesses.text(name) for name in operation.query}
        given: dict[str, Any] = {"query_string": {k: v for k, v in query.items() if v}}
        if operation.is_file:
            given["data"] = {"file": (io.BytesIO(FILE), "外人.pdf")}
        elif operation.body is not None:
            given["json"] = self._guesses.body(operation.body)
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self._client.open(path, method=operation.method, headers=headers, **given)
        said = [path, str(given)]
        return self._visit(f"{operation.method} {operation.path}", answer, names, said)

    def _visit(self, place: str, answer: Any, names: list[str], said: list[str]) -> Visit:
        self.world.said.update(said)
        body = answer.get_data()
        shown = Shown(answer)
        text = (body if shown.status != 404 else b"").decode(errors="replace")
        told = self.world.estate.told_in(f"{text} {dict(answer.headers)}", self.world.said)
        rows = [name for name in names if IDS_OF_ROWS.match(name) and name not in ("act", "kind")]
        return Visit(place, answer.status_code, frozenset(told), bool(rows))

    # ------------------------------------------------------------ the command line

    def command(self, words: str, command: click.Command, folder: Path) -> Visit:
        """One command of the outsider's tenant, with what belongs to the other one."""
        given = [*words.split()]
        for part in command.params:
            given += self._argument(part, folder)
        result = CliRunner().invoke(main, given, input="a long password\na long password\n")
        self.world.said.update(given)
        written = [p.read_bytes().decode(errors="replace") for p in folder.glob("out*")]
        told = self.world.estate.told_in(" ".join([result.output, *written]), self.world.said)
        return Visit(words, result.exit_code, frozenset(told), True)

    def _argument(self, part: click.Parameter, folder: Path) -> list[str]:
        name = part.name or ""
        if isinstance(part, click.Option) and (part.is_flag or name in ("database", "password")):
            return []
        value = self._guesses.text(name)
        if name in ("file", "files", "sheet", "scenario", "trust", "checkpoint", "catalogue"):
            value = str(folder / ("out.lucheng" if part.type.name == "path" else "in.json"))
        elif name in ("output",):
            value = str(folder / "out.zip")
        elif name == "folder":
            return []
        elif isinstance(part.type, click.Choice):
            value = str(part.type.choices[0])
        elif part.type.name in ("integer", "float"):
            value = "1"
        if isinstance(part, click.Argument):
            return [value]
        return [part.opts[0], value]


@cache
def fields() -> tuple[str, ...]:
    """Every name the pages read from a query or a form."""
    found: set[str] = set()
    for file in HTTP.glob("*.py"):
        for match in ASKED.finditer(file.read_text(encoding="utf-8")):
            found.add(match[1] or match[2])
    return tuple(sorted(found - {"cursor", "trail", "seen", "_draft"}))


__all__ = ["PREFIX", "Visit", "Visitor", "fields"]
