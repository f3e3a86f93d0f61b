"""`lucheng user` and `lucheng demo`: who works here."""

from __future__ import annotations

import json
from typing import Any

import click

from webapp.commands.opening import open_product


@click.group()
def user() -> None:
    """People."""


@user.command("add")
@click.argument("slug")
@click.argument("username")
@click.option("--name", required=True)
@click.option("--title", default="")
@click.option("--capacity", default="officer")
@click.option("--role", "roles", multiple=True, help="role or role@unit; repeat for several")
@click.option("--unit")
@click.option("--body", "credit_code", help="credit code of the assessor body he works for")
@click.option("--enterprise", help="credit code of the enterprise he applies for")
@click.option("--enterprise-name", help="its name, when it is not known yet")
@click.password_option()
def user_add(
    slug: str, username: str, password: str, credit_code: str | None, **facts: Any
) -> None:
    """Add a person to a tenant."""
    from webapp.usecases.people import add_person, body_of_code, register_enterprise

    product = open_product()
    enterprise, name = facts.pop("enterprise"), facts.pop("enterprise_name")
    if credit_code:
        facts["body_id"] = body_of_code(product, credit_code)
    if enterprise:
        facts["enterprise_id"] = register_enterprise(product, enterprise, name or "")
    add_person(product, slug, username, password, facts, must_be_new=True)
    click.echo(f"已添加 {username}")


@user.command("lock")
@click.argument("username")
@click.option("--tenant", "slug", help="in this tenant only")
def user_lock(username: str, slug: str | None) -> None:
    """Switch a person off; sessions and tokens end at once."""
    _switch(username, slug, active=False)
    click.echo(f"已停用 {username}")


@user.command("unlock")
@click.argument("username")
@click.option("--tenant", "slug", help="in this tenant only")
def user_unlock(username: str, slug: str | None) -> None:
    """Switch a person on again; he signs in anew."""
    _switch(username, slug, active=True)
    click.echo(f"已启用 {username}")


@user.command("drop-factor")
@click.argument("username")
def user_drop_factor(username: str) -> None:
    """Take away the second factor of somebody who lost his device and his recovery codes."""
    from webapp.usecases.passwords import account_named
    from webapp.usecases.second_factor import remove_factor

    product = open_product()
    had = remove_factor(product, account_named(product, username))
    click.echo(f"已停用 {username} 的两步验证" if had else f"{username} 没有两步验证")


def _switch(username: str, slug: str | None, *, active: bool) -> None:
    from webapp.usecases.access import switch_account, switch_membership

    if slug is None:
        switch_account(open_product().db, username, active=active)
    else:
        switch_membership(open_product().db, slug, username, active=active)


@click.group()
def demo() -> None:
    """The demonstration world."""


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True)
def demo_accounts(as_json: bool) -> None:
    """The demonstration accounts."""
    from webapp.demo.accounts import list_accounts

    accounts = list_accounts()
    if as_json:
        click.echo(json.dumps(accounts, ensure_ascii=False, indent=1))
        return
    for account in accounts:
        click.echo(
            f"{account['tenant']}  {account['username']:<16} {account['password']:<28} "
            f"{account['name']}  {', '.join(account['roles'])}"
            + (f"  PIN {account['pin']}" if account["pin"] else "")
        )


@click.group()
def body() -> None:
    """Assessor bodies and their people."""


@body.command("add")
@click.argument("credit_code")
@click.option("--name", required=True)
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["enterprise", "public-institution", "trade-association", "other"]),
)
def body_add(credit_code: str, name: str, kind: str) -> None:
    """Register an assessor body by its unified social credit code."""
    from webapp.usecases.people import register_body

    register_body(open_product(), credit_code, name, kind)
    click.echo(f"已登记 {name}")


@body.command("person")
@click.argument("credit_code")
@click.argument("name")
@click.option("--number", required=True, help="identity number; only what it amounts to is kept")
@click.option("--discipline", "disciplines", multiple=True, required=True)
def body_person(credit_code: str, name: str, number: str, disciplines: tuple[str, ...]) -> None:
    """Register a person of a body with what he is qualified in; again replaces what was there."""
    from domain.assessors.rules import Named
    from webapp.usecases.people import register_assessor

    register_assessor(open_product(), credit_code, Named(name, number), disciplines)
    click.echo(f"已登记 {name}：{'、'.join(disciplines)}")
