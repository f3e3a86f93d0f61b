"""A procedure leaves and enters as a ZIP for the desktop modeller, with no loss."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from engine.definitions.zipped import read_zip, write_zip
from tests.process.levels import RIGID
from tests.web.definitions.test_procedure_pages import LATER, PAGE, Desktop, browser
from tests.web.pages.desk import Shown

from .conftest import Levelled

TEMPLATE = ".camunda/element-templates/lucheng.endorse.json"


@pytest.fixture
def admin(levels_once: Levelled) -> Desktop:
    return browser(levels_once, "below", "admin")


def packed(who: Desktop, side: str) -> dict[str, bytes]:
    """The files of the ZIP of a version or draft."""
    answer = who.client.get(f"{PAGE}/{side}.zip")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return read_zip(answer.data)


def hand_in(who: Desktop, files: dict[str, bytes] | bytes) -> Shown:
    """The answer to a ZIP."""
    body = files if isinstance(files, bytes) else write_zip(files)
    return who.post(f"{PAGE}/drafts", file=FileStorage(io.BytesIO(body), "改.zip"))


def test_what_leaves_comes_back_byte_for_byte(admin: Desktop) -> None:
    files = packed(admin, "v1")
    assert files["walking.bpmn"] == RIGID.encode()
    form = next(name for name in files if name.startswith("forms/"))
    assert json.loads(files[TEMPLATE])["name"] == "签字背书"
    made = hand_in(admin, files)
    assert made.status == 303
    assert packed(admin, made.location.rsplit("/", 1)[1]) == files
    changed = files[form].replace(b'"label": "', b'"label": "\xe6\x96\xb0', 1)
    assert changed != files[form]
    again = hand_in(admin, {**files, "walking.bpmn": LATER.encode(), form: changed})
    draft = again.location.rsplit("/", 1)[1]
    assert packed(admin, draft) == {**files, "walking.bpmn": LATER.encode(), form: changed}
    assert admin.post(f"{again.location}/publish", reason="修订").status == 303
    assert packed(admin, "v2")[form] == changed
    assert packed(admin, "v1") == files


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"other.bpmn": RIGID.replace('id="walking"', 'id="other"').encode()}, "walking"),
        ({"walking.bpmn": b"<a/>"}, "walking.bpmn"),
        ({"walking.bpmn": RIGID.encode(), "forms/a.form": b"[]"}, "forms/a.form"),
        ({"walking.bpmn": RIGID.encode(), "a.dmn": b"<a/>"}, "a.dmn"),
        (b"PK\x03\x04 not more", "ZIP"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(
    admin: Desktop, files: Any, told: str
) -> None:
    shown = hand_in(admin, files)
    assert (shown.status, told in shown.main) == (422, True)
    assert "未发布的草稿" not in admin.get(PAGE).main


def test_files_that_nobody_needs_are_named(admin: Desktop) -> None:
    made = hand_in(admin, {"walking.bpmn": RIGID.encode(), "说明.txt": b"x"})
    assert "说明.txt" in admin.get(made.location).text
