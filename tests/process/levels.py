"""Two tenants, one below the other, with a procedure each may draw for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.tenancy.chain import Body, Kind
from engine.tenancy.model import SHARED, TenantFile
from tests.process.town import DATA, ENDINGS, ROLE, ROLES, TENANT_TOML, tenant_of

WALKING = (DATA / "walking.bpmn").read_text()
STAGE = '<zeebe:property name="stage" value="决定" />'
RIGID = WALKING.replace(STAGE, STAGE + '<zeebe:property name="rigid" value="true" />')


@dataclass(frozen=True)
class Levels:
    """Two tenants; procedures by owner, everything else comes from the shared folder."""

    drawn: dict[str, str] = field(default_factory=dict)

    def tenant(self, slug: str) -> TenantFile:
        roles = "".join(ROLE.format(code, capacity) for code, capacity in ROLES.items())
        text = TENANT_TOML.format(slug=slug, procedure="walking", roles=roles)
        if slug == "below":
            text = text.replace('parent = ""', 'parent = "above"').split("[parameters.who]")[0]
            text = text.replace('level = "city"', 'level = "banner"')
            text += roles
        return tenant_of(text)

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        if kind is Kind.PROCESS:
            text = self.drawn.get(owner) if ref == "walking" else None
            return None if text is None else Body(f"{owner}/{ref}.bpmn", text.encode())
        path = DATA / (ref + ENDINGS.get(kind, ".none"))
        found = owner == SHARED and path.is_file()
        return Body(path.name, path.read_bytes()) if found else None

    def files(self, owner: str) -> Mapping[str, bytes]:
        return {}
