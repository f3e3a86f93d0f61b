"""Plays the demonstration story: real acts of real people, weeks in seconds.

The clock is a frozen one that is moved from act to act; what falls due on the way is done at its
own time. Nothing is written that a use case does not write.
"""

from __future__ import annotations

import heapq
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.endorsements.store import NoSigningKey, keys_of
from domain.notices.rules import Objecting
from domain.notices.store import notices_of_case
from engine.actors import Actor, load_actor, people_for
from engine.batches.draws.seeds import NUMBER as BY_NUMBER
from engine.batches.work import FROZEN
from engine.cases.command import open_case
from engine.cases.lifecycle import start_case, withdraw_case
from engine.cases.submissions import Submission, form_context
from engine.forms.initial import initial_values
from engine.office import local_date
from engine.store.metadata import TENANT
from engine.store.tables import cases, draws
from engine.timing.clock import FrozenClock
from engine.timing.dispatch import next_due
from engine.work_items.holding import save_draft
from engine.work_items.items import complete_item
from engine.work_items.lists import items_of
from engine.work_items.signing import is_personal
from webapp.demo.answers import Answers, Facts, filled, merged
from webapp.demo.days import DaysAgo
from webapp.demo.samples import sample_files
from webapp.demo.story import BatchPlan, CasePlan, Story
from webapp.demo.tendering import Tendering
from webapp.product import Product
from webapp.usecases.batches import act, read_batch, start_batch
from webapp.usecases.drawing import give_chance
from webapp.usecases.endorsing import Renewal, set_key, sign_and_hand_in
from webapp.usecases.fields import fields_of
from webapp.usecases.files import store_upload
from webapp.usecases.objections import keep_evidence, make_objection
from webapp.worker import sweep

WAITING = ("offered", "claimed")
GIVERS = ("officer", "leader")
NUMBER = "03 07 12 19 24 31 08"
"""The public number of every draw of the demonstration."""
HERE = "127.0.0.1"
WAIT = 0.5
NOT_YET = UUID(int=0)
OBJECTION = ("张建国", "13800000000", "矿区北侧排土场去年未按方案复垦，附照片和说明。")
TOLD_EVERY = 5


@dataclass
class Played:
    """A case in the middle of its story; ``ago`` is where it stands, in working days.

    ``is_ready`` while it waits for the others of its batch.
    """

    plan: CasePlan
    number: int
    starter: Actor
    ago: float
    id: UUID = NOT_YET
    done: int = 0
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)
    waits_since: float | None = None
    has_objected: bool = False
    is_ready: bool = False


@dataclass(frozen=True)
class Signing:
    """How demonstration people sign: everybody with one PIN and a key of his own."""

    pin: str
    password: Callable[[str], str]

    def give_key(self, product: Product, person: Actor) -> None:
        """A signing key for a person that has none."""
        typed = Renewal(self.password(person.username), self.pin, self.pin)
        set_key(product, person, typed, HERE)


class Player:
    """One tenant's story on its way; ``clock`` is the product's, and stands at the present."""

    def __init__(
        self,
        product: Product,
        clock: FrozenClock,
        tenant_id: UUID,
        members: Mapping[str, UUID],
        answers: Answers,
        signing: Signing | None = None,
        tendering: Tendering | None = None,
    ) -> None:
        self._product, self._clock, self._tenant_id = product, clock, tenant_id
        self._members, self._answers, self._signing = members, answers, signing
        self._tendering = tendering
        self._end = clock.now()
        with product.db.tenant(tenant_id, read_only=True) as tx:
            self._office = product.world.offices.get(tx)
        self._days = DaysAgo(self._office.calendar, self._end)
        self._cases: dict[str, Played] = {}
        self._batches: list[BatchPlan] = []
        self._made: dict[str, UUID] = {}
        self._queue: list[tuple[datetime, int, str]] = []

    def play(self, story: Story, tell: Callable[[str], None]) -> None:
        """Let everything happen, from the first case's beginning to the present."""
        self._batches = list(story.batches)
        for number, plan in enumerate(story.cases):
            played = Played(plan, number, self._person(plan.starter), plan.begin)
            self._cases[plan.key] = played
            self._come_back(played, plan.begin)
        self._clock.moment = self._queue[0][0]
        if self._tendering is not None:
            self._tendering.prepare()
        left = len(self._cases)
        while self._queue:
            moment, _, key = heapq.heappop(self._queue)
            self._move(moment)
            if self._tendering is not None:
                self._tendering.go_on()
            self._act(self._cases[key], story.procedure)
            waiting = len({key for _, _, key in self._queue})
            if waiting <= left - TOLD_EVERY:
                left = waiting
                tell(f"  办件 {len(self._cases) - left}/{len(self._cases)}")
        self._move(self._end)
        if self._tendering is not None:
            self._tendering.go_on()
        if self._signing is not None:
            self._let_sign(self._signing, story.procedure)

    def _let_sign(self, signing: Signing, procedure: str) -> None:
        """Whoever is asked for a signature now can give it: a key for those who have none."""
        waiting = [item for played in self._cases.values() for item in self._waiting(played) or ()]
        with self._product.db.tenant(self._tenant_id, read_only=True) as tx:
            process = self._product.world.bundles.active(tx, procedure, self._end).process
            signed = {node.id for node in process.body.walk() if is_personal(node)}
            asked = {one for item in waiting if item.element in signed for one in item.candidates}
            people = [person for person in people_for(tx, asked) if person.may_act]
            bare = [one for one in people if not keys_of(tx, one.membership_id)]
        for person in {one.membership_id: one for one in bare}.values():
            signing.give_key(self._product, person)

    # --- time -------------------------------------------------------------------------------

    def _move(self, moment: datetime) -> None:
        """Go to a moment; what falls due on the way happens at its own time."""
        while True:
            with self._product.db.control(read_only=True) as control:
                due = next_due(control)
            if due is None or due > moment:
                break
            self._clock.moment = max(due, self._clock.moment)
            sweep(self._product)
        self._clock.moment = max(moment, self._clock.moment)

    def _come_back(self, played: Played, ago: float) -> None:
        """Have the case act at a time, some minutes apart from the others."""
        played.ago = max(0.0, ago)
        apart = timedelta(minutes=(played.number * 7 + played.done * 11) % 29)
        moment = min(self._days.moment(played.ago) + apart, self._end)
        heapq.heappush(self._queue, (moment, played.number, played.plan.key))

    # --- one act ----------------------------------------------------------------------------

    def _act(self, played: Played, procedure: str) -> None:
        """The next thing in the story of a case."""
        plan = played.plan
        if played.id == NOT_YET:
            self._begin(played, plan.procedure or procedure)
        self._enter_numbers()
        items = self._waiting(played)
        if items is None:
            return
        if played.done >= plan.steps or any(item.element == plan.until for item in items):
            self._leave(played, items)
        elif items:
            self._work(played, items[0])
        else:
            self._wait(played)

    def _begin(self, played: Played, procedure: str) -> None:
        db, world = self._product.db, self._product.world
        played.id = UUID(start_case(db, world, played.starter, procedure, {})["id"])
        played.files = self._uploads(played.starter, f"申报材料-{played.number + 1:02}")

    def _uploads(self, person: Actor, about: str) -> dict[str, list[str]]:
        """Files of every sort that the person uploads."""
        return {
            sort: [str(store_upload(self._product, person, name, io.BytesIO(body))["id"])]
            for sort, (name, body) in sample_files(about).items()
        }

    def _leave(self, played: Played, items: Sequence[Any]) -> None:
        """Leave the case where the story wants it: as it is, with a draft, or withdrawn."""
        plan, world = played.plan, self._product.world
        with self._product.db.tenant(self._tenant_id) as tx:
            if plan.draft:
                save_draft(tx, world, played.starter, items[0].id, plan.draft)
            if "withdraw" in plan.leave:
                withdraw_case(tx, world, played.starter, played.id, plan.leave["withdraw"])

    def _wait(self, played: Played) -> None:
        """Nobody is awaited: a notice runs. Somebody may object to it meanwhile."""
        if played.waits_since is None:
            played.waits_since = played.ago
        after = played.plan.leave.get("object_after")
        is_time = after is not None and played.waits_since - played.ago >= after
        if is_time and not played.has_objected:
            self._object(played)
        if played.ago > 0:
            self._come_back(played, played.ago - WAIT)

    def _work(self, played: Played, item: Any) -> None:
        batch = next((b for b in self._batches if self._is_in(b, played, item.element)), None)
        steps = played.plan.not_before
        earliest = steps.get(item.element, played.ago) if batch is None else batch.not_before
        if played.ago > earliest:
            self._come_back(played, earliest)
        elif batch is None:
            self._complete(played, item)
            self._go_on(played, played.ago)
        else:
            played.is_ready = True
            if all(self._cases[key].is_ready for key in batch.cases):
                self._handle(batch, played.ago)

    def _go_on(self, played: Played, ago: float) -> None:
        played.done, played.is_ready = played.done + 1, False
        self._come_back(played, ago - played.plan.every)

    def _complete(self, played: Played, item: Any) -> None:
        person = self._who(played, item)
        data, revision = self._data(played, person, item)
        if self._signing is None:
            complete_item(self._product.db, self._product.world, person, item.id, revision, data)
            return
        handed = Submission(item.id, revision, data)
        try:
            sign_and_hand_in(self._product, person, handed, self._signing.pin)
        except NoSigningKey:
            self._signing.give_key(self._product, person)
            sign_and_hand_in(self._product, person, handed, self._signing.pin)

    def _data(self, played: Played, person: Actor, item: Any) -> tuple[dict[str, Any], int]:
        """What the person writes into the form as it is shown, and the revision shown."""
        own = played.plan.fill.get(item.element, {})
        template = merged(self._answers.fill[item.element], own)
        with self._product.db.tenant(self._tenant_id) as tx:
            command = open_case(tx, self._product.world, played.id, person)
            token = command.machine.token(item.token_id)
            assert token is not None
            form = command.bundle.form(item.form)
            context = form_context(command, token.node, token.scopes)
            values = initial_values(form, context.variables, context.env)
            fields = fields_of(form, values, context)
        today = local_date(self._office, self._clock.now())
        facts = Facts(today.isoformat(), played.files, fields, values)
        return filled(template, facts), int(item.revision)

    def _who(self, played: Played, item: Any) -> Actor:
        """Who does the item: whoever started the case, the usual person of the step, another."""
        with self._product.db.tenant(self._tenant_id, read_only=True) as tx:
            able = [person for person in people_for(tx, item.candidates) if person.may_act]
        if played.starter in able:
            return played.starter  # the uploads are his
        names = self._answers.by[item.element]
        usual = [person for person in able if person.username in names] or able
        return usual[played.number % len(usual)]

    def _waiting(self, played: Played) -> list[Any] | None:
        """The items of the case that wait for a person; None when the case is over."""
        with self._product.db.tenant(self._tenant_id, read_only=True) as tx:
            case = tx.get(cases, played.id)
            if case is None or case.status != "open":
                return None
            return [item for item in items_of(tx, played.id) if item.status in WAITING]

    def _object(self, played: Played) -> None:
        """Somebody of the public objects to the notice of the case."""
        played.has_objected = True
        with self._product.db.tenant(self._tenant_id, read_only=True) as tx:
            notice = notices_of_case(tx, played.id)[-1]
        name, body = sample_files("异议说明")["document"]
        file = keep_evidence(self._product, self._tenant_id, name, io.BytesIO(body))
        objecting = Objecting(*OBJECTION, evidence=(str(file["id"]),))
        make_objection(self._product, self._tenant_id, notice.id, objecting, None)

    # --- batches ----------------------------------------------------------------------------

    def _is_in(self, batch: BatchPlan, played: Played, element: str) -> bool:
        return batch.step == element and played.plan.key in batch.cases

    def _handle(self, batch: BatchPlan, ago: float) -> None:
        """One act for all cases of the batch; then each goes its own way again."""
        person = self._person(batch.by)
        members = [self._cases[key] for key in batch.cases]
        waiting = [item for played in members for item in self._waiting(played) or ()]
        items = [item for item in waiting if item.element == batch.step]
        ids = [item.id for item in items]
        made = self._made.pop(batch.title, None)
        if made is None:
            made = start_batch(self._product, person, batch.kind, batch.title, ids)
        # what a case has stays with its case: who acts for several brings files of his own
        theirs = replace(members[0], files=self._uploads(person, batch.title))
        data, _ = self._data(theirs, person, items[0])
        act(self._product, person, made, batch.act, data, {})
        if read_batch(self._product, person, made)["status"] == FROZEN:
            self._made[batch.title] = made  # drawn by a number of a later day
            self._come_back(members[0], ago - 1)
            return
        self._batches.remove(batch)
        sweep(self._product)
        for played in members:
            self._go_on(played, ago)

    def _enter_numbers(self) -> None:
        """Two people enter the public number of every draw whose day has come."""
        today = local_date(self._office, self._clock.now()).isoformat()
        with self._product.db.tenant(self._tenant_id, read_only=True) as tx:
            waiting = select(draws).where(draws.c.tenant_id == TENANT, draws.c.settled_at.is_(None))
            sources = {row.id: row.content["source"] for row in tx.all(waiting)}
        numbers = [one for one, source in sources.items() if source["kind"] == BY_NUMBER]
        due = [one for one in numbers if sources[one]["day"] <= today]
        people = [self._person(name) for name in sorted(self._members)] if due else []
        for draw_id in due:
            for person in [one for one in people if one.capacity in GIVERS][:2]:
                give_chance(self._product, person, draw_id, "number", NUMBER)

    def _person(self, username: str) -> Actor:
        with self._product.db.tenant(self._tenant_id, read_only=True) as tx:
            found = load_actor(tx, self._members[username])
        assert found is not None
        return found
