"""The front door and the signs of life."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, jsonify
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from webapp.http import metrics
from webapp.http.frame import go, product
from webapp.notices import third_party_notices
from webapp.product import Product
from webapp.schema import standing

BEGINNINGS = {"platform": "platform.list_tenants", "security": "staffing.list_people"}
"""Where those begin who have no part in cases."""
blueprint = Blueprint("health", __name__)
signs = Blueprint("signs", __name__)

WORDS = {
    "stopping": "本节点正在停止",
    "unreachable": "数据库无法访问",
    "empty": "数据库尚未建表：请以所有者账号运行 lucheng db upgrade",
    "behind": "数据库结构较旧：请以所有者账号运行 lucheng db upgrade",
    "too_new": "数据库结构较新，本程序版本已不能使用：请更新本节点的程序",
}


def create_signs_app(served: Product) -> Flask:
    """The application of a node without pages: only its signs of life."""
    app = Flask(__name__)
    app.extensions["lucheng"] = served
    app.register_blueprint(signs)
    app.register_blueprint(metrics.blueprint)
    return app


@signs.get("/livez")
def livez() -> Response:
    """200 while the process answers at all; nothing else is asked."""
    return jsonify({"status": "ok"})


@signs.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 when the node is ready: the database answers and has a schema it can work on."""
    word, facts = _readiness()
    if word in ("current", "ahead"):
        return jsonify({"status": "ok", **facts}), 200
    return jsonify({"status": word, "message": WORDS[word], **facts}), 503


def _readiness() -> tuple[str, dict[str, str | None]]:
    if current_app.extensions.get("lucheng_stopping"):
        return "stopping", {}
    try:
        found = standing(product().db.engine)
    except SQLAlchemyError:
        return "unreachable", {}
    return found.word, {"schema": found.found, "expected": found.expected}


@blueprint.get("/third-party")
def third_party() -> Response:
    """The licences of everything the product uses."""
    return Response(third_party_notices(), mimetype="text/plain")


@blueprint.get("/")
def home() -> Response:
    """Where people begin: their work list, or what they look after."""
    who = getattr(current_user, "actor", None)
    return go(BEGINNINGS.get("" if who is None else who.capacity, "work.list_items"))
