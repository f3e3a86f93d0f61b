"""The demonstration world: every shipped tenant with people, a register and cases in work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, select

from domain.register.import_rows import import_rows
from domain.register.mines import Source
from domain.register.store import import_mines
from engine.definitions.loading import load_tenant
from engine.store.control import tenants
from engine.store.database import Database
from engine.tenancy.files import read_demo, read_tenant
from engine.timing.clock import FrozenClock
from webapp.demo.answers import read_answers
from webapp.demo.people import load_people
from webapp.demo.player import Player, Signing
from webapp.demo.story import Register, read_story
from webapp.demo.tendering import Tendering
from webapp.places import data_root
from webapp.product import Product, shipped_sources

ANSWERS_FILE = "answers.toml"
STORY_FILE = "world.toml"


def is_empty(product: Product) -> bool:
    """True when no tenant was ever loaded."""
    with product.db.control(read_only=True) as control:
        return control.one(select(tenants.c.id).limit(1)) is None


def load_demo_world(product: Product, say: Callable[[str], Any] = print) -> None:
    """Load every shipped tenant, its demonstration people, its register and its cases."""
    with _in_a_hurry(product) as hurried:
        loaded = [(folder, *_load(hurried, folder, say)) for folder in _parents_first()]
        # what is handed over in one tenant's story arrives at another, so all are there first
        for folder, tenant_id, members in loaded:
            if (folder / "demo" / STORY_FILE).is_file():
                _load_story(hurried, tenant_id, folder / "demo", members, say)


@contextmanager
def _in_a_hurry(product: Product) -> Iterator[Product]:
    """The product with a database that need not survive a power cut until it is loaded."""
    if product.db.engine.dialect.name != "sqlite":
        yield product
        return
    db = Database(str(product.db.url))
    event.listen(db.engine, "connect", lambda c, _record: c.execute("PRAGMA synchronous=NORMAL"))
    yield replace(product, db=db)
    db.dispose()


def _load(
    product: Product, folder: Path, say: Callable[[str], Any]
) -> tuple[UUID, Mapping[str, UUID]]:
    loaded = load_tenant(product.db, product.world, folder.name, shipped_sources())
    demo = read_demo(folder)
    members = load_people(product, folder.name, demo)
    say(f"{read_tenant(folder).names.zh}：{len(members)} 个演示账号")
    return loaded.tenant_id, members


def _parents_first() -> Iterator[Path]:
    """The folders of the shipped tenants, a tenant after the one above it."""
    folders = {
        path.parent.name: path.parent for path in (data_root() / "tenants").glob("*/tenant.toml")
    }
    above = {slug: read_tenant(folder).parent for slug, folder in folders.items()}
    done: list[str] = []
    while len(done) < len(folders):
        ready = [s for s in sorted(folders) if s not in done and above[s] in ("", *done)]
        for slug in ready:
            done.append(slug)
            yield folders[slug]


def _load_story(
    product: Product,
    tenant_id: UUID,
    folder: Path,
    members: Any,
    say: Callable[[str], Any],
) -> None:
    story = read_story(folder / STORY_FILE)
    if story.register is not None:
        count = _load_register(product, tenant_id, folder, story.register)
        say(f"  名录 {count} 座矿山")
    clock = FrozenClock(product.clock.now())
    frozen = replace(product, world=replace(product.world, clock=clock))
    answers = read_answers(folder / ANSWERS_FILE)
    signing = Signing(story.pin, read_demo(folder.parent).password) if story.pin else None
    tendering = Tendering(frozen, tenant_id, story.tendering) if story.tendering else None
    Player(frozen, clock, tenant_id, members, answers, signing, tendering).play(story, say)
    if story.pin:
        say(f"  演示签字 PIN：{story.pin}")
    if story.tendering:
        say(f"  演示开标口令：{story.tendering.passphrase}")


def _load_register(product: Product, tenant_id: UUID, folder: Path, register: Register) -> int:
    entries = import_rows((folder / register.file).read_bytes()).accepted()
    source = Source(register.source, register.division)
    with product.db.tenant(tenant_id) as tx:
        office = product.world.offices.get(tx)
        return import_mines(tx, office, entries, source, product.clock.now())
