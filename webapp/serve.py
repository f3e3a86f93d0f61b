"""Serving: schema, demonstration world, web server and clock in one process."""

from __future__ import annotations

import signal
import threading
from typing import Any

import click
import waitress

from engine.errors import Invalid, Unavailable
from webapp.app import create_app
from webapp.demo.accounts import list_accounts
from webapp.demo.world import is_empty, load_demo_world
from webapp.product import Product
from webapp.schema import upgrade
from webapp.worker import NodeClock

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(product: Product, *, role: str, demo: bool) -> None:
    """Serve until a signal comes; finish what is running before the end."""
    settings = product.settings
    if product.db.engine.dialect.name == "sqlite":
        upgrade(settings.url)
    if demo:
        _load_demo(product)
    clock = NodeClock(product) if role in ("clock", "all") else None
    if clock is not None:
        clock.start()
    try:
        if role == "clock":
            _wait_for_signal()
        else:
            _serve_web(product, demo)
    finally:
        if clock is not None:
            clock.stop()
        product.db.dispose()


def _load_demo(product: Product) -> None:
    if product.settings.host not in LOOPBACK:
        raise Invalid(
            "演示数据只能在本机地址上使用", "demonstration data are for loopback addresses only"
        )
    if is_empty(product):
        click.echo("正在装载演示数据 …")
        load_demo_world(product, say=click.echo)


def _serve_web(product: Product, demo: bool) -> None:
    settings = product.settings
    server = _open_server(product)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.close).start())
    click.echo(f"\n绿程 Lucheng 已启动：http://{settings.host}:{settings.port}\n")
    if demo:
        _print_accounts()
    try:
        server.run()
    except (KeyboardInterrupt, OSError):
        server.close()


def _open_server(product: Product) -> Any:
    settings = product.settings
    try:
        return waitress.create_server(
            create_app(product),
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident="lucheng",
            max_request_body_size=(settings.upload_limit_mb + 2) * 1_048_576,
        )
    except OSError as error:
        raise Unavailable(
            f"端口 {settings.port} 已被占用，请换一个：PORT=8001 make run",
            f"port {settings.port} is in use; choose another: PORT=8001 make run",
        ) from error


def _print_accounts() -> None:
    click.echo("演示账号（仅限本机）：")
    shown: set[tuple[str, ...]] = set()
    for account in list_accounts():
        roles = tuple(account["roles"])
        if roles in shown:
            continue
        shown.add(roles)
        click.echo(
            f"  {account['username']:<14} {account['password']:<30} "
            f"{account['name']} · {'、'.join(account['titles'])}"
        )
    click.echo("全部账号：.venv/bin/lucheng demo accounts\n按 Ctrl+C 停止。")


def _wait_for_signal() -> None:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    stop.wait()
