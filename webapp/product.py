"""The product put together: database, clock, bindings, blobs; what pages, clock and CLI share."""

from __future__ import annotations

from dataclasses import dataclass

from engine.blobs import LocalBlobs
from engine.messaging import facts
from engine.messaging.notifications import InApp
from engine.store.database import Database
from engine.tenancy.chain import FolderSources
from engine.timing.clock import Clock, SystemClock
from engine.work_items import overdue
from engine.work_items.telling import TOLD_OF
from engine.world import World
from webapp.bindings.endings import end_of_case
from webapp.bindings.messages import MESSAGE_KINDS
from webapp.bindings.registry import all_bindings, form_services
from webapp.formkit.setup import install_components
from webapp.places import data_root
from webapp.settings import Settings
from webapp.usecases import outside

# before any form is read: forms of the shipped tenants use the product's own components
install_components()


@dataclass(frozen=True)
class Product:
    """One running installation."""

    settings: Settings
    db: Database
    world: World
    blobs: LocalBlobs

    @property
    def clock(self) -> Clock:
        """The clock of the installation."""
        return self.world.clock


def build_product(settings: Settings, clock: Clock | None = None) -> Product:
    """Open the database and gather what the product needs."""
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(
        settings.url,
        insecure_role=settings.insecure_role,
        prepares=settings.prepared_statements,
    )
    world = World(
        clock=clock or SystemClock(),
        bindings=all_bindings(),
        form_services=form_services(),
        when_ended=(end_of_case,),
        transports={
            **dict.fromkeys((*MESSAGE_KINDS, *TOLD_OF, overdue.KIND), InApp(db)),
            **dict.fromkeys(facts.KINDS, facts.Publishing(db)),
            **outside.transports(settings, db),
        },
    )
    return Product(settings, db, world, LocalBlobs(settings.blob_dir))


def shipped_sources() -> FolderSources:
    """The tenants, procedures and forms that travel with the program."""
    root = data_root()
    return FolderSources(root / "processes", root / "forms", root / "tenants")
