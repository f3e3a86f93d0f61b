"""`lucheng draw`: anybody computes a draw again, and a party makes its nonce."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from engine.batches.draws.rules import (
    Excluded,
    Member,
    content_digest,
    frozen_content,
    ranking_of,
    seats_of,
)
from engine.batches.draws.seeds import NUMBER, commitment_of, seed_of_number
from webapp.cli import main


def document() -> dict[str, Any]:
    """A draw by an agreed number, with one who stepped back."""
    members = [Member(f"m{n}", label=f"矿山{n}") for n in range(5)]
    source = {"kind": NUMBER, "name": "双色球", "day": "2026-01-16"}
    content = frozen_content("检查", members, [Excluded("m9", "回避")], {"": 2}, source)
    digest, number = content_digest(content), "03 07 12 19 24 31 08"
    ranking = ranking_of(content, seed_of_number(digest, number))
    gone = ranking[0].id
    entry = {"kind": "number", "label": "", "value": number, "day": "2026-01-16"}
    return {
        "format": "lucheng-draw-1",
        "number": "2026-0001",
        "content": content,
        "digest": digest,
        "frozenAt": "2026-01-15T01:00:00+00:00",
        "frozenOn": "2026-01-15",
        "entries": [{**entry, "party": who, "at": "2026-01-16T15:00:00+00:00"} for who in "ab"],
        "settledAt": "2026-01-16T15:00:00+00:00",
        "seed": seed_of_number(digest, number),
        "ranking": [one.id for one in ranking],
        "refusals": [{"member": gone, "reason": "回避", "at": "2026-01-17T00:00:00+00:00"}],
        "seats": seats_of(ranking, {gone}),
        "void": None,
        "labels": {one.id: one.label for one in members},
    }


def verify(folder: Path, content: bytes, *more: str) -> Any:
    place = folder / "draw.json"
    place.write_bytes(content)
    return CliRunner().invoke(main, ["draw", "verify", str(place), *more])


def test_a_true_file_is_0_and_names_who_is_drawn(tmp_path: Path) -> None:
    told = document()
    done = verify(tmp_path, json.dumps(told).encode())
    assert (done.exit_code, "与记录一致" in done.output) == (0, True)
    assert told["labels"][told["seats"][1]] in done.output


def test_a_changed_or_broken_file_is_1_with_the_reason(tmp_path: Path) -> None:
    one_person = [{**entry, "party": "a"} for entry in document()["entries"]]
    for told in ({**document(), "seats": ["m0"]}, {**document(), "entries": one_person}):
        done = verify(tmp_path, json.dumps(told).encode(), "--json")
        said = json.loads(done.output)
        assert (done.exit_code, said["holds"], len(said["faults"])) == (1, False, 1)
    for broken in (b"", b"[]", b"{}", b"\xff"):
        assert verify(tmp_path, broken).exit_code == 1


def test_a_party_makes_its_nonce_by_itself() -> None:
    done = CliRunner().invoke(main, ["draw", "commit", "d" * 64, "a"])
    commitment, nonce = (line.split()[-1] for line in done.output.splitlines())
    assert commitment == commitment_of("d" * 64, "a", nonce)
