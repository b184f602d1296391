"""What the events are in the database, and whether their columns are those to read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.event_columns import EventColumns, event_columns
from orchestration.core.settings import TableName
from orchestration.core.statements import failures, rows
from orchestration.source.describing.look import column_types
from orchestration.source.relations import Relation

_REFUSED = {
    "f": "a foreign table, which can have no index here: name a view of it, or copy it "
    "into a materialized view",
    "S": "a sequence",
    "i": "an index",
    "I": "an index",
    "c": "a composite type",
}

_RELATION = """
select c.oid, null, n.nspname, c.relname, c.relkind::text,
    pg_get_userbyid(c.relowner), pg_has_role(c.relowner, 'usage')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = %s and c.relname = %s
"""

# To a collation that is not deterministic several kinds are one.
_VAGUE_COLLATION = """
select quote_ident(collname)
from pg_attribute
join pg_collation on pg_collation.oid = attcollation and not collisdeterministic
where attrelid = %s and attname = %s
"""


@dataclass(frozen=True)
class Existing:
    """The events as they are: a table, partitioned or not, or a view of some kind."""

    relation: Relation
    owner: str
    may_alter: bool

    @property
    def view(self) -> str | None:
        """Which kind of view it is, if it is one: nobody writes to it."""
        return {"v": "a view", "m": "a materialized view"}.get(self.relation.kind)


def find_events(connection: Connection, table: TableName) -> Existing | None:
    """Look the events up; None: there is nothing of that name."""
    with connection.cursor() as cursor, failures(f"Looking up {table}"):
        cursor.execute(_RELATION, (table.schema, table.name))
        row = cursor.fetchone()
    return Existing(Relation(*row[:5]), *row[5:]) if row else None


def is_view(connection: Connection, table: TableName) -> bool:
    """Tell whether the events are a view, which has neither rows nor indexes."""
    existing = find_events(connection, table)
    return existing is not None and existing.relation.kind == "v"


def require_shape(connection: Connection, table: TableName, relation: Relation) -> None:
    """Raise UserError that lists everything in which the events are not as expected."""
    if relation.kind in _REFUSED:
        raise UserError(
            f"{table} is {_REFUSED[relation.kind]}: events are in a table, partitioned "
            "or not, or in a view."
        )
    columns = event_columns()
    with failures(f"Looking up {table}"):
        types = column_types(connection, table)
        kind = columns.name("kind")
        vague = rows(connection, _VAGUE_COLLATION, relation.oid, kind)
    differences = list(_differences(columns, types))
    differences += [
        f"column {kind} has the collation {name}, to which several kinds are one"
        for (name,) in vague
    ]
    if differences:
        raise UserError(
            f"{table} is not an events table: {'; '.join(differences)}. Where its "
            "columns have other names or types, fast-dau init --table "
            f"{table} finds out. Nothing was changed."
        )


def _differences(columns: EventColumns, types: Mapping[str, str]) -> Iterator[str]:
    for role, expected in columns.types().items():
        name = columns.name(role)
        if name is None:
            continue
        if name not in types:
            yield f"column {name} ({expected[0]}) is missing"
        elif types[name] not in expected:
            yield f"column {name} is {types[name]}, expected {expected[0]}"
