"""The resolution chain: own, then the parent's, then shared; names can reach nothing else."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import Invalid, NotFound, TooLarge
from engine.tenancy.chain import (
    MAX_BODY_BYTES,
    FolderSources,
    Kind,
    lineage,
    owners_of,
    resolve,
    resolve_parameter,
    resolve_parameters,
)
from engine.tenancy.problems import TenantRefused


@pytest.fixture
def root(tmp_path: Path, minimal: str) -> Path:
    """Two tenants, one above the other, in the three folders of data."""
    lower = minimal.replace('"upper"', '"lower"\nparent = "upper"').replace("region", "city")
    lower = lower[: lower.index("[parameters")] + '[parameters."notice.days"]\nvalue = 7\n'
    for slug, text in {"upper": minimal, "lower": lower}.items():
        (tmp_path / "tenants" / slug).mkdir(parents=True)
        (tmp_path / "tenants" / slug / "tenant.toml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def sources(root: Path) -> FolderSources:
    return FolderSources(root / "processes", root / "forms", root / "tenants")


def put(root: Path, path: str, content: str = "body") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(content, encoding="utf-8")


def test_a_tenants_own_file_wins_over_its_parents_and_the_shared_one(
    root: Path, sources: FolderSources
) -> None:
    for owner in ("lower", "upper", "shared"):
        put(root, f"processes/{owner}/permit.bpmn", owner)

    found = resolve(Kind.PROCESS, "permit", "lower", sources)

    assert (found.slug, found.path, found.body) == (
        "lower",
        "processes/lower/permit.bpmn",
        b"lower",
    )
    assert found.digest == hashlib.sha256(b"lower").hexdigest()


def test_a_parents_file_wins_over_the_shared_one(root: Path, sources: FolderSources) -> None:
    put(root, "forms/upper/apply.form")
    put(root, "forms/shared/apply.form")

    assert resolve(Kind.FORM, "apply", "lower", sources).path == "forms/upper/apply.form"


def test_the_shared_file_is_the_last_resort(root: Path, sources: FolderSources) -> None:
    put(root, "processes/shared/notice.dmn")

    assert resolve(Kind.DECISION, "notice", "lower", sources).slug == "shared"


def test_an_upper_tenant_never_sees_what_is_below(root: Path, sources: FolderSources) -> None:
    put(root, "processes/lower/permit.bpmn")

    with pytest.raises(NotFound):
        resolve(Kind.PROCESS, "permit", "upper", sources)


def test_shared_itself_sees_only_shared_files(root: Path, sources: FolderSources) -> None:
    put(root, "forms/upper/apply.form")

    with pytest.raises(NotFound):
        resolve(Kind.FORM, "apply", "shared", sources)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (Kind.PROCESS, "processes/shared/x.bpmn"),
        (Kind.DECISION, "processes/shared/x.dmn"),
        (Kind.FORM, "forms/shared/x.form"),
        (Kind.CATALOGUE, "forms/shared/indicators/x.yaml"),
        (Kind.TEMPLATE, "tenants/shared/templates/x.txt"),
    ],
)
def test_each_kind_has_its_place(root: Path, sources: FolderSources, kind: Kind, path: str) -> None:
    put(root, path)

    assert resolve(kind, "x", "lower", sources).path == path


def test_what_is_nowhere_is_told_with_the_places_looked_in(sources: FolderSources) -> None:
    with pytest.raises(NotFound) as refusal:
        resolve(Kind.FORM, "nothing", "lower", sources)

    assert refusal.value.code == "unresolved"
    assert refusal.value.facts["owners"] == ["lower", "upper", "shared"]
    assert "表单" in refusal.value.zh


@pytest.mark.parametrize(
    "ref", ["", "../x", "a/b", "/etc/passwd", "..", ".x", "a\x00b", "a\\b", "x" * 101, "表单"]
)
def test_a_name_that_could_leave_the_folder_is_refused(sources: FolderSources, ref: str) -> None:
    with pytest.raises(Invalid) as refusal:
        resolve(Kind.FORM, ref, "lower", sources)

    assert refusal.value.code == "bad_ref"


@pytest.mark.parametrize("slug", ["../lower", "", "Lower", "lower/x", "."])
def test_a_slug_that_could_leave_the_folder_is_refused(sources: FolderSources, slug: str) -> None:
    with pytest.raises(Invalid) as refusal:
        resolve(Kind.FORM, "apply", slug, sources)

    assert refusal.value.code == "bad_slug"


def test_a_link_out_of_the_folder_is_no_file(root: Path, sources: FolderSources) -> None:
    put(root, "secret.form")
    (root / "forms" / "lower").mkdir(parents=True)
    (root / "forms" / "lower" / "apply.form").symlink_to(root / "secret.form")

    with pytest.raises(NotFound):
        resolve(Kind.FORM, "apply", "lower", sources)


def test_an_owners_folder_that_is_a_link_is_none(root: Path, sources: FolderSources) -> None:
    put(root, "elsewhere/apply.form")
    (root / "forms").mkdir()
    (root / "forms" / "lower").symlink_to(root / "elsewhere")

    with pytest.raises(NotFound):
        resolve(Kind.FORM, "apply", "lower", sources)


def test_a_body_beyond_its_size_is_refused(root: Path, sources: FolderSources) -> None:
    put(root, "forms/lower/apply.form", "x" * (MAX_BODY_BYTES + 1))

    with pytest.raises(TooLarge):
        resolve(Kind.FORM, "apply", "lower", sources)


def test_the_owners_are_the_tenant_those_above_it_and_shared(sources: FolderSources) -> None:
    assert owners_of("lower", sources) == ("lower", "upper", "shared")
    assert owners_of("shared", sources) == ("shared",)


def test_an_unknown_tenant_is_not_found(sources: FolderSources) -> None:
    with pytest.raises(NotFound):
        resolve(Kind.FORM, "apply", "nobody", sources)


def test_shared_is_no_tenant(sources: FolderSources) -> None:
    with pytest.raises(NotFound):
        sources.tenant("shared")


def test_a_circle_of_parents_is_refused(root: Path, sources: FolderSources) -> None:
    path = root / "tenants" / "upper" / "tenant.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"upper"', '"upper"\nparent = "lower"'), encoding="utf-8")

    with pytest.raises(TenantRefused):
        lineage("lower", sources)


def test_a_parameter_says_which_tenant_gave_it(sources: FolderSources) -> None:
    lower = resolve_parameter("notice.days", "lower", sources)
    upper = resolve_parameter("notice.days", "upper", sources)

    assert (lower.value, lower.origin) == (Decimal(7), "lower")
    assert (upper.value, upper.origin) == (Decimal(5), "upper")


def test_a_parameter_out_of_the_parents_bounds_is_refused(
    root: Path, sources: FolderSources
) -> None:
    path = root / "tenants" / "lower" / "tenant.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("value = 7", "value = 3"), encoding="utf-8")

    with pytest.raises(TenantRefused) as refusal:
        resolve_parameter("notice.days", "lower", sources)

    assert refusal.value.problems[0].code == "out_of_bounds"


def test_an_unknown_parameter_is_not_found(sources: FolderSources) -> None:
    with pytest.raises(NotFound) as refusal:
        resolve_parameter("nothing.here", "lower", sources)

    assert refusal.value.code == "unknown_parameter"


def test_all_parameters_include_the_inherited_ones(sources: FolderSources) -> None:
    found = resolve_parameters("lower", sources)

    assert {key: parameter.origin for key, parameter in found.items()} == {"notice.days": "lower"}
