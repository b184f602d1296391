"""The queries of this package: SQL files, with names of tables and columns put in."""

from typing import Any

import jinja2
from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.core.manifest import STATE, models
from orchestration.core.settings import events_table, rollup_schema
from orchestration.trust.check.tables import QUERIES, days_looked_back

_RETURNING_COLUMNS = ("returning_users", *(f"returning_d{n}" for n in range(1, 8)))
# The queries are files of this package, rendered as SQL, not as a web page.
_FILES = jinja2.Environment(  # noqa: S701
    loader=jinja2.FileSystemLoader(QUERIES),
    undefined=jinja2.StrictUndefined,
)


def query(connection: Connection, name: str, **context: Any) -> str:
    """Return the query of this name, its parameters still to be given."""
    names = {name: (rollup_schema(), name) for name in (*STATE, *models())}
    relations = {
        name: sql.Identifier(*parts).as_string(connection).replace("%", "%%")
        for name, parts in names.items()
    }
    columns = event_columns()
    for named, further in (("events", ()), ("written_events", ("xmin",))):
        relation = columns.relation(events_table(), *further)
        relations[named] = relation.replace("%", "%%")
    return _FILES.get_template(f"{name}.sql").render(
        relations=relations,
        recorded=columns.recorded,
        is_infinite=columns.is_infinite(),
        returning_columns=_RETURNING_COLUMNS,
        days_before=days_looked_back(),
        **context,
    )
