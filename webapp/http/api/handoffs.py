"""Hand-offs as files over HTTP: the file of one, and taking one in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, send_file
from flask.views import MethodView
from marshmallow import Schema, fields

from engine.errors import Invalid
from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.handing_files import export_handoff, import_handoff

blueprint = ApiBlueprint("api_handoffs", __name__, description="移交文件")

MOST_TRUST = 1_048_576


class HandoffUpload(Schema):
    """The file of a hand-off, and the trust file of who handed it over."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    trust = fields.Raw(metadata={"type": "string", "format": "binary"})


class TakenIn(Schema):
    """What was taken in; ``new`` is false when it was here already."""

    source = fields.String(required=True, attribute="from", data_key="from")
    number = fields.String(required=True)
    new = fields.Boolean(required=True)


@blueprint.route("/handoffs")
class Handoffs(MethodView):
    """Hand-offs from tenants that are not here."""

    @blueprint.arguments(HandoffUpload, location="files")
    @blueprint.response(201, TakenIn)
    @blueprint.alt_response(413, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Verify a file and take in once what it hands over; for administrators."""
        upload, trust = given["file"], given.get("trust")
        if not getattr(upload, "filename", ""):
            raise Invalid("文件没有名称", "the file has no name")
        keys = None if trust is None else trust.stream.read(MOST_TRUST)
        return import_handoff(product(), caller(), upload.stream, keys)


@blueprint.route("/handoffs/<uuid:handoff_id>/file")
class HandoffFile(MethodView):
    """What was handed over, as a file."""

    @blueprint.response(200, content_type="application/octet-stream")
    @authenticated
    def get(self, handoff_id: UUID) -> Response:
        """The signed file of a hand-off, with its case file."""
        name, stream = export_handoff(product(), caller(), handoff_id)
        mimetype = "application/octet-stream"
        return send_file(stream, mimetype=mimetype, as_attachment=True, download_name=name)
