"""Work items over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, jsonify, send_file
from flask.views import MethodView

from engine.answers import earlier_answer, keep_answer, request_digest
from engine.cases.submissions import Submission
from engine.definitions.bundles import bundle_file
from engine.errors import Invalid
from engine.work_items.holding import claim_item, release_item, save_draft
from engine.work_items.lists import done_items, open_items, started_items, substituted_items
from engine.work_items.sharing import copied_items
from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller, idempotency_key
from webapp.http.frame import now, product
from webapp.usecases.endorsing import sign_and_hand_in
from webapp.usecases.fields import describe_fields
from webapp.usecases.files import open_file, store_upload
from webapp.usecases.tasks import open_item

blueprint = ApiBlueprint("api_items", __name__, description="待办")


@blueprint.route("/work-items")
class Items(MethodView):
    """Work items."""

    @blueprint.arguments(schemas.ItemQuery, location="query")
    @blueprint.response(200, schemas.ItemPage)
    @authenticated
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Your items: all open ones by default, or one view.

        ``mine`` are with you, ``group`` with your roles, ``done`` you have completed, ``started``
        are the open items of cases you began, with whomever they are; ``substituted`` are with
        colleagues you act for now, ``copied`` those of which you were sent a copy.
        """
        who, options = caller(), {"search": query["q"], "cursor": query["cursor"]}
        with product().db.tenant(who.tenant_id, read_only=True) as tx:
            if query["view"] == "done":
                page = done_items(tx, who, limit=query["limit"], **options)
            elif query["view"] == "started":
                page = started_items(tx, who, limit=query["limit"], **options)
            elif query["view"] == "substituted":
                page = substituted_items(tx, who, now(), limit=query["limit"], **options)
            elif query["view"] == "copied":
                page = copied_items(tx, who, limit=query["limit"], **options)
            else:
                page = open_items(tx, who, view=query["view"], limit=query["limit"], **options)
        return {"items": page.rows, "next": page.next}


@blueprint.route("/work-items/<uuid:item_id>")
class OneItem(MethodView):
    """One work item."""

    @blueprint.response(200, schemas.ItemDetail)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, item_id: UUID) -> dict[str, Any]:
        """An item: form schema, values so far, fields with options, revision, operations."""
        with open_item(product(), caller(), item_id) as task:
            fields = describe_fields(task)
        item = task.item
        form = None
        if item.form:
            with product().db.tenant(caller().tenant_id, read_only=True) as tx:
                form = json.loads(bundle_file(tx, task.bundle.id, "form", item.form))
        return {
            "id": item.id,
            "case": item.case_id,
            "element": item.element,
            "name": item.name,
            "status": item.status,
            "revision": item.revision,
            "due_at": item.due_at,
            "legal_due_at": item.legal_due_at,
            "form": form,
            "values": task.values,
            "fields": fields,
            "operations": task.operations,
            "signature": task.to_sign,
        }


@blueprint.route("/work-items/<uuid:item_id>/complete")
class Complete(MethodView):
    """Completions."""

    @blueprint.arguments(schemas.Completion)
    @blueprint.response(200, schemas.Completed)
    @blueprint.alt_response(202, schema=schemas.Completed)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], item_id: UUID) -> Any:
        """Complete an item; 202 when it was kept but the case could not move on.

        A step that asks for a signature is completed with ``pin``, the signer's own.
        """
        handed = Submission(item_id, given["revision"], given["data"])
        pin, key = given["pin"], idempotency_key()
        done = sign_and_hand_in(product(), caller(), handed, pin, key=key)
        if done.incident is None:
            return done.as_json()
        answer = jsonify(done.as_json())
        answer.status_code = 202
        return answer


@blueprint.route("/work-items/<uuid:item_id>/draft")
class Drafts(MethodView):
    """Drafts."""

    @blueprint.arguments(schemas.Draft)
    @blueprint.response(200, schemas.Revision)
    @authenticated
    def post(self, given: dict[str, Any], item_id: UUID) -> dict[str, int]:
        """Keep what was typed; Conflict when another window saved since ``revision``."""
        return _once(
            f"draft {item_id}",
            given,
            lambda tx: save_draft(
                tx, product().world, caller(), item_id, given["data"], given["revision"]
            ),
        )


@blueprint.route("/work-items/<uuid:item_id>/claim")
class Claim(MethodView):
    """Claims."""

    @blueprint.response(200, schemas.Revision)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, item_id: UUID) -> dict[str, int]:
        """Take an offered item."""
        return _once(
            f"claim {item_id}", {}, lambda tx: claim_item(tx, product().world, caller(), item_id)
        )


@blueprint.route("/work-items/<uuid:item_id>/release")
class Release(MethodView):
    """Releases."""

    @blueprint.response(200, schemas.Revision)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, item_id: UUID) -> dict[str, int]:
        """Give a claimed item back."""
        return _once(
            f"release {item_id}",
            {},
            lambda tx: release_item(tx, product().world, caller(), item_id),
        )


def _once(what: str, given: dict[str, Any], act: Callable[[Any], int]) -> dict[str, int]:
    """Act in one transaction, once per idempotency key."""
    who, key = caller(), idempotency_key()
    request = request_digest(what, given)
    with product().db.tenant(who.tenant_id) as tx:
        earlier: dict[str, int] | None = earlier_answer(tx, who.account_id, key, request)
        if earlier is not None:
            return earlier
        answer = {"revision": act(tx)}
        keep_answer(tx, who.account_id, key, request, answer, now())
    return answer


@blueprint.route("/attachments")
class Attachments(MethodView):
    """Attachments."""

    @blueprint.arguments(schemas.Upload, location="files")
    @blueprint.response(201, schemas.Attachment)
    @blueprint.alt_response(413, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> dict[str, object]:
        """Store a file; name it in a form by its id."""
        upload = given["file"]
        if not getattr(upload, "filename", ""):
            raise Invalid("文件没有名称", "the file has no name")
        return store_upload(product(), caller(), upload.filename, upload.stream)


@blueprint.route("/attachments/<uuid:file_id>")
class OneAttachment(MethodView):
    """One attachment."""

    @blueprint.response(200, content_type="application/octet-stream")
    @authenticated
    def get(self, file_id: UUID) -> Response:
        """The bytes of a file you may see."""
        facts, stream = open_file(product(), caller(), file_id)
        return send_file(
            stream,
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=str(facts["name"]),
        )
