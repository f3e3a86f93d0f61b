"""Who keeps a list: only the tenant whose own file says so, in the whole tree that is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from domain.register.store import keeps_list
from engine.definitions.binding import Bindings
from engine.definitions.loading import load_tenant
from engine.store.database import Database
from engine.tenancy.chain import Body, Kind
from engine.tenancy.files import parse_tenant
from engine.tenancy.model import TenantFile
from engine.timing.clock import FrozenClock
from engine.world import World

TENANT = """
slug = "{slug}"
level = "{level}"
parent = "{parent}"
zone = "Asia/Shanghai"
procedures = []
[name]
zh = "{slug}"
en = "{slug}"
short = "{slug}"
[validity]
document = "办法"
valid_from = 2025-01-01
years = 5
[branding]
title = "试行"
title_en = "Trial"
colour = "#0b3d71"
{more}
"""
KEPT = '[parameters."list.kept"]\ntitle = "设名录"\nkind = "bool"\nvalue = {0}\n'
PARENTS = {"above": ("region", "", KEPT.format("true")), "below": ("city", "above", "")}


@dataclass(frozen=True)
class Tree:
    """A tenant that keeps a list and one below it."""

    below: str = ""

    def tenant(self, slug: str) -> TenantFile:
        level, parent, more = PARENTS[slug]
        if slug == "below":
            more = self.below
        text = TENANT.format(slug=slug, level=level, parent=parent, more=more)
        return parse_tenant({"tenant.toml": text.encode()})

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        return None

    def files(self, owner: str) -> dict[str, bytes]:
        return {}


@pytest.mark.rule("R-NAT-4")
@pytest.mark.parametrize(
    ("below", "kept"), [("", False), (KEPT.format("true"), True), (KEPT.format("false"), False)]
)
def test_a_child_keeps_a_list_only_when_its_own_file_says_so(
    sqlite: Database, below: str, kept: bool
) -> None:
    world = World(FrozenClock(datetime(2026, 3, 2, tzinfo=UTC)), Bindings())
    found = {}
    for slug in ("above", "below"):
        loaded = load_tenant(sqlite, world, slug, Tree(below))
        with sqlite.tenant(loaded.tenant_id, read_only=True) as tx:
            found[slug] = keeps_list(world.offices.get(tx))
    assert found == {"above": True, "below": kept}
