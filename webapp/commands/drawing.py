"""`lucheng draw`: what a party or an outsider does with a draw, without database and network."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path

import click


@click.group()
def draw() -> None:
    """Public draws."""


@draw.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def verify(file: Path, as_json: bool) -> None:
    """Compute a draw again from its file: exit 0 when it holds, 1 when it does not."""
    from engine.batches.draws.verify import is_settled, verify_document

    try:
        document = json.loads(file.read_bytes())
    except ValueError:
        document = None
    faults = verify_document(document)
    if as_json:
        found = [{"zh": zh, "en": en} for zh, en in faults]
        click.echo(json.dumps({"holds": not faults, "faults": found}, ensure_ascii=False))
    elif faults:
        click.echo("抽取记录不成立")
        for zh, en in faults:
            click.echo(f"  {zh}（{en}）")
    else:
        assert document is not None
        told = "与记录一致" if is_settled(document) else "名单已冻结，尚未抽取"
        click.echo(f"抽取记录 {document['number']} {told}")
        for member in document["seats"]:
            click.echo(f"  {document['labels'].get(member, member)}")
    sys.exit(1 if faults else 0)


@draw.command("commit")
@click.argument("digest")
@click.argument("party")
def commit(digest: str, party: str) -> None:
    """Make a nonce of 32 bytes for the draw of a DIGEST and print what to commit and to reveal."""
    from engine.batches.draws.seeds import commitment_of

    nonce = secrets.token_hex(32)
    click.echo(f"承诺 {commitment_of(digest, party, nonce)}")
    click.echo(f"随机数（公布前请自行保密） {nonce}")
