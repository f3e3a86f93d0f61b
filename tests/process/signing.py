"""A procedure whose assessment is signed by who made it and by the leader, and its people."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from drawn import END, NOTE_FORM, START, el, flows, sources, user
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.blobs import LocalBlobs
from engine.cases.lifecycle import start_case
from engine.cases.submissions import Submission
from engine.definitions.binding import Bindings
from engine.store.control import accounts
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import records
from engine.timing.clock import FrozenClock
from engine.work_items.items import Completion
from webapp.bindings.endorsements import bindings
from webapp.product import Product
from webapp.settings import Settings
from webapp.usecases.endorsing import Renewal, set_key, sign_and_hand_in
from webapp.usecases.files import store_upload
from webapp.usecases.sign_in import hash_password

FORM = (Path(__file__).parents[2] / "forms/shared/endorsement.form").read_bytes()
PASSWORD = "a password of tests"
PASSWORD_HASH = hash_password(PASSWORD)
PIN = "274913"
MINUTE = timedelta(minutes=1)
_MANY = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
    'inputCollection="=signers" inputElement="signer" outputCollection="answers" '
    'outputElement="=decision"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
)


def _property(name: str, value: str) -> str:
    return f'<zeebe:property name="{name}" value="{value}"/>'


def signed_step() -> str:
    """The step that is signed: one item for each who must sign."""
    own = (
        _property("signature", "required")
        + _property("signers", "=[signer.principal]")
        + _property("signs", "assess")
        + _property("signerCapacity", "=signer.capacity")
    )
    extensions = (
        '<zeebe:userTask/><zeebe:formDefinition formId="endorsement"/>'
        '<zeebe:assignmentDefinition candidateGroups="=signer.principal"/>'
        f"<zeebe:properties>{own}</zeebe:properties>"
    )
    return el("userTask", "sign", _MANY, extensions)


def signed_procedure() -> FlatSources:
    """Assessed, signed by everybody who must, and assessed anew when somebody refuses."""
    others = "[{principal: &#34;leader&#34;, capacity: &#34;包联领导&#34;}]"
    service = (
        '<zeebe:taskDefinition type="endorsement.list-signers"/><zeebe:ioMapping>'
        '<zeebe:input source="assess" target="steps"/>'
        '<zeebe:input source="初评人" target="capacity"/>'
        f'<zeebe:input source="={others}" target="others"/>'
        '<zeebe:output source="=signers" target="signers"/></zeebe:ioMapping>'
    )
    drawn = sources(
        START,
        user("assess", group="department-a"),
        el("serviceTask", "list", extensions=service),
        signed_step(),
        el("exclusiveGateway", "all", attributes='default="f4"'),
        END,
        flows(
            "s -> assess",
            "assess -> list",
            "list -> sign",
            "sign -> all",
            "all -> assess",
            'all -> e if =every answer in answers satisfies answer = "agree"',
        ),
    )
    more = {"endorsement.form": FORM, "note.form": _with_files(NOTE_FORM)}
    return replace(drawn, replaced={**drawn.replaced, **more})


def _with_files(form: bytes) -> bytes:
    """The small form with a place for files."""
    read = json.loads(form)
    picker = {"type": "filepicker", "id": "f_files", "key": "files", "label": "附件"}
    read["components"].append({**picker, "multiple": True, "accept": ".pdf"})
    return json.dumps(read).encode()


@dataclass
class Bureau:
    """The product with the signed procedure and people who have keys."""

    product: Product
    town: Town

    def begin(self, file: bytes = b"") -> str:
        """A case whose assessment waits for signatures, with a file if given; its id."""
        begun = start_case(self.town.db, self.town.world, self.town["applicant"], "p", {})
        self.assess("一切属实", file)
        return str(begun["id"])

    def assess(self, note: str, file: bytes = b"") -> None:
        """The assessment, made or made anew."""
        self.town.clock.advance(MINUTE)
        files = {"files": [self._upload(file)]} if file else {}
        self.town.complete("officer", "assess", note=note, **files)

    def _upload(self, content: bytes) -> str:
        stored = store_upload(self.product, self.town["officer"], "证明.pdf", io.BytesIO(content))
        return str(stored["id"])

    def records(self) -> list[Any]:
        """Every record of the tenant, oldest first."""
        with self.town.db.tenant(self.town.tenant_id, read_only=True) as tx:
            found = tx.all(select(records).where(records.c.tenant_id == TENANT))
        return sorted(found, key=lambda row: row.at)

    def item(self, who: str, element: str = "sign") -> Any:
        """The item of a step that somebody may work on."""
        return next(i for i in self.town.items(who) if i.element == element)

    def sign(self, who: str, pin: str = PIN, key: str | None = None, **values: Any) -> Completion:
        """Somebody signs his item."""
        self.town.clock.advance(MINUTE)
        item = self.item(who)
        handed = Submission(item.id, item.revision, values or {"decision": "agree"})
        return sign_and_hand_in(self.product, self.town[who], handed, pin, key=key)

    def set_key(self, who: str, pin: str = PIN) -> str:
        """Somebody sets his signing key."""
        typed = Renewal(PASSWORD, pin, pin)
        return set_key(self.product, self.town[who], typed, "127.0.0.1")


def build_bureau(database: Database, clock: FrozenClock, folder: Path) -> Bureau:
    """The bureau; officer and leader have set their keys."""
    known = Bindings()
    function = bindings.get("endorsement.list-signers")
    assert function is not None
    known.register("endorsement.list-signers", gives=("signers",))(function)
    town = build_town(database, clock, signed_procedure(), known)
    settings = Settings(data_dir=folder, secret_key="a key for tests", signing_secret="of tests")
    product = Product(settings, database, town.world, LocalBlobs(settings.blob_dir))
    with database.control() as control:
        for name, actor in town.people.items():
            control.insert(
                accounts,
                id=actor.account_id,
                username=name,
                password_hash=PASSWORD_HASH,
                name=name,
                active=True,
                created_at=clock.now(),
            )
    bureau = Bureau(product, town)
    for who in ("officer", "leader"):
        bureau.set_key(who)
    return bureau
