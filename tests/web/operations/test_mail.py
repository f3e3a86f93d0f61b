"""Mail as it really leaves, and the doctor's look at its server."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from engine.errors import Conflict, Invalid
from engine.ids import new_id
from engine.messaging.forwarding import MAIL
from engine.messaging.transport import Message
from webapp.operations.doctor import _mail
from webapp.operations.verdicts import FAILURE, OK
from webapp.settings import Settings
from webapp.usecases.outside import Mail, MailServer, mail_server, send_by_apprise

from .post_office import post_office

NOBODY = "mailto://127.0.0.1:1/?from=a@example.cn"


def message(**payload: object) -> Message:
    told = {"to": "wulan@example.cn", "subject": "受理通知书", "lines": ["内绿矿〔2026〕0001号"]}
    return Message(new_id(), MAIL, "k", {**told, **payload}, datetime.now(UTC))


def states(url: str) -> list[tuple[str, str]]:
    return [(f.state, f.message) for f in _mail(Settings(mail_url=url))]


def test_a_mail_arrives_as_it_was_meant() -> None:
    with post_office() as (port, mails):
        settings = Settings(
            mail_url=f"mailto://127.0.0.1:{port}/?from=a@example.cn",
            public_url="https://lucheng.example.cn",
        )
        Mail(settings, send_by_apprise)(message())
    (raw,) = mails
    mail = cast(EmailMessage, message_from_bytes(raw, policy=policy.default))
    assert mail["To"] == "wulan@example.cn"
    assert mail["Subject"] == "受理通知书"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == ["内绿矿〔2026〕0001号", "https://lucheng.example.cn"]


def test_a_line_break_in_a_subject_makes_no_header() -> None:
    with post_office() as (port, mails):
        settings = Settings(mail_url=f"mailto://127.0.0.1:{port}/?from=a@example.cn")
        Mail(settings, send_by_apprise)(message(subject="标题\r\nBcc: evil@example.cn"))
    mail = message_from_bytes(mails[0])
    assert mail["Bcc"] is None


def test_a_refused_recipient_and_a_silent_server_are_failures() -> None:
    with post_office(refused="RCPT") as (port, mails):
        settings = Settings(mail_url=f"mailto://127.0.0.1:{port}/?from=a@example.cn")
        with pytest.raises(Conflict):
            Mail(settings, send_by_apprise)(message())
        assert mails == []
    with pytest.raises(Conflict):
        Mail(Settings(mail_url=NOBODY), send_by_apprise)(message())


def test_the_doctor_signs_in_to_the_server() -> None:
    assert states("") == [(OK, "没有设置邮件服务器，只发站内消息")]
    with post_office() as (port, mails):
        (found,) = states(f"mailto://127.0.0.1:{port}/?from=a@example.cn")
        assert found == (OK, f"邮件服务器 127.0.0.1:{port} 可以登录")
        assert mails == []


@pytest.mark.parametrize("url", [NOBODY, "json://host/?from=a@b.cn", "mailto://host", "x"])
def test_the_doctor_names_a_server_that_does_not_work_and_no_password(url: str) -> None:
    (found,) = states(url.replace("://", "://u:geheim@", 1))
    assert found[0] == FAILURE
    assert "geheim" not in found[1]


def test_an_address_says_how_the_server_is_reached() -> None:
    found = mail_server("mailtos://u:p%40w@mail.example.cn?from=a@b.cn")
    assert found == MailServer("mail.example.cn", 587, "starttls", "u", "p@w")
    found = mail_server("mailtos://u:p@mail.example.cn?from=a@b.cn&mode=ssl")
    assert (found.port, found.mode) == (465, "ssl")
    with pytest.raises(Invalid):
        mail_server("mailtos://u:p@mail.example.cn")
