"""What the pages share on which a tenant is set up: faults by place, reports, spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _

from engine.errors import Refused
from engine.tenancy.problems import Problem
from webapp.http.frame import is_chinese
from webapp.spreadsheets.packing import MIME
from webapp.usecases.sheets import TableShape
from webapp.usecases.staffing import Told


def faults_told(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Faults as the page shows them: where, and what."""
    return [
        {
            "place": " ".join(part for part in (one.file, one.key) if part),
            "text": one.zh if is_chinese() else one.en or one.zh,
        }
        for one in problems
    ]


def people_words(people: Sequence[Told]) -> list[dict[str, Any]]:
    words = {"added": _("新增"), "changed": _("已改"), "same": _("未变")}
    return [
        {
            "line": one.line,
            "username": one.username,
            "name": one.name,
            "what": words[one.what],
            "password": one.password,
        }
        for one in people
    ]


def xlsx(body: bytes, name: str) -> Response:
    answer = Response(body, mimetype=MIME)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def heads(shape: TableShape) -> list[str]:
    return [column.label for column in shape.columns]


def findings_told(refused: Refused) -> list[Problem]:
    """What the gate found, one line each."""
    found: Any = refused.facts.get("findings") or [{"message": refused.zh}]
    return [
        Problem(
            str(one.get("process") or one.get("form") or ""),
            str(one.get("element") or one.get("step") or ""),
            str(one.get("code") or "refused"),
            str(one["message"]),
            str(one.get("message_en") or ""),
        )
        for one in found
        if one.get("severity", "error") == "error"
    ]
