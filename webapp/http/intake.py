"""What may come in at all: how much of it, and which characters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from json import JSONDecodeError
from typing import Any, NoReturn

from flask import Flask, Request, current_app, request
from flask.json.provider import DefaultJSONProvider
from webargs.core import missing
from webargs.flaskparser import FlaskParser, abort, is_json_request
from werkzeug.exceptions import BadRequest

from webapp.settings import Settings

KILOBYTE = 1_024
MEGABYTE = 1_048_576
BODY_LIMIT = 4 * MEGABYTE
"""Everything but files: typed forms, diagrams as text, answers of programs."""

MOST_LEVELS = 64
"""How deep lists and objects may stand in each other; forms nest a handful."""

MOST_DIGITS = 34
"""As many as expressions count with; a longer number is no number of anything."""

MOST = 1e34

BLANK = " "
"""What stands for an empty text in an error: webargs takes the empty one for no body at all."""

TOO_DEEP = "nested too deep"
UNSTORABLE = "a character that cannot be stored"

SMALL_BODIES = {"tokens.Tokens": 16 * KILOBYTE}
"""Endpoint to the limit of its bodies where nobody is signed in yet."""

PUBLIC_UPLOADS = frozenset({"objecting.object_to"})
SEALED_UPLOADS = frozenset({"api_tenders.Bids", "tenders.bid"})
CASE_FILES = frozenset({"handoffs.take_in", "api_handoffs.Handoffs"})
"""Endpoints that take a whole case, from administrators."""
UPLOADS = frozenset(
    {
        "api_items.Attachments",
        "batches.act_on",
        "cases.upload",
        "starting.start_with_form",
        "tasks.act_on_item",
        "tasks.count_score",
        "tasks.save_typed",
    }
)
"""Endpoints that take files of people with an account."""


class StrictJson(DefaultJSONProvider):
    """Reads JSON that can be worked on and stored: not too deep, whole characters, real numbers."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value; JSONDecodeError says why there is none."""
        try:
            text = s.decode() if isinstance(s, bytes) else s
            found = json.loads(text, parse_constant=_refuse, **NUMBERS, **kwargs)
        except JSONDecodeError as error:
            raise JSONDecodeError(error.msg, error.doc or BLANK, error.pos) from error
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode()
            raise JSONDecodeError("no UTF-8", before or BLANK, len(before)) from error
        except RecursionError as error:
            raise _unreadable(TOO_DEEP) from error
        except ValueError as error:
            raise _unreadable(str(error)) from error
        for part in _texts(found):
            if not is_storable(part):
                raise _unreadable(UNSTORABLE)
        return found


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("a number of too many digits")
    return int(digits)


def _fraction(text: str) -> float:
    number = float(text)
    if number and not 1 / MOST < abs(number) < MOST:
        raise ValueError("a number beyond all measure")
    return number


NUMBERS: Mapping[str, Any] = {"parse_int": _whole, "parse_float": _fraction}


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _unreadable(why: str) -> JSONDecodeError:
    return JSONDecodeError(why, BLANK, 0)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value; JSONDecodeError when it is nested too deep."""
    level = [value]
    for _depth in range(MOST_LEVELS):
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict):
                yield from one
                below += one.values()
            elif isinstance(one, list):
                below += one
        if not below:
            return
        level = below
    raise _unreadable(TOO_DEEP)


def is_storable(text: str) -> bool:
    """Whether every database keeps the text: no NUL, no half of a character."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


class JsonParser(FlaskParser):
    """Reads the bodies of the API by the application's own JSON."""

    def _raw_load_json(self, req: Request) -> Any:
        if not is_json_request(req):
            return missing
        return current_app.json.loads(req.get_data(cache=True))

    def _handle_invalid_json_error(
        self, error: JSONDecodeError | UnicodeDecodeError, *_args: Any, **_kwargs: Any
    ) -> NoReturn:
        """Say where and why; ``field_errors`` puts it in words."""
        abort(400, exc=error, messages={"json": [f"Invalid JSON body: {error}"]})


def add_limits(app: Flask, settings: Settings) -> None:
    """Bound every request before anything reads it, and refuse text that cannot be stored."""
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: _bound(settings))
    app.before_request(_check_texts)


def _bound(settings: Settings) -> None:
    endpoint = request.endpoint or ""
    if endpoint in UPLOADS:
        megabytes = settings.upload_limit_mb + 2
    elif endpoint in PUBLIC_UPLOADS:
        megabytes = settings.public_upload_limit_mb * settings.public_upload_files + 1
    elif endpoint in CASE_FILES:
        megabytes = settings.case_file_limit_mb + 2
    elif endpoint in SEALED_UPLOADS:
        megabytes = settings.bid_limit_mb + 1
    else:
        request.max_content_length = SMALL_BODIES.get(endpoint, BODY_LIMIT)
        return
    request.max_content_length = megabytes * MEGABYTE


def _check_texts() -> None:
    """Bodies of forms are read here too; the token against forged requests was there before."""
    places = [request.path, *request.args.keys(), *request.args.values()]
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        places += [text for pair in request.form.items(multi=True) for text in pair]
    if not all(map(is_storable, places)):
        raise BadRequest
