"""Documents of a case over HTTP: what there is, issuing one, the file of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, send_file
from flask.views import MethodView
from marshmallow import Schema, fields

from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.documents import issue_document, open_document, read_documents

blueprint = ApiBlueprint("api_documents", __name__, description="文书")


class IssuedDocument(Schema):
    """A document that was issued."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    number = fields.String(required=True)
    step = fields.String(required=True)
    at = fields.DateTime(required=True)
    digest = fields.String(required=True)
    pages = fields.Integer(allow_none=True)


class OfferedDocument(Schema):
    """A document that you may issue now, upon a record."""

    document = fields.String(required=True, attribute="ref")
    title = fields.String(required=True)
    step = fields.String(required=True)
    record = fields.UUID(required=True, attribute="record_id")


class DocumentList(Schema):
    """What there is and what may be issued."""

    issued = fields.List(fields.Nested(IssuedDocument), required=True)
    offers = fields.List(fields.Nested(OfferedDocument), required=True)


class DocumentWanted(Schema):
    """Which document to issue, upon which record."""

    document = fields.String(required=True)
    record = fields.UUID(required=True)


class DocumentId(Schema):
    """The document that was issued."""

    id = fields.UUID(required=True)


@blueprint.route("/cases/<uuid:case_id>/documents")
class Documents(MethodView):
    """Documents of a case."""

    @blueprint.response(200, DocumentList)
    @authenticated
    def get(self, case_id: UUID) -> Any:
        """The issued documents you may see, and those you may issue."""
        return read_documents(product(), caller(), case_id)

    @blueprint.arguments(DocumentWanted)
    @blueprint.response(201, DocumentId)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], case_id: UUID) -> dict[str, Any]:
        """Issue a document; the same upon the same record gives the same one."""
        found = issue_document(product(), caller(), case_id, given["document"], given["record"])
        return {"id": found}


@blueprint.route("/documents/<uuid:document_id>/file")
class DocumentFile(MethodView):
    """The file of a document."""

    @blueprint.response(200, content_type="application/octet-stream")
    @authenticated
    def get(self, document_id: UUID) -> Response:
        """An issued document as it was issued."""
        name, stream = open_document(product(), caller(), document_id)
        mimetype = "application/octet-stream"
        return send_file(stream, mimetype=mimetype, as_attachment=True, download_name=name)
