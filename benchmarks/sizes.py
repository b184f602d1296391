"""How large tables and their indexes are, in bytes."""

from dataclasses import dataclass

from orchestration.core.connection import Connection


@dataclass(frozen=True)
class Size:
    """Bytes of a table with its TOAST and maps, and of all its indexes."""

    table_bytes: int
    index_bytes: int

    @property
    def whole(self) -> int:
        """Bytes of both."""
        return self.table_bytes + self.index_bytes


def sizes(connection: Connection, schema: str) -> dict[str, Size]:
    """Return the size of each table of a schema, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, pg_table_size(oid), pg_indexes_size(oid) from pg_class"
            " where relnamespace = %s::regnamespace and relkind = 'r' order by relname",
            (schema,),
        )
        return {name: Size(*both) for name, *both in cursor.fetchall()}
