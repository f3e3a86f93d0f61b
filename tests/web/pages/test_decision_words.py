"""How a decision was made, told on the case page in one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from webapp.http.decision_words import decision_words


def told(**made: Any) -> str:
    app = Flask(__name__)
    Babel(app, default_locale="zh_CN")
    known = {"decision": "route", "name": "确定办理人", "inputs": {}, "rules": [], "result": None}
    with app.test_request_context():
        return decision_words({**known, **made})


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"result": 1}, "决策“确定办理人”得出：1"),
        ({"result": "leader", "name": ""}, "决策“route”得出：leader"),
        (
            {"inputs": {"字数": 1, "露天": True}, "rules": [1, 3], "result": "leader"},
            "决策“确定办理人”得出：leader（字数 = 1、露天 = 是；命中第 1、3 条规则）",
        ),
        ({"inputs": {"字数": None}}, "决策“确定办理人”得出：—（字数 = —；没有规则命中）"),
        ({"result": [False, {"分": 2}]}, "决策“确定办理人”得出：否、分 = 2"),
        ({"result": {"digest": "ab"}}, "决策“确定办理人”得出：内容较长，只存摘要"),
        ({"result": []}, "决策“确定办理人”得出：—"),
    ],
)
def test_a_decision_is_told_with_what_it_looked_at_and_the_rules_that_matched(
    made: dict[str, Any], words: str
) -> None:
    assert told(**made) == words
