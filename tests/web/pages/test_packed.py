"""Files of the browser code come packed to browsers that take it, and only to these."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.http.packed import Application

SCRIPT = b"export const words = 'many words';\n" * 200


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """An application with one packed file and one that is not."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/app.js").write_bytes(SCRIPT)
    (tmp_path / "dist/app.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    (tmp_path / "mark.svg").write_bytes(b"<svg/>")
    (tmp_path.parent / "outside.txt").write_text("outside")
    return Application(
        __name__, static_folder=str(tmp_path), static_url_path="/static"
    ).test_client()


def get(client: FlaskClient, name: str, **headers: str) -> TestResponse:
    answer = client.get(
        f"/static/{name}", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    answer.get_data()
    answer.close()
    return answer


def test_a_browser_that_takes_it_gets_the_packed_file(client: FlaskClient) -> None:
    answer = get(client, "dist/app.js", Accept_Encoding="gzip, deflate, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.mimetype == "text/javascript"
    assert int(answer.headers["Content-Length"]) < len(SCRIPT) / 10
    assert gzip.decompress(answer.data) == SCRIPT


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", "*;q=0"])
def test_a_browser_that_does_not_take_it_gets_the_plain_file(
    client: FlaskClient, accepted: str
) -> None:
    answer = get(client, "dist/app.js", Accept_Encoding=accepted)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == SCRIPT


def test_caches_between_are_told_that_there_are_two(client: FlaskClient) -> None:
    packed = get(client, "dist/app.js", Accept_Encoding="gzip")
    plain = get(client, "dist/app.js", Accept_Encoding="identity")
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_what_a_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    known = get(client, "dist/app.js", Accept_Encoding="gzip").headers["ETag"]
    again = get(client, "dist/app.js", Accept_Encoding="gzip", If_None_Match=known)
    assert (again.status_code, again.data) == (304, b"")
    other = get(client, "dist/app.js", Accept_Encoding="identity", If_None_Match=known)
    assert other.status_code == 200


def test_a_file_without_packed_twin_is_sent_as_it_is(client: FlaskClient) -> None:
    answer = get(client, "mark.svg", Accept_Encoding="gzip")
    assert (answer.data, answer.headers.get("Vary")) == (b"<svg/>", None)


@pytest.mark.parametrize("name", ["../outside.txt", "dist/../../outside.txt", "nothing.js"])
def test_nothing_outside_the_folder_is_sent(client: FlaskClient, name: str) -> None:
    assert get(client, name, Accept_Encoding="gzip").status_code == 404
