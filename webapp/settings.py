"""Settings: read once from the environment, checked, frozen; an unknown one stops the start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import Invalid

PREFIX = "LUCHENG_"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
PLAIN = ("PORT", "DATA_DIR", "DATABASE_URL")


@dataclass(frozen=True)
class Settings:
    """What an operator may decide.

    PORT, DATA_DIR and DATABASE_URL stand without prefix; all others begin with LUCHENG_.
    ``database_url`` empty means an SQLite file in the data folder.
    """

    port: int = 8000
    host: str = "127.0.0.1"
    data_dir: Path = Path("data")
    database_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    signing_key_days: int = 730
    tenant_key_days: int = 1095
    threads: int = 8
    upload_limit_mb: int = 500
    case_file_limit_mb: int = 4000
    public_upload_limit_mb: int = 20
    public_upload_files: int = 5
    bid_limit_mb: int = 20
    session_hours: int = 12
    token_days: int = 30
    secure_cookies: bool | None = None
    trusted_proxy: str = ""
    signs_port: int = 0
    stop_seconds: int = 30
    metrics_token: str = field(default="", repr=False)
    log_format: str = "auto"
    insecure_role: bool = False
    prepared_statements: str = "auto"
    language: str = "zh_Hans_CN"
    mail_url: str = field(default="", repr=False)
    group_schemes: str = "wecombot,dingtalk,feishu"
    public_url: str = ""

    @property
    def has_secure_cookies(self) -> bool:
        """Whether cookies go over HTTPS only: as set, else where others than this machine ask."""
        if self.secure_cookies is not None:
            return self.secure_cookies
        return self.host not in LOOPBACK or bool(self.trusted_proxy)

    @property
    def url(self) -> str:
        """The database to use."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'lucheng.db').resolve()}"

    @property
    def blob_dir(self) -> Path:
        """Where attachments lie."""
        return self.data_dir / "attachments"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment; Invalid names the variable that is wrong or unknown."""
    values: dict[str, object] = {}
    fields = Settings.__dataclass_fields__
    for name, text in environment.items():
        if name in PLAIN:
            key = name.lower()
        elif name.startswith(PREFIX):
            key = name.removeprefix(PREFIX).lower()
        else:
            continue
        if key not in fields:
            raise Invalid(f"未知的设置 {name}", f"unknown setting {name}", setting=name)
        values[key] = _cast(name, text, fields[key].type)
    return Settings(**values)  # type: ignore[arg-type]


def _cast(name: str, text: str, kind: object) -> object:
    try:
        if kind == "int":
            return int(text)
        if kind in ("bool", "bool | None"):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
    except (ValueError, KeyError) as error:
        raise Invalid(
            f"设置 {name} 的值“{text}”无法使用", f"the value of {name} is no {kind}", setting=name
        ) from error
    return Path(text) if kind == "Path" else text


def secret_of(settings: Settings) -> str:
    """The key that signs cookies: given, or made once and kept in the data folder."""
    return settings.secret_key or _kept_secret(settings.data_dir / "secret.key")


def signing_secret_of(settings: Settings) -> str:
    """What wraps signing keys: given, or made once and kept in the data folder, never stored."""
    return settings.signing_secret or _kept_secret(settings.data_dir / "signing.key")


def _kept_secret(path: Path) -> str:
    """The secret in a file; two that make it at once get the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text().strip()
