"""The queries of this package: SQL files, with names of tables and columns put in."""

from pathlib import Path
from typing import Any

import jinja2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.check.tables import RETURNING_COLUMNS, TABLES
from orchestration.settings import events_table, rollup_schema

_RELATIONS = ("rollup_state", "erased_counts", *(table.name for table in TABLES))
# The queries are files of this package, rendered as SQL, not as a web page.
_FILES = jinja2.Environment(  # noqa: S701
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "queries"),
    undefined=jinja2.StrictUndefined,
)


def query(connection: Connection, name: str, **context: Any) -> str:
    """Return the query of this name, its parameters still to be given."""
    source = events_table()
    names = {relation: (rollup_schema(), relation) for relation in _RELATIONS}
    names["events"] = (source.schema, source.name)
    relations = {
        name: sql.Identifier(*parts).as_string(connection).replace("%", "%%")
        for name, parts in names.items()
    }
    return _FILES.get_template(f"{name}.sql").render(
        relations=relations, returning_columns=RETURNING_COLUMNS, **context
    )
