"""Somebody of the public: reads notices and list, objects, follows the objection; no account."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.demo.samples import sample_files

from .drive import SLUG, Drive, Json, body_of

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CODE = re.compile(r"\b(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}\b")
OBJECTION = {
    "name": "张建国",
    "contact": "13800000000",
    "content": "矿区北侧排土场未按方案复垦，附现场照片。",
}


@dataclass(frozen=True)
class Visitor:
    """A browser without account."""

    client: FlaskClient
    slug: str = SLUG

    @property
    def asking(self) -> str:
        """Where objections are followed."""
        return f"/public/{self.slug}/objections"

    def notices(self, kind: str = "notice") -> list[Json]:
        """Notices or announcements, latest first."""
        answer = self.client.get(f"/public/{self.slug}/notices.json?kind={kind}")
        assert answer.status_code == 200
        found: list[Json] = body_of(answer)["notices"]
        return found

    def read(self, notice: Json) -> str:
        """The page of a notice."""
        answer = self.client.get(notice["href"])
        assert answer.status_code == 200
        return answer.text

    def object_to(self, notice: Json, *, evidence: bool = True, **told: Any) -> Any:
        """Object; the answer to the form."""
        files = []
        if evidence:
            name, content = sample_files("异议证据")["document"]
            files = [(io.BytesIO(content), name)]
        data = {**OBJECTION, **told, "evidence": files}
        return self._post(f"{notice['href']}/objections", data)

    def objected(self, notice: Json, **told: Any) -> str:
        """Object and give the receipt code."""
        answer = self.object_to(notice, **told)
        assert answer.status_code == 303, answer.text
        shown = self.client.get(answer.headers["Location"])
        found = CODE.search(shown.text)
        assert found is not None
        return found[0]

    def follow(self, code: str) -> str:
        """What the receipt code shows."""
        answer = self._post(self.asking, {"code": code})
        assert answer.status_code == 200
        return answer.text

    def list(self, search: str = "") -> list[dict[str, str]]:
        """The public list as JSON; the CSV file says the same."""
        answer = self.client.get(f"/public/{self.slug}/list.json", query_string={"q": search})
        assert answer.status_code == 200
        entries: list[dict[str, str]] = body_of(answer)["entries"]
        table = self.client.get(f"/public/{self.slug}/list.csv", query_string={"q": search})
        rows = list(csv.DictReader(io.StringIO(table.text.lstrip("\ufeff"))))
        assert [row["name"] for row in rows] == [entry["name"] for entry in entries]
        return entries

    def _post(self, place: str, data: Json) -> TestResponse:
        found = TOKEN.search(self.client.get(self.asking).text)
        assert found is not None
        return self.client.post(place, data={**data, "csrf_token": found[1]})


def visitor(drive: Drive) -> Visitor:
    """A visitor of the product under test."""
    return Visitor(drive.client.application.test_client())
