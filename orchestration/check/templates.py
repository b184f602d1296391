"""The queries of this package: SQL files, with names of tables and columns put in."""

from pathlib import Path

import jinja2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.settings import events_table, rollup_schema

_TABLES = (
    "rollup_state",
    "pending_days",
    "erased_counts",
    "user_day_activity",
    "daily_active_users",
    "returning_users",
    "daily_retention",
)
_RETURNING_COLUMNS = ["returning_users", *(f"returning_d{n}" for n in range(1, 8))]
_COLUMNS = {
    "user_day_columns": ["events_count", "first_event_at", "last_event_at"],
    "returning_user_columns": [
        "previous_activity_date",
        "days_since_previous",
        "active_days_mask",
    ],
    "returning_columns": _RETURNING_COLUMNS,
    "retention_columns": [
        "dau",
        *_RETURNING_COLUMNS,
        "retention_rate",
        "lookback_complete",
    ],
}

# The queries are files of this package, rendered as SQL, not as a web page.
_FILES = jinja2.Environment(  # noqa: S701
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    undefined=jinja2.StrictUndefined,
)


def query(connection: Connection, name: str, *, has_kinds: bool = False) -> str:
    """Return the query of this name, its parameters still to be given."""
    source = events_table()
    names = {table: (rollup_schema(), table) for table in _TABLES}
    names["events"] = (source.schema, source.name)
    tables = {
        name: sql.Identifier(*parts).as_string(connection)
        for name, parts in names.items()
    }
    template = _FILES.get_template(f"{name}.sql")
    return template.render(**tables, **_COLUMNS, has_kinds=has_kinds)
