"""One application from its first form to the list of green mines, over HTTP.

Start the product with `make run`, then in another shell:

    python3 docs/examples/apply.py                        # to the public notice
    python3 docs/examples/apply.py --case ID --until list # once the notice has ended

The notice runs for real working days, so the first call stops there and prints how to go on.
Nothing but the standard library is needed. What people write into the forms stands in
`tenants/<tenant>/demo/answers.toml`; this script finds the step, fills in what is only known on the
spot (the day, the uploaded files, the rows of the score sheet) and hands it in. Every run applies
for a mine of its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tomllib
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {
    "document": ("材料.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"),
    "photo": ("现场.png", b"\x89PNG\r\n\x1a\n" + bytes(16)),
    "film": ("宣传片.mp4", b"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom"),
}
FIRST = "FillMineFacts"
OVERSEER = "guanli"
BEIJING = dt.timezone(dt.timedelta(hours=8))


class Api:
    """The HTTP API as the people of one tenant use it."""

    def __init__(self, base: str, tenant: str) -> None:
        self.base, self.tenant = base.rstrip("/"), tenant
        folder = ROOT / "tenants" / tenant / "demo"
        self.answers = tomllib.loads((folder / "answers.toml").read_text(encoding="utf-8"))
        self._passwords = tomllib.loads((folder / "demo.toml").read_text(encoding="utf-8"))
        self._tokens: dict[str, str] = {}

    def token(self, who: str) -> str:
        """The bearer token of a person; asked for once."""
        if who not in self._tokens:
            password = self._passwords["password"].replace("{username}", who)
            asked = {"tenant": self.tenant, "username": who, "password": password}
            self._tokens[who] = self._send("POST", "/api/v1/tokens", asked, {})["token"]
        return self._tokens[who]

    def get(self, who: str, path: str) -> Any:
        """The JSON behind an address."""
        return self._send("GET", f"/api/v1{path}", None, self._bearer(who))

    def post(self, who: str, path: str, body: Any) -> Any:
        """The answer to a changing request.

        The key makes it safe to send the request again when no answer came: it is done once.
        """
        headers = {**self._bearer(who), "Idempotency-Key": str(uuid.uuid4())}
        return self._send("POST", f"/api/v1{path}", body, headers)

    def upload(self, who: str, name: str, content: bytes) -> str:
        """The id of a stored file."""
        edge = uuid.uuid4().hex
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        headers = {**self._bearer(who), "Content-Type": kind}
        return str(self._send("POST", "/api/v1/attachments", body, headers)["id"])

    def public_list(self) -> list[dict[str, str]]:
        """The list as anybody reads it."""
        found: list[dict[str, str]] = self._send(
            "GET", f"/public/{self.tenant}/list.json", None, {}
        )["entries"]
        return found

    def _bearer(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(who)}"}

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        if body is not None and not isinstance(body, bytes):
            body, headers = (
                json.dumps(body).encode(),
                {"Content-Type": "application/json", **headers},
            )
        address = self.base + path
        request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - whoever runs it chose it
                return json.load(answer)
        except urllib.error.HTTPError as error:
            told = error.read().decode()
            error.close()
            raise SystemExit(f"{method} {path}: {error.code} {told}") from None


class Application:
    """One case on its way through the procedure."""

    def __init__(self, api: Api, case: str | None) -> None:
        self.api = api
        self.applicant = api.answers["FillMineFacts"]["by"][0]
        asked = {"procedure": "green-mine-listing", "variables": {}}
        self.case = case or api.post(self.applicant, "/cases", asked)["id"]
        self.files: dict[str, list[str]] = {}
        self.has_applied = False

    def walk(self) -> dict[str, Any]:
        """Complete step after step until nobody is awaited; gives the case."""
        while True:
            # applicants are not told with whom their case is; the administrator sees every step
            case: dict[str, Any] = self.api.get(OVERSEER, f"/cases/{self.case}")
            waiting = [step for step in case["open"] if step["status"] != "stuck"]
            if not waiting:
                return case
            self.complete(waiting[0])

    def complete(self, step: dict[str, Any]) -> None:
        """Let the first person who may do the step do it."""
        answers = self.api.answers[step["element"]]
        for who in answers["by"]:
            if step["item"] not in {i["id"] for i in self._work_of(who)}:
                continue
            item = self.api.get(who, f"/work-items/{step['item']}")
            data = self.filled(answers["fill"], item, who)
            if step["element"] == FIRST:
                data = self.mine_of_its_own(data)
            body = {"revision": item["revision"], "data": data}
            self.api.post(who, f"/work-items/{item['id']}/complete", body)
            print(f"  {item['name']}：{who}")
            return
        raise SystemExit(f"{step['name']}: nobody of {answers['by']} may do this")

    def mine_of_its_own(self, data: dict[str, Any]) -> dict[str, Any]:
        """The facts of a mine that no other run applies for.

        While an application for a mine is under way a second one is sent back to its first step.
        """
        if self.has_applied:
            raise SystemExit("该矿山不能申报，原因见待办“填写矿山基本情况”。")
        self.has_applied = True
        serial = f"{uuid.uuid4().int % 10**7:07}"
        name, licence = data["mineName"], data["licenceNumber"]
        return {
            **data,
            "mineName": f"{name}（{serial}）",
            "licenceNumber": licence[: -len(serial)] + serial,
        }

    def _work_of(self, who: str) -> list[dict[str, Any]]:
        """Everything that waits for a person, page by page."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.api.get(who, f"/work-items?limit=200{cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    def filled(self, answers: Any, item: dict[str, Any], who: str, place: str = "") -> Any:
        """The answers with everything that is only known on the spot."""
        if isinstance(answers, list):
            return [self.filled(entry, item, who, place) for entry in answers]
        if isinstance(answers, dict) and set(answers) == {"each"}:
            rows = item["values"].get(place) or []
            more = [self.filled(answers["each"], item, who) for _ in rows]
            known = [{k: v for k, v in row.items() if v is not None} for row in rows]
            return [{**row, **added} for row, added in zip(known, more, strict=True)]
        if isinstance(answers, dict):
            return {
                name: self.filled(value, item, who, f"{place}.{name}".lstrip("."))
                for name, value in answers.items()
            }
        if isinstance(answers, str) and answers.startswith("$"):
            return self.known(answers, item, who, place)
        return answers

    def known(self, word: str, item: dict[str, Any], who: str, place: str) -> Any:
        """What a word with a dollar sign stands for."""
        field = next((f for f in item["fields"] if f["field"] == place), None)
        if word == "$today":
            return dt.datetime.now(BEIJING).date().isoformat()
        if word == "$seen":
            return item["values"][place]
        if word == "$sheet":
            return self.score_sheet(field["sheet"] if field else {}, who)
        if word.startswith("$option "):
            offered = field["options"] if field else []
            return next(o["value"] for o in offered if o["label"] == word[8:])
        return self.file(word[1:], who)

    def file(self, sort: str, who: str) -> list[str]:
        """An uploaded sample of this sort; uploaded once a case."""
        if sort not in self.files:
            self.files[sort] = [self.api.upload(who, *SAMPLES[sort])]
        return self.files[sort]

    def score_sheet(self, sheet: dict[str, Any], who: str) -> dict[str, Any]:
        """A sheet with full points, a check record and proof in every row that applies."""
        rows = {
            row["id"]: {
                "score": str(row["points"]),
                "record": "查阅台账并查看现场，符合评分要求。",
                "evidence": self.file("document", who),
            }
            for row in sheet["items"]
            if not row["excused"]
        }
        verdicts = {entry["id"]: True for entry in sheet["prerequisites"]}
        head = {"group": sheet["group"], "variant": sheet["variant"]}
        return {**head, "prerequisites": verdicts, "items": rows}


def main(arguments: list[str] | None = None) -> str:
    """Drive one application; returns its case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="the running product")
    parser.add_argument("--tenant", default="neimenggu")
    parser.add_argument("--case", help="go on with this case instead of beginning one")
    parser.add_argument("--until", choices=["notice", "list"], default="notice")
    chosen = parser.parse_args(arguments)

    application = Application(Api(chosen.base, chosen.tenant), chosen.case)
    case = application.walk()
    print(f"{case['number']} {case['title']}：{case['outcome'] or case['stage']}")
    if case["status"] == "completed":
        names = [row["name"] for row in application.api.public_list()]
        print(f"{chosen.base}/public/{chosen.tenant}/list（共 {len(names)} 座）")
    elif chosen.until == "list":
        raise SystemExit("公示期未满，期满后再次运行。")
    else:
        print(f"{chosen.base}/public/{chosen.tenant}/notices")
        print(f"公示期满后：python3 {Path(__file__).name} --case {case['id']} --until list")
    return str(case["id"])


if __name__ == "__main__":
    main()
