"""What operators copy is right: names, commands and settings are those of this program."""

from __future__ import annotations

import configparser
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from webapp.cli import main
from webapp.settings import PLAIN, PREFIX, Settings, read_settings

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMPOSE = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Sections and keys of a unit; a key may come several times."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return found


def refuse_unknown(words: list[str]) -> None:
    """Fail unless these words are a command of ours with options it knows."""
    command: click.Command = main
    while words and isinstance(command, click.Group):
        word = words.pop(0)
        found = command.commands.get(word)
        assert found is not None, f"there is no command {word}"
        command = found
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known, words


def lines_of_documents() -> Iterator[str]:
    for block in re.findall(r"^```sh\n(.*?)^```", OPERATIONS, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            yield from re.findall(r"(?:^|\s|/)lucheng (.+?)(?:$|#|\||&)", line)


@pytest.mark.parametrize("line", sorted(set(lines_of_documents())))
def test_the_commands_of_the_guide_exist(line: str) -> None:
    words = [word for word in line.split() if not word.startswith(("$", "'"))]
    refuse_unknown(words)


@pytest.mark.parametrize("path", [u for u in UNITS if u.suffix == ".service"], ids=lambda p: p.name)
def test_a_unit_runs_a_command_of_ours_and_stops_it_gently(path: Path) -> None:
    service = unit(path)["Service"]
    ((start,)) = service["ExecStart"]
    program, *words = start.split()
    assert program == "/opt/lucheng/bin/lucheng"
    refuse_unknown(words)
    parts = [part for line in service.get("Environment", []) for part in line.split()]
    given = dict(part.split("=", 1) for part in parts)
    read_settings({name: value.replace("%i", "8001") for name, value in given.items()})
    if "run" in words:
        assert int(service["TimeoutStopSec"][0]) > Settings().stop_seconds
        assert service["KillMode"] == ["mixed"], "SIGTERM goes to the node first"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    program = tmp_path / "lucheng"
    program.write_text("#!/bin/sh\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    names = []
    for path in UNITS:
        name = path.name.replace("@.", "@8001.")
        text = path.read_text(encoding="utf-8").replace("/opt/lucheng/bin/lucheng", str(program))
        (tmp_path / name).write_text(text, encoding="utf-8")
        names.append(str(tmp_path / name))
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_LOG_LEVEL": "warning"},
    )
    about_ours = [line for line in said.stderr.splitlines() if "lucheng" in line]
    assert about_ours == []


def test_the_example_of_settings_is_read_by_the_program() -> None:
    lines = (DEPLOY / "lucheng.env").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert read_settings(given).has_secure_cookies


def test_compose_names_commands_settings_and_variables_that_exist() -> None:
    example = (DEPLOY / "compose" / "example.env").read_text(encoding="utf-8")
    explained = {line.partition("=")[0] for line in example.splitlines() if "=" in line}
    text = (DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == explained
    image = (DEPLOY / "compose" / "Dockerfile").read_text(encoding="utf-8")
    assert set(COMPOSE["x-node"]["build"]["args"]) == set(
        re.findall(r"^ARG (\w+)", image, re.MULTILINE)
    )
    for name in ("upgrade", "web", "clock"):
        service: dict[str, Any] = COMPOSE["services"][name]
        refuse_unknown([str(word) for word in service["command"]])
        ours = {
            key: str(value)
            for key, value in service.get("environment", {}).items()
            if key in PLAIN or key.startswith(PREFIX)
        }
        read_settings(ours)


def test_compose_starts_things_in_order_and_keeps_what_must_be_kept() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / "compose" / source).exists()
    for name in ("web", "clock"):
        after = services[name]["depends_on"]["upgrade"]["condition"]
        assert after == "service_completed_successfully"
        assert "healthcheck" in services[name]
        assert "ports" not in services[name], "only the proxy is reached from outside"
    assert services["web"]["volumes"] == services["clock"]["volumes"]


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_hides_the_figures_and_takes_the_largest_upload(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert "/metrics" in text
    assert "404" in text
    assert re.search(rf"{Settings().upload_limit_mb + 2}\s*mb?", text, re.IGNORECASE)
    assert "Strict-Transport-Security" in text


def test_nginx_says_who_asks_and_passes_on_no_claims() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for header in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"):
        assert re.search(rf"proxy_set_header {header} \$\w+;", text)
    assert "proxy_add_x_forwarded_for" not in re.sub(r"#.*", "", text)
    assert text.count("{") == text.count("}")


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here")
def test_nginx_accepts_its_recipe(tmp_path: Path) -> None:
    made = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "fullchain.pem"]
    self_signed = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    subprocess.run(["openssl", "req", *self_signed, *made], check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/ssl/lucheng", str(tmp_path))
    whole = tmp_path / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    scratch = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    head = f"error_log stderr;\npid {tmp_path}/pid;\nevents {{}}\n"
    body = f"http {{\naccess_log off;\n{scratch}{text}\n}}\n"
    whole.write_text(head + body, encoding="utf-8")
    said = subprocess.run(
        ["nginx", "-t", "-c", str(whole), "-p", str(tmp_path)], capture_output=True, check=False
    )
    assert said.returncode == 0, said.stderr


@pytest.mark.skipif(shutil.which("caddy") is None, reason="no caddy here")
def test_caddy_accepts_its_recipe() -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_roles_of_compose_are_those_of_the_guide() -> None:
    script = (DEPLOY / "compose" / "roles.sh").read_text(encoding="utf-8")
    made = set(re.findall(r"create role (\w+)", script))
    guide = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8") + OPERATIONS
    assert made == set(re.findall(r"create role (\w+)", guide))
    assert "bypassrls" in script
    assert script.count("bypassrls") == 1, "only the backup role sees every row"


def test_every_file_of_the_folder_is_explained() -> None:
    files = {path.relative_to(DEPLOY).as_posix() for path in DEPLOY.rglob("*") if path.is_file()}
    assert {name for name in files if f"deploy/{name}" not in OPERATIONS} == set()


def test_units_are_well_formed() -> None:
    for path in UNITS:
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.read(path, encoding="utf-8")
        assert "Unit" in parser.sections()
