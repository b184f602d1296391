"""The tables that patterns read, as the catalog has them: pages, rows and indexes."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName
from orchestration.source.relations import tree_of
from orchestration.source.table import init_script

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
    """A btree index; `definition` is written as in the patterns, in lower case."""

    name: TableName
    table: TableName
    is_valid: bool
    definition: str


class Catalog:
    """What the database has of the tables, by the names patterns use, as of now.

    `events_ddl` makes the indexes that the events, or tables below them, lack; none:
    they lack none.
    """

    def __init__(self, connection: Connection, names: Mapping[str, TableName]) -> None:
        self.names = names
        script = init_script(connection, names["events"])
        self.events_ddl = None if script.startswith("-- nothing to do") else script
        self.tables: dict[TableName, Table] = {}
        self.indexes: dict[TableName, Index] = {}
        for name in names.values():
            self._add(connection, name)

    def is_big_part(self, name: TableName, root: TableName) -> bool:
        """Tell whether this is the table, or one below it, of many pages."""
        table = self.tables.get(name)
        return table is not None and table.root == root and table.pages > FEW_PAGES

    def rows(self, root: TableName) -> int:
        """Return how many rows a table had when it was last analyzed."""
        return sum(t.rows for t in self.tables.values() if t.root == root)

    def indexes_of(self, root: TableName, definition: str) -> list[Index]:
        """Return the indexes of this definition, of the table and all below it."""
        return [
            index
            for index in self.indexes.values()
            if index.definition == definition and self.tables[index.table].root == root
        ]

    def _add(self, connection: Connection, root: TableName) -> None:
        tree = tree_of(connection, root)
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
            for schema, name, *table, is_valid, definition in cursor:
                index = Index(
                    TableName(schema, name),
                    TableName(*table),
                    is_valid,
                    definition.lower(),
                )
                self.indexes[index.name] = index
