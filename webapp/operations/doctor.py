"""Whether an installation is fit to work: one finding a question, each with what to do."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from smtplib import SMTPException

import chinese_calendar
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import LuchengError
from engine.store.database import Database
from webapp.operations import doctor_data
from webapp.operations.verdicts import FAILURE, OK, WARNING, Finding
from webapp.product import Product, build_product
from webapp.schema import standing
from webapp.settings import LOOPBACK, Settings, read_settings
from webapp.usecases.outside import knock, mail_server

MEGABYTE = 1_048_576
LEAST_FREE, LITTLE_FREE = 500 * MEGABYTE, 5_000 * MEGABYTE
SHORTEST_KEY = 32
CLOCK_WARNING, CLOCK_FAILURE = 5, 60
SCHEMA_ADVICE = {
    "empty": "以所有者账号运行 lucheng db upgrade",
    "behind": "以所有者账号运行 lucheng db upgrade",
    "too_new": "更新本节点的程序：数据库已不支持这个版本",
}


@dataclass(frozen=True)
class Diagnosis:
    """All findings; fit when none of them is a failure."""

    findings: list[Finding]

    @property
    def is_fit(self) -> bool:
        """Whether nothing stands in the way of work."""
        return all(finding.state != FAILURE for finding in self.findings)


def examine(
    environment: Mapping[str, str], now: datetime, today: date, *, deep: bool = False
) -> Diagnosis:
    """Examine the installation the environment describes; ``deep`` looks at every case."""
    try:
        settings = read_settings(environment)
    except LuchengError as error:
        bad = Finding("settings", FAILURE, error.zh, "改正这个环境变量，见 docs/settings.md")
        return Diagnosis([bad])
    findings = [
        *_settings(settings),
        *_folders(settings),
        *_keys(settings),
        *_calendar(today),
        *_mail(settings),
        *_database(settings, now, deep),
    ]
    return Diagnosis(findings)


def _settings(settings: Settings) -> Iterator[Finding]:
    if settings.host not in LOOPBACK and not settings.has_secure_cookies:
        yield Finding(
            "settings",
            WARNING,
            f"监听 {settings.host} 而会话没有限定 HTTPS",
            "在反向代理后用 HTTPS，去掉 LUCHENG_SECURE_COOKIES=false",
        )
    elif settings.has_secure_cookies and not settings.trusted_proxy:
        yield Finding(
            "settings",
            WARNING,
            "会话只经 HTTPS 发送，而没有设置反向代理：直接用 HTTP 打开网页无法登录",
            "在反向代理后用 HTTPS，并设 LUCHENG_TRUSTED_PROXY",
        )
    if settings.insecure_role:
        yield Finding(
            "settings",
            WARNING,
            "允许能绕过行级安全的数据库账号",
            "改用运行账号，去掉 LUCHENG_INSECURE_ROLE",
        )
    yield Finding("settings", OK, "设置可以读取")


def _folders(settings: Settings) -> Iterator[Finding]:
    for check, folder in (("data", settings.data_dir), ("attachments", settings.blob_dir)):
        problem = _writing(folder)
        if problem:
            yield Finding(
                check, FAILURE, f"{folder} 不能写入：{problem}", "建好文件夹，并让运行账号可以写入"
            )
        else:
            yield Finding(check, OK, f"{folder} 可以写入")
    free = shutil.disk_usage(_existing(settings.data_dir)).free
    words = f"{settings.data_dir} 所在磁盘剩余 {free // MEGABYTE} MB"
    if free < LEAST_FREE:
        yield Finding("disk", FAILURE, words, "立即清理或扩容：磁盘满后提交会被拒绝")
    elif free < LITTLE_FREE:
        yield Finding("disk", WARNING, words, "尽快清理或扩容")
    else:
        yield Finding("disk", OK, words)


def _mail(settings: Settings) -> Iterator[Finding]:
    if not settings.mail_url:
        yield Finding("mail", OK, "没有设置邮件服务器，只发站内消息")
        return
    advice = "改正 LUCHENG_MAIL_URL，或检查邮件服务器和网络"
    try:
        server = mail_server(settings.mail_url)
    except LuchengError as error:
        yield Finding("mail", FAILURE, error.zh, advice)
        return
    where = f"邮件服务器 {server.host}:{server.port}"
    try:
        knock(server)
    except (OSError, SMTPException) as error:
        yield Finding("mail", FAILURE, f"{where} 不能登录：{type(error).__name__}", advice)
    else:
        yield Finding("mail", OK, f"{where} 可以登录")


def _writing(folder: Path) -> str:
    """Why nothing can be written into the folder; empty when it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-doctor-") as probe:
            probe.write(b"probe")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _keys(settings: Settings) -> Iterator[Finding]:
    yield from _secret("keys", "会话密钥", settings.secret_key, "LUCHENG_SECRET_KEY", settings)
    given = settings.signing_secret
    yield from _secret("signing", "签字密钥的服务器密钥", given, "LUCHENG_SIGNING_SECRET", settings)


FILES = {"keys": "secret.key", "signing": "signing.key"}


def _secret(
    check: str, word: str, given: str, variable: str, settings: Settings
) -> Iterator[Finding]:
    """Whether a secret is long enough, the same on every node and nobody else's to read."""
    path = settings.data_dir / FILES[check]
    if given:
        if len(given) < SHORTEST_KEY:
            remedy = f"用至少 {SHORTEST_KEY} 个随机字符，各节点相同"
            yield Finding(check, FAILURE, f"{variable} 太短", remedy)
        else:
            yield Finding(check, OK, f"{word}已设置")
        return
    if settings.database_url:
        remedy = f"多个网页节点时设 {variable}，各节点相同"
        yield Finding(check, WARNING, f"{word}只在本节点的文件里", remedy)
    if path.exists() and path.stat().st_mode & 0o077:
        yield Finding(check, FAILURE, f"{path} 别人可以读取", f"运行 chmod 600 {path}")
    else:
        yield Finding(check, OK, f"{word}由程序保管")


def _calendar(today: date) -> Iterator[Finding]:
    for year, state in ((today.year, FAILURE), (today.year + 1, WARNING)):
        if _knows(year):
            yield Finding("calendar", OK, f"{year} 年放假安排已知")
        else:
            yield Finding(
                "calendar",
                state,
                f"{year} 年的放假安排未知，工作日只按周末推算",
                "更新 chinesecalendar，或在租户的日历文件中写明放假安排",
            )


def _knows(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True


def _database(settings: Settings, now: datetime, deep: bool) -> Iterator[Finding]:
    file = make_url(settings.url)
    if file.get_backend_name() == "sqlite" and not Path(str(file.database)).exists():
        yield Finding("schema", FAILURE, "还没有数据库", SCHEMA_ADVICE["empty"])
        return
    try:
        product = build_product(settings)
    except LuchengError as error:
        yield Finding("role", FAILURE, error.zh, "用 docs/postgresql.md 里的运行账号连接")
        return
    except SQLAlchemyError as error:
        yield _unreachable(error)
        return
    try:
        yield from _opened(product, now, deep)
    except SQLAlchemyError as error:
        yield _unreachable(error)
    finally:
        product.db.dispose()


def _unreachable(error: SQLAlchemyError) -> Finding:
    why = str(getattr(error, "orig", "") or type(error).__name__).strip().partition("\n")[0]
    return Finding(
        "database", FAILURE, f"数据库无法使用：{why}", "检查 DATABASE_URL、网络和数据库服务"
    )


def _opened(product: Product, now: datetime, deep: bool) -> Iterator[Finding]:
    found = standing(product.db.engine)
    yield Finding("database", OK, f"数据库可以连接（{product.db.engine.dialect.name}）")
    yield from _role(product.db)
    yield from _clock(product.db, now)
    if not found.is_usable:
        yield Finding(
            "schema",
            FAILURE,
            f"数据库结构为 {found.found}，程序需要 {found.expected}",
            SCHEMA_ADVICE[found.word],
        )
        return
    yield Finding("schema", OK, f"数据库结构 {found.found}")
    checks: tuple[Callable[[Product, datetime], Iterator[Finding]], ...] = (
        doctor_data.incidents_of,
        doctor_data.clock_at_work,
    )
    for check in checks:
        yield from check(product, now)
    if deep:
        yield from doctor_data.invariants_of(product)
        yield from doctor_data.attachments_of(product)


def _role(db: Database) -> Iterator[Finding]:
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.connect() as connection:
        row = connection.execute(
            text(
                "select rolsuper or rolbypassrls, exists (select 1 from pg_tables"
                " where schemaname = 'public' and tableowner = current_user)"
                " from pg_roles where rolname = current_user"
            )
        ).one()
    if row[0]:
        yield Finding("role", FAILURE, "数据库账号可以绕过行级安全", "改用运行账号")
    elif row[1]:
        yield Finding("role", FAILURE, "数据库账号拥有数据表", "所有者只用来升级结构，改用运行账号")
    else:
        yield Finding("role", OK, "数据库账号不能绕过行级安全")


def _clock(db: Database, now: datetime) -> Iterator[Finding]:
    if db.engine.dialect.name != "postgresql":
        yield Finding("clock", OK, "数据库与程序在同一台机器上")
        return
    with db.engine.connect() as connection:
        theirs: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    apart = abs((theirs.astimezone(UTC) - now).total_seconds())
    words = f"本机与数据库的时间相差 {apart:.1f} 秒"
    advice = "各机器用同一个时间服务器（chrony 或 systemd-timesyncd）校时"
    if apart > CLOCK_FAILURE:
        yield Finding("clock", FAILURE, words, advice)
    elif apart > CLOCK_WARNING:
        yield Finding("clock", WARNING, words, advice)
    else:
        yield Finding("clock", OK, words)
