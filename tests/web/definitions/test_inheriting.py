"""What a tenant publishes reaches those below that inherit it, through their own gate."""

from __future__ import annotations

from engine.definitions.loading import load_tenant
from engine.tenancy.model import TenantFile
from tests.process.levels import RIGID, Levels
from tests.process.town import ROLE, ROLES, TENANT_TOML, tenant_of

from .conftest import Levelled
from .test_procedure_pages import PAGE, browser


def called(title: str, text: str = RIGID) -> str:
    return text.replace('name="三步试行"', f'name="{title}"')


def test_those_below_follow_what_is_published_above(levels: Levelled) -> None:
    levels.begin("below")
    levels.publish("above", called("上级新版"))
    assert (levels.begin("above"), levels.begin("below")) == ("上级新版", "上级新版")
    latest, first = levels.call("below/admin", "GET", "/procedures/walking/versions", 200)
    assert (latest["reason"], latest["is_own"]) == ("随上级“上级新版”第 2 版更新", False)
    assert first["running"] == 1


def test_a_variant_of_ones_own_stays(levels_once: Levelled) -> None:
    levels = levels_once
    levels.publish("below", called("自己的流程"))
    levels.publish("above", called("上级新版"))
    assert levels.begin("below") == "自己的流程"
    admin = browser(levels, "below", "admin")
    shown = admin.get(PAGE)
    assert "上级又发布了新版" in shown.main
    theirs = next(a for a in shown.find("//main//a/@href") if "old=base" in a and "above" in a)
    assert "由“三步试行”改为“上级新版”" in admin.get(theirs).main
    ours = next(a for a in shown.find("//main//a/@href") if "old=base" in a and "new=v" in a)
    assert "由“三步试行”改为“自己的流程”" in admin.get(ours).main
    taken = admin.post(f"{PAGE}/drafts", side="above")
    assert admin.post(f"{taken.location}/publish", reason="采用上级新版").status == 303
    assert levels.begin("below") == "上级新版"
    assert "上级又发布了新版" not in admin.get(PAGE).main


class WithChief(Levels):
    """The two tenants, where the one above has a role that the one below does not know."""

    def tenant(self, slug: str) -> TenantFile:
        if slug != "above":
            return super().tenant(slug)
        roles = "".join(ROLE.format(code, capacity) for code, capacity in ROLES.items())
        more = roles + ROLE.format("chief", "leader")
        return tenant_of(TENANT_TOML.format(slug=slug, procedure="walking", roles=more))


def test_who_cannot_follow_keeps_what_he_has_and_sees_why(levels_once: Levelled) -> None:
    levels = levels_once
    load_tenant(levels.product.db, levels.product.world, "above", WithChief({"above": RIGID}))
    groups = 'candidateGroups="department-b"'
    levels.publish("above", called("上级新版").replace(groups, 'candidateGroups="chief"'))
    assert (levels.begin("above"), levels.begin("below")) == ("上级新版", "三步试行")
    (draft,) = levels.call("below/admin", "GET", "/definitions?view=unpublished", 200)
    assert draft["report"]["publishable"] is False
    assert any("chief" in finding["message"] for finding in draft["report"]["findings"])
    assert "处须改正" in browser(levels, "below", "admin").get(PAGE).main
