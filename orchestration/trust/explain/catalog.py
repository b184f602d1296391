"""The tables that patterns read, as the catalog has them: pages, rows and indexes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import TableName
from orchestration.source.index_catalog import (
    Definition,
    definitions,
    same_indexes,
    serving_indexes,
)
from orchestration.source.relations import tree_of
from orchestration.source.shape import is_view
from orchestration.source.table import init_script
from orchestration.source.views import plan_of_view

# Smaller tables are read in full, whatever indexes they have, and rightly so.
FEW_PAGES = 8

_TABLES = """
select n.nspname, c.relname, c.reltuples::bigint,
    pg_relation_size(c.oid) / current_setting('block_size')::int
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.oid = any(%(oids)s::oid[])
"""

_INDEXES = """
select n.nspname, c.relname, t.nspname, r.relname, i.indisvalid,
    case when i.indisunique then 'unique ' else '' end
    || regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? USING btree ', '')
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class r on r.oid = i.indrelid
join pg_namespace t on t.oid = r.relnamespace
where (t.nspname, r.relname) in %(tables)s
"""


@dataclass(frozen=True)
class Table:
    """A table, or one below it, which then has another name than `root`."""

    root: TableName
    name: TableName
    rows: int
    pages: int


@dataclass(frozen=True)
class Index:
    """A btree index; `serves`: what it is or can stand for, as patterns have it."""

    name: TableName
    table: TableName
    is_valid: bool
    serves: frozenset[str]


class Catalog:
    """What the database has of the tables, by the names patterns use, as of now.

    The tables below a view of events are parts of it. `events_ddl` makes the indexes
    that the events, or tables below them, lack; none: they lack none.
    """

    def __init__(self, connection: Connection, names: Mapping[str, TableName]) -> None:
        self.names = names
        self.tables: dict[TableName, Table] = {}
        self.indexes: dict[TableName, Index] = {}
        events = names["events"]
        self.has_view = is_view(connection, events)
        for name in names.values():
            self._add(connection, name, name)
        if self.has_view:
            self._add_view(connection, events)
        else:
            self._add_own(connection, events)
        script = init_script(connection, events)
        self.events_ddl = None if script.startswith("-- nothing to do") else script

    def is_big_part(self, name: TableName, root: TableName) -> bool:
        """Tell whether this is the table, or one below it, of many pages."""
        table = self.tables.get(name)
        return table is not None and table.root == root and table.pages > FEW_PAGES

    def is_view_of_events(self, root: TableName) -> bool:
        """Tell whether this is the events, and a view, whose tables are others."""
        return self.has_view and root == self.names["events"]

    def rows(self, root: TableName) -> int:
        """Return how many rows a table had when it was last analyzed."""
        return sum(t.rows for t in self.tables.values() if t.root == root)

    def indexes_of(self, root: TableName, definition: str) -> list[Index]:
        """Return the indexes of this definition, of the table and all below it."""
        return [
            index
            for index in self.indexes.values()
            if definition in index.serves and self.tables[index.table].root == root
        ]

    def parts(self, root: TableName) -> list[TableName]:
        """Return what can be analyzed: the table, or those below a view."""
        if not self.is_view_of_events(root):
            return [root]
        return [part.name for part in self.tables.values() if part.root == root]

    def _add_own(self, connection: Connection, events: TableName) -> None:
        """Note which indexes of the user's own serve as well as those of init."""
        for definition in definitions(event_columns()):
            for relation in tree_of(connection, events):
                for index in serving_indexes(connection, definition, relation):
                    self._serves(TableName(index.schema, index.name), definition)
                for index in same_indexes(connection, definition, relation):
                    self._serves(TableName(index.schema, index.name), definition)

    def _add_view(self, connection: Connection, view: TableName) -> None:
        plan = plan_of_view(connection, view)
        tables = [one.table for one in plan.of_range + plan.of_no_user]
        for table in dict.fromkeys(tables + plan.read_whole):
            self._add(connection, table, view)
        of_range, of_no_user = definitions(event_columns())
        for definition, below in (
            (of_range, plan.of_range),
            (of_no_user, plan.of_no_user),
        ):
            for one in below:
                if one.index:
                    self._serves(one.index, definition)

    def _serves(self, name: TableName, definition: Definition) -> None:
        index = self.indexes[name]
        self.indexes[name] = replace(index, serves=index.serves | {definition.ddl})

    def _add(self, connection: Connection, name: TableName, root: TableName) -> None:
        tree = tree_of(connection, name)
        with connection.cursor() as cursor:
            cursor.execute(_TABLES, {"oids": [relation.oid for relation in tree]})
            parts = [
                Table(root, TableName(schema, name), rows, pages)
                for schema, name, rows, pages in cursor
            ]
            self.tables |= {part.name: part for part in parts}
            names = tuple((part.name.schema, part.name.name) for part in parts)
            if not names:
                return
            cursor.execute(_INDEXES, {"tables": names})
            for schema, index_name, *table, is_valid, definition in cursor:
                index = Index(
                    TableName(schema, index_name),
                    TableName(*table),
                    is_valid,
                    frozenset({definition.lower()}),
                )
                self.indexes[index.name] = index
