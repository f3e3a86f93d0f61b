"""The ways out of the product: mail by the operator's server, group bots of the tenant.

A transport here raises when the other side does not take a message; the outbox then tries again.
The address of a bot is fixed by its scheme, so that nobody can point the server at a place of his
own choice; only the token is typed, and it is kept sealed.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

from engine.errors import Conflict, Invalid, NotFound
from engine.messaging.forwarding import GROUP, MAIL
from engine.messaging.transport import Message, Transport
from engine.store.database import Database
from engine.store.tables import channels
from webapp.settings import Settings
from webapp.usecases.sealing import opened, sealed

Notify = Callable[[str, str, str], bool]
"""Sends title and body to an address of apprise; False when the other side did not take it."""

TOKENS: Mapping[str, re.Pattern[str]] = {
    "wecombot": re.compile(r"[0-9A-Za-z-]{16,64}"),
    "dingtalk": re.compile(r"(?:SEC[0-9A-Za-z]{8,128}@)?[0-9A-Za-z]{16,128}"),
    "feishu": re.compile(r"[0-9A-Za-z-]{16,64}"),
}
"""The group bots that are known, and what their tokens look like."""
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
MAIL_SCHEMES = ("mailto", "mailtos")
TIMEOUT = 10.0
_PURPOSE = b"lucheng group bot "


@dataclass(frozen=True)
class MailServer:
    """What the operator's mail address says of the server; ``mode``: insecure, ssl, starttls."""

    host: str
    port: int
    mode: str
    user: str
    password: str


def send_by_apprise(address: str, title: str, body: str) -> bool:
    """Give a message to the service behind an address of apprise."""
    service = _service(address)
    return service is not None and bool(service.notify(body=body, title=title))


def _service(address: str) -> Any:
    # imported where it is needed: most starts of the program send nothing
    return import_module("apprise").Apprise.instantiate(address)


def transports(
    settings: Settings, db: Database, notify: Notify = send_by_apprise
) -> dict[str, Transport]:
    """The transports that leave the product, by kind of message."""
    return {MAIL: Mail(settings, notify), GROUP: Group(settings, db, notify)}


class Mail:
    """Sends one mail to one address by the operator's server."""

    def __init__(self, settings: Settings, notify: Notify) -> None:
        self._settings, self._notify = settings, notify

    def __call__(self, message: Message) -> None:
        url = self._settings.mail_url
        if not url:
            raise NotFound("没有设置邮件服务器（LUCHENG_MAIL_URL）", "no mail server is set")
        to = checked_address(str(message.payload["to"]))
        joined = f"{url}{'&' if urlsplit(url).query else '?'}to={quote(to)}&format=text"
        _deliver(self._notify, joined, message, self._settings)


class Group:
    """Tells a group of a tenant through the bot its administrator has set up."""

    def __init__(self, settings: Settings, db: Database, notify: Notify) -> None:
        self._settings, self._db, self._notify = settings, db, notify

    def __call__(self, message: Message) -> None:
        with self._db.tenant(message.tenant_id, read_only=True) as tx:
            row = tx.get(channels, UUID(str(message.payload["channel"])))
        if row is None or not row.is_on:
            return  # switched off meanwhile: nobody is to be told there any more
        if row.scheme not in allowed_schemes(self._settings):
            raise Conflict("运维已停用这类群机器人", "the operator has switched these bots off")
        token = opened_token(self._settings, message.tenant_id, row.sealed)
        _deliver(self._notify, f"{row.scheme}://{token}", message, self._settings)


def _deliver(notify: Notify, address: str, message: Message, settings: Settings) -> None:
    lines = [str(line) for line in message.payload.get("lines", ())]
    if "sealed" in message.payload:
        lines.append(opened_token(settings, message.tenant_id, str(message.payload["sealed"])))
    if settings.public_url:
        lines.append(settings.public_url)
    subject = str(message.payload["subject"])
    if not notify(address, subject, "\n".join(lines) or subject):
        raise Conflict("对方没有接受消息", "the other side did not take the message")


def allowed_schemes(settings: Settings) -> tuple[str, ...]:
    """The kinds of group bot the operator lets tenants use."""
    listed = (part.strip() for part in settings.group_schemes.split(","))
    return tuple(scheme for scheme in listed if scheme in TOKENS)


def checked_address(address: str) -> str:
    """A mail address, or Invalid."""
    if len(address) > 200 or _ADDRESS.fullmatch(address) is None:
        raise Invalid("邮件地址的格式不对", "this is no mail address", code="address")
    return address


def checked_token(settings: Settings, scheme: str, token: str) -> str:
    """A bot's token as it is kept, or Invalid; nothing else of an address can be given."""
    if scheme not in allowed_schemes(settings):
        raise Invalid("不能使用这类群机器人", "this kind of bot is not allowed", code="scheme")
    if TOKENS[scheme].fullmatch(token) is None:
        raise Invalid("密钥的格式不对", "this is no token of such a bot", code="token")
    return token


def sealed_token(settings: Settings, tenant: UUID, token: str) -> str:
    """A token encrypted for one tenant of this installation."""
    return sealed(settings, _PURPOSE + tenant.bytes, token)


def opened_token(settings: Settings, tenant: UUID, kept: str) -> str:
    """The token again; Conflict when the installation's secret is another one now."""
    return opened(settings, _PURPOSE + tenant.bytes, kept)


def mail_server(url: str) -> MailServer:
    """The server an address such as ``mailtos://user:password@host?from=a@b.cn`` names.

    Invalid when it is no such address or says no sender.
    """
    parts = urlsplit(url)
    service = None
    if parts.scheme in MAIL_SCHEMES and "from" in parse_qs(parts.query):
        service = _service(url)
    if service is None:
        raise Invalid(
            "邮件服务器应写成 mailtos://用户:密码@主机?from=地址",
            "a mail server is written mailtos://user:password@host?from=address",
        )
    return MailServer(
        host=service.smtp_host or service.host,
        port=service.port,
        mode=str(service.secure_mode),
        user=service.user or "",
        password=service.password or "",
    )


def knock(server: MailServer, timeout: float = TIMEOUT) -> None:
    """Connect and sign in to a mail server without sending; OSError or SMTPException if not."""
    made: Any = smtplib.SMTP_SSL if server.mode == "ssl" else smtplib.SMTP
    with made(server.host, server.port, timeout=timeout) as connection:
        if server.mode == "starttls":
            connection.starttls()
        if server.user:
            connection.login(server.user, server.password)
        connection.noop()
