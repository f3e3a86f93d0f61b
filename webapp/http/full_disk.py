"""A full disk, told apart from other troubles: nothing is lost, and the administrator must act."""

from __future__ import annotations

import errno

import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from webapp.http.mishaps import Mishap

log = structlog.get_logger(__name__)

FULL = (errno.ENOSPC, errno.EDQUOT)
SQLITE_SAYS = "database or disk is full"
POSTGRES_STATE = "53100"


def is_full(error: BaseException) -> bool:
    """Whether this error, or what caused it, is a disk or a quota without room."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in FULL:
            return True
        if isinstance(seen, DBAPIError) and _says_full(seen.orig):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _says_full(original: BaseException | None) -> bool:
    state = getattr(original, "sqlstate", None)
    return state == POSTGRES_STATE or SQLITE_SAYS in str(original)


def unless_full(error: BaseException, mishap: Mishap) -> Mishap:
    """The mishap, or when the disk is full a 503 that says so and what still stands."""
    if not is_full(error):
        return mishap
    log.error("disk_full", error=repr(error.__cause__ or error))
    message = _("服务器存储空间已满，这次提交没有保存；以前已提交的内容都在。请联系管理员")
    return Mishap(503, "disk_full", message, headers={"Retry-After": "300"})
