"""Serving: schema, demonstration world, web server and clock in one process."""

from __future__ import annotations

import signal
from collections.abc import Callable
from threading import Event

import click
import structlog
from flask import Flask

from engine.errors import Invalid
from webapp.app import create_app
from webapp.demo.accounts import busy_accounts
from webapp.demo.world import is_empty, load_demo_world
from webapp.http.health import create_signs_app
from webapp.operations.logs import configure_logs
from webapp.product import Product
from webapp.schema import standing, upgrade
from webapp.settings import LOOPBACK
from webapp.web_node import WebNode
from webapp.worker import NodeClock

log = structlog.get_logger(__name__)


def serve(product: Product, *, role: str, demo: bool) -> None:
    """Serve until a signal comes; finish what is running before the end."""
    settings = product.settings
    configure_logs(settings.log_format)
    if product.db.engine.dialect.name == "sqlite":
        upgrade(settings.url)
    if demo:
        _load_demo(product)
    _tell_standing(product)
    web = _open_web(product, role)
    clock = NodeClock(product) if role in ("clock", "all") else None
    run = _until_signal(web)  # from here on a signal stops gently, even before the first request
    if clock is not None:
        clock.start()
    try:
        _announce(product, role, demo)
        run()
    finally:
        if clock is not None:
            clock.stop()
        product.db.dispose()
    log.info("node_stopped", role=role)


def _load_demo(product: Product) -> None:
    if product.settings.host not in LOOPBACK:
        raise Invalid(
            "演示数据只能在本机地址上使用", "demonstration data are for loopback addresses only"
        )
    if is_empty(product):
        click.echo("正在装载演示数据 …")
        load_demo_world(product, say=click.echo)


def _tell_standing(product: Product) -> None:
    """Say at the start what readiness will say; the node waits for the upgrade meanwhile."""
    found = standing(product.db.engine)
    if not found.is_usable:
        log.error("schema_unusable", standing=found.word, **vars(found))


def _open_web(product: Product, role: str) -> WebNode | None:
    settings = product.settings
    if role != "clock":
        return WebNode(create_app(product), settings, settings.port)
    if settings.signs_port:
        signs: Flask = create_signs_app(product)
        return WebNode(signs, settings, settings.signs_port)
    return None


def _announce(product: Product, role: str, demo: bool) -> None:
    settings = product.settings
    if role == "clock":
        click.echo("\n绿程 Lucheng 时钟节点已启动\n")
        return
    click.echo(f"\n绿程 Lucheng 已启动：http://{settings.host}:{settings.port}\n")
    if demo:
        _print_accounts(product)


def _until_signal(web: WebNode | None) -> Callable[[], object]:
    """Listen to signals, and give what serves until one comes."""
    if web is not None:
        _on_signal(web.stop)
        return web.run
    stop = Event()
    _on_signal(stop.set)
    return stop.wait


def _on_signal(stop: Callable[[], None]) -> None:
    """The first signal stops gently, a second one at once."""

    def gently(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, gently)


def _print_accounts(product: Product) -> None:
    click.echo("演示账号（仅限本机）：")
    for account in busy_accounts(product):
        click.echo(
            f"  {account['username']:<14} {account['password']:<30} "
            f"{account['name']} · {'、'.join(account['titles'])}"
        )
    click.echo("全部账号：.venv/bin/lucheng demo accounts\n按 Ctrl+C 停止。")
