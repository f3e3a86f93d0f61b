"""Logs: one event a line, facts by name, who and where bound once, no secret in it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from engine.errors import Invalid

HIDDEN = "***"
SECRET_NAME = re.compile(
    r"passw|secret|token$|^token|authori[sz]ation|cookie|api_?key|private_?key|credential",
    re.IGNORECASE,
)
SECRETS = (
    re.compile(r"(?<=://)([^/\s:@]*):([^@\s]+)(?=@)"),
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?i)\b(?:password|passwd|secret|token)=[^\s&]+"),
)
QUIET = ("alembic", "apscheduler", "sqlalchemy", "waitress")


def configure_logs(log_format: str, stream: TextIO | None = None) -> None:
    """Send every log, ours and that of libraries, to a stream (standard error) in this format."""
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_ending(log_format, target),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def never_tell_locals() -> None:
    """Where the host of the application has configured no logs, keep traces to their lines.

    By default a trace shows the local variables of every frame as soon as `rich` is installed:
    passwords, tokens, what people typed.
    """
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.dev.ConsoleRenderer(
                colors=False, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


def bind(**facts: Any) -> None:
    """Say once whom the following events of this request or command concern."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**facts)


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _ending(log_format: str, target: TextIO) -> list[Processor]:
    if log_format not in ("auto", "json", "text"):
        raise Invalid(
            f"LUCHENG_LOG_FORMAT 应为 auto、json 或 text，不能是 {log_format}",
            f"LUCHENG_LOG_FORMAT is auto, json or text, not {log_format}",
            setting="LUCHENG_LOG_FORMAT",
        )
    is_text = log_format == "text" or (log_format == "auto" and target.isatty())
    # Traces become text first: what they quote must pass the same sieve.
    first: list[Processor] = [structlog.processors.format_exc_info, hide_secrets]
    if is_text:
        colours = target.isatty()
        shown = structlog.dev.ConsoleRenderer(colors=colours, sort_keys=False)
        return [_leave_out_what_went_well, *first, shown]
    return [*first, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _leave_out_what_went_well(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """On a terminal people look for troubles, not for every request that was answered."""
    if event.get("event") == "request" and event.get("status", 0) < 400:
        raise structlog.DropEvent
    return event


def hide_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The event with everything that could open a door made unreadable."""
    return _hidden_in(event)


def _hidden_in(facts: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {
        name: HIDDEN if SECRET_NAME.search(str(name)) else _hidden(value)
        for name, value in facts.items()
    }


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        for pattern in SECRETS:
            value = pattern.sub(HIDDEN, value)
        return value
    if isinstance(value, Mapping):
        return _hidden_in(dict(value))
    if isinstance(value, list | tuple):
        return [_hidden(inner) for inner in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return value if isinstance(value, bool | int | float | None) else _hidden(str(value))
