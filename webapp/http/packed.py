"""Files of the browser code, given out packed to browsers that take it."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.security import safe_join

from webapp.http.spools import ClosingRequest


class Application(Flask):
    """A Flask application that answers with ``name.gz`` where the build has laid one beside
    ``name``; the two have entity tags of their own."""

    request_class = ClosingRequest

    def send_static_file(self, filename: str) -> Response:
        """A file of the static folder."""
        packed = f"{filename}.gz"
        if not _is_file(str(self.static_folder), packed):
            return super().send_static_file(filename)
        if request.accept_encodings.quality("gzip") > 0:
            answer = super().send_static_file(packed)
            answer.mimetype = mimetypes.guess_type(filename)[0] or "application/octet-stream"
            answer.headers["Content-Encoding"] = "gzip"
        else:
            answer = super().send_static_file(filename)
        answer.vary.add("Accept-Encoding")
        return answer


def _is_file(folder: str, name: str) -> bool:
    found = safe_join(folder, name)
    return found is not None and Path(found).is_file()
