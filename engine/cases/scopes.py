"""Variables of a case: one map per scope, as Camunda 8 defines them (design, section 3)."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from engine.canonical import canonical
from engine.errors import Invalid
from engine.feel import from_json, to_json
from engine.spiff.host import ScopeRef
from engine.store.database import Unit
from engine.store.tables import scopes as scope_rows

MAX_BYTES = 8_192
REFERENCE_BYTES = 1_024
RECORD = "$record"

Values = dict[str, Any]


class VariablesTooLarge(Invalid):
    """A case may carry 8 KB of variables; more belongs into records and files."""

    code = "variables_too_large"


class Scopes:
    """The variable scopes of one case during one command; ``flush`` writes what changed.

    ``revision`` counts the changes.
    """

    def __init__(self, case_id: UUID, rows: Mapping[UUID, Mapping[str, Any]]) -> None:
        self._case_id = case_id
        self._stored = set(rows)
        self._maps: dict[UUID, Values] = {
            key: {name: from_json(value) for name, value in values.items()}
            for key, values in rows.items()
        }
        self._maps.setdefault(case_id, {})
        self._dirty: set[UUID] = set() if rows else {case_id}
        self._dropped: set[UUID] = set()
        self._as_json: dict[UUID, Values] = {key: dict(values) for key, values in rows.items()}
        self.revision = 0

    def chain(self, refs: Sequence[ScopeRef]) -> list[UUID]:
        """The scope ids a token sees, innermost first."""
        ids = []
        for ref in refs:
            ids.append(ref.id)
            if ref.isolated:
                return ids
        return [*ids, self._case_id]

    def view(self, refs: Sequence[ScopeRef]) -> Mapping[str, Any]:
        """The variables a token sees."""
        return ChainMap(*(self._maps.get(i, {}) for i in self.chain(refs)))

    def put(self, refs: Sequence[ScopeRef], values: Mapping[str, Any]) -> None:
        """Store results: where the name exists already, else in the outermost scope.

        The outermost is the case or the called process, so that what is given in a sub-process
        is there after it. What may run several times at once, and a sub-process whose outputs
        say what leaves it, keep what is new; an instance keeps all its results to itself.
        """
        ids = self.chain(refs)
        most = len(ids) - 1
        own = next((i for i, ref in enumerate(refs) if ref.instance), most)
        new = next((i for i, ref in enumerate(refs) if ref.instance or ref.keeps), most)
        for name, value in values.items():
            holder = next((i for i in ids[: own + 1] if name in self._maps.get(i, {})), ids[new])
            self.put_local(holder, {name: value})

    def put_local(self, scope: UUID, values: Mapping[str, Any]) -> None:
        """Store values in exactly this scope, making it when it does not exist."""
        self.revision += 1
        self._maps.setdefault(scope, {}).update(values)
        self._as_json.pop(scope, None)
        self._dirty.add(scope)
        self._dropped.discard(scope)

    def keep_only(self, scope: UUID, names: Collection[str]) -> None:
        """Forget every variable of this scope but these."""
        kept = {name: value for name, value in self.local(scope).items() if name in names}
        self.revision += 1
        self._maps[scope] = kept
        self._as_json.pop(scope, None)
        self._dirty.add(scope)

    def local(self, scope: UUID) -> Mapping[str, Any]:
        """The variables of exactly this scope."""
        return self._maps.get(scope, {})

    def drop(self, ids: Iterable[UUID]) -> None:
        """Forget scopes whose tokens are gone."""
        for scope in ids:
            if self._maps.pop(scope, None) is not None:
                self.revision += 1
                self._dropped.add(scope)
            self._as_json.pop(scope, None)
            self._dirty.discard(scope)

    def plain(self) -> dict[UUID, Values]:
        """Every scope as plain JSON, as it is stored."""
        for key, values in self._maps.items():
            if key not in self._as_json:
                self._as_json[key] = _plain(values)
        return {key: self._as_json[key] for key in self._maps}

    def flush(self, tx: Unit) -> None:
        """Write what changed; VariablesTooLarge above the limit of a case."""
        if self._dirty:
            maps = self.plain()
            _check_size(sum(len(canonical(values)) for values in maps.values()))
            self._write(tx, maps)
        gone = list(self._dropped & self._stored)
        if gone:
            tx.remove(scope_rows, id=gone)

    def _write(self, tx: Unit, maps: Mapping[UUID, Values]) -> None:
        for scope in self._dirty & self._stored:
            tx.change(scope_rows, {"id": scope}, variables=maps[scope])
        new = [scope for scope in self._dirty if scope not in self._stored]
        tx.insert_many(
            scope_rows,
            [{"id": i, "case_id": self._case_id, "variables": maps[i]} for i in new],
        )


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise VariablesTooLarge(
            f"办件变量共 {size} 字节，超过上限 {MAX_BYTES} 字节",
            f"the variables of the case take {size} bytes, more than {MAX_BYTES}",
            size=size,
            limit=MAX_BYTES,
        )


def _plain(values: Mapping[str, Any]) -> Values:
    return {name: to_json(value) for name, value in values.items()}


def by_reference(values: Mapping[str, Any], record_id: UUID) -> Values:
    """Form values as variables: what is larger than 1 KB becomes a reference to its record."""
    return {
        name: value
        if len(canonical(value)) <= REFERENCE_BYTES
        else {RECORD: str(record_id), "field": name}
        for name, value in values.items()
    }
