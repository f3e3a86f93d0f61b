"""`lucheng identity`: the identity providers a tenant trusts."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.commands.opening import open_product


@click.group()
def identity() -> None:
    """Identity providers (OpenID Connect)."""


@identity.command("set")
@click.argument("slug")
@click.argument("issuer")
@click.option("--name", required=True, help="how the sign-in page calls it")
@click.option("--client-id", required=True)
@click.option("--secret-file", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--roles-claim", default="roles", help="the claim that holds a person's roles there")
@click.option("--role", "roles", multiple=True, help="VALUE=role or VALUE=role@unit; repeat")
def identity_set(
    slug: str, issuer: str, secret_file: Path, roles: tuple[str, ...], **facts: str
) -> None:
    """Let people of a tenant sign in at an issuer; again renews what was set."""
    from webapp.usecases.federation import set_provider

    secret = secret_file.read_text("utf-8").strip()
    role_map = dict(pair.partition("=")[::2] for pair in roles)
    given = {**facts, "issuer": issuer, "secret": secret, "role_map": role_map}
    set_provider(open_product(), slug, given)
    click.echo(f"{slug}: {facts['name']} 已设置")


@identity.command("off")
@click.argument("slug")
@click.argument("issuer")
def identity_off(slug: str, issuer: str) -> None:
    """Let nobody sign in at an issuer any more."""
    from webapp.usecases.federation import switch_provider

    switch_provider(open_product(), slug, issuer, is_on=False)
    click.echo(f"{slug}: {issuer} 已停用")
