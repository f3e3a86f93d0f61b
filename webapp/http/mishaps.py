"""What goes wrong, told: a page of our own for people, words for a part of a page, JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Response, g, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin
from werkzeug.exceptions import HTTPException

from engine.errors import LuchengError
from webapp.http.field_errors import field_errors
from webapp.http.frame import is_part, page
from webapp.http.words import N_

log = structlog.get_logger(__name__)

API_PREFIX = "/api/"

HTTP_WORDS: Mapping[int, tuple[str, str]] = {
    400: (N_("请求有误"), N_("请返回上一页，刷新后再试。")),
    401: (N_("请先登录"), N_("登录后再打开本页。")),
    403: (N_("您没有权限"), N_("如需查看或办理，请联系本单位的流程管理员。")),
    404: (N_("页面不存在"), N_("网址可能有误，或者此内容不对您开放。请核对网址，或从首页进入。")),
    405: (N_("不支持的操作"), N_("请用页面上的按钮和链接操作。")),
    409: (N_("情况已经变化"), N_("请返回上一页，刷新后按最新情况办理。")),
    410: (N_("内容已不再提供"), N_("请从首页查找最新内容。")),
    413: (N_("上传内容过大"), N_("请返回上一页，减小文件或分次上传。")),
    415: (N_("不支持的内容类型"), N_("请返回上一页，换一种文件类型。")),
    422: (N_("提交的内容有误"), N_("请返回上一页，修改后重新提交。")),
    429: (N_("操作过于频繁"), N_("请过几分钟再试。")),
    500: (N_("系统出现意外错误"), N_("请稍后再试；仍然出错时，请把下面的编号告诉管理员。")),
    503: (
        N_("系统暂时不可用"),
        N_("请过几分钟刷新本页。刚才提交的内容如未保存，请返回上一页重新提交。"),
    ),
}
"""Status to what happened and what to do next."""


@dataclass(frozen=True)
class Mishap:
    """What went wrong: status, stable code, a sentence of its own, and facts for programs."""

    status: int
    code: str
    message: str = ""
    reference: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What happened."""
        return self.message or str(_(_known(self.status)[0]))


def of_error(error: LuchengError, status: int, message: str) -> Mishap:
    """A refusal of the product's own."""
    facts = {"errors": error.facts.get("errors", [])}
    if "findings" in error.facts:
        facts["findings"] = error.facts["findings"]
    return Mishap(status, error.code, message, facts=facts)


def of_fields(error: HTTPException) -> Mapping[str, Any]:
    """The facts of a request whose fields are wrong."""
    return {"errors": found} if (found := field_errors(error)) else {}


def _known(status: int) -> tuple[str, str]:
    return HTTP_WORDS.get(status) or HTTP_WORDS[500 if status >= 500 else 400]


def answer(mishap: Mishap) -> Response:
    """The answer to whoever asked: a program, a part of a page, or a person."""
    if request.path.startswith(API_PREFIX) or request.path.endswith(".json"):
        body = {"code": mishap.code, "message": mishap.words, "errors": [], **mishap.facts}
        given = jsonify(body)
        if mishap.status == 401:
            given.headers["WWW-Authenticate"] = "Bearer"
    elif is_part():
        given = Response(mishap.words, mimetype="text/plain")
    else:
        given = Response(_page(mishap), mimetype="text/html")
    given.status_code = mishap.status
    given.headers.update(mishap.headers)
    return given


def _page(mishap: Mishap) -> str:
    try:
        return _inside_the_frame(mishap)
    except Exception as error:
        # What failed the request may fail the frame as well; a page without a person needs less.
        log.warning("error_page_without_frame", error=repr(error))
        g._login_user = AnonymousUserMixin()
        return _inside_the_frame(mishap)


def _inside_the_frame(mishap: Mishap) -> str:
    is_public = request.path.startswith("/public")
    action = (
        {"label": _("查看公开信息"), "href": url_for("public.home")}
        if is_public
        else {"label": _("返回首页"), "href": url_for("health.home")}
    )
    text, _status = page(
        "error.html",
        number=mishap.status,
        message=mishap.words,
        next_step=_(_known(mishap.status)[1]),
        reference=mishap.reference,
        action=action,
    )
    return text
