"""`lucheng case export` and `lucheng verify`, as somebody types them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.web.endorsing.office import Office
from webapp.cli import main
from webapp.usecases.outside_proof import checkpoint_tenant, read_checkpoints


def run(folder: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner(env={"DATA_DIR": str(folder), **environment}).invoke(main, list(arguments))


@pytest.fixture
def exported(office: Office, tmp_path: Path, request: Any) -> tuple[Office, str, Path]:
    """A running case that was exported by its number."""
    if office.bureau.product.db.engine.dialect.name != "sqlite":
        pytest.skip("the commands open the database of the environment; one kind is enough")
    bureau, case = office.bureau, office.bureau.begin()
    bureau.sign("officer")
    url = office.bureau.product.db.url.render_as_string(hide_password=False)
    environment = {"DATABASE_URL": url, "LUCHENG_SIGNING_SECRET": "of tests"}
    number, file = bureau.town.case(case).number, tmp_path / "case.zip"
    for arguments in (
        ("case", "export", number, "-o", str(file)),
        ("case", "keys", "walk", "-o", str(tmp_path / "keys.json")),
    ):
        done = run(tmp_path, *arguments, **environment)
        assert done.exit_code == 0, done.output
    return office, case, file


def verify(file: Path, *more: str) -> Result:
    """Without a database: none is where the environment says."""
    keys = str(file.with_name("keys.json"))
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    return run(file.parent, "verify", str(file), "--trust", keys, *more, DATABASE_URL=nowhere)


def test_the_exit_codes_tell_intact_altered_incomplete_and_unproved(
    exported: tuple[Office, str, Path],
) -> None:
    office, _case, file = exported
    product = office.bureau.product
    said = file.with_name("checkpoints.json")
    office.bureau.town.clock.advance(timedelta(hours=1))
    checkpoint_tenant(product, office.bureau.town.tenant_id)
    said.write_text(json.dumps(read_checkpoints(product, "walk", "", None)[0]))
    whole = file.read_bytes()
    codes = {"no checkpoint": verify(file).exit_code}
    codes["checkpoint"] = verify(file, "--checkpoint", str(said)).exit_code
    file.write_bytes(whole[:-100])
    codes["cut"] = verify(file).exit_code
    file.write_bytes(whole.replace("一切属实".encode(), "一切不实".encode()))
    codes["altered"] = verify(file).exit_code
    assert codes == {"no checkpoint": 4, "checkpoint": 0, "cut": 3, "altered": 1}


def test_the_verdict_is_told_in_words_and_to_programs(exported: tuple[Office, str, Path]) -> None:
    _office, _case, file = exported
    assert "完整性无法证明" in verify(file).output
    answer = json.loads(verify(file, "--json").output)
    assert (answer["exit"], answer["outcome"]) == (4, "unproved")
    assert [one["code"] for one in answer["found"]] == ["unproved"]
    assert [one["as"] for one in answer["signatures"]] == ["初评人"]


def test_what_is_no_trust_file_is_told(exported: tuple[Office, str, Path]) -> None:
    _office, _case, file = exported
    file.with_name("keys.json").write_text("{}")
    done = verify(file)
    assert (done.exit_code, "信任文件" in done.output) == (2, True)
