"""What people do first: SQL on the events, asked each time, or kept by Postgres.

What Postgres keeps are two materialized views of the same queries, each with the unique
index that `refresh materialized view concurrently` asks for: readers need not wait.
"""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.builds import OURS
from benchmarks.measures import Sample
from benchmarks.scratch import execute, execution_seconds, rows, value
from orchestration.core.connection import Connection
from orchestration.core.errors import Failure

SCHEMA = "matviews"
_QUERIES: Mapping[str, str] = {
    name: Path(__file__).with_name(f"{name}.sql").read_text()
    for name in ("naive_active_users", "naive_retention")
}

# Days without events are rows of ours alone.
_DIFFERENCES = """
select ours.activity_date
from {ours}.daily_retention as ours
left join {theirs}.naive_active_users using (activity_date)
left join {theirs}.naive_retention using (activity_date)
where (ours.dau, ours.returning_users) is distinct from (
    coalesce(naive_active_users.dau, 0), coalesce(naive_retention.returning_users, 0)
)
"""


def ask(connection: Connection) -> Sample:
    """Return seconds of both queries. Raises Failure where they differ from ours."""
    spent = 0.0
    for name, query in _QUERIES.items():
        execute(connection, f"drop table if exists pg_temp.{name}")
        spent += execution_seconds(
            connection, f"create temporary table {name} as {query}"
        )
    _require_same(connection, "pg_temp", "queries")
    return Sample(spent)


def create_views(connection: Connection) -> Sample:
    """Make both views and their indexes anew; return seconds, and bytes of WAL.

    Raises Failure where they differ from our tables.
    """
    drop_views(connection)
    execute(connection, f"create schema {SCHEMA}")
    taken = _timed(
        connection,
        *(
            f"create materialized view {SCHEMA}.{name} as {query};"
            f"create unique index on {SCHEMA}.{name} (activity_date)"
            for name, query in _QUERIES.items()
        ),
    )
    _require_same(connection, SCHEMA, "materialized views")
    return taken


def refresh_views(connection: Connection) -> Sample:
    """Bring both views up to date; return seconds, and bytes of WAL.

    Raises Failure where they differ from our tables, which a run must have brought up
    to date before.
    """
    taken = _timed(
        connection,
        *(
            f"refresh materialized view concurrently {SCHEMA}.{name}"
            for name in _QUERIES
        ),
    )
    _require_same(connection, SCHEMA, "materialized views")
    return taken


def drop_views(connection: Connection) -> None:
    """Remove the views, where they are there."""
    execute(connection, f"drop schema if exists {SCHEMA} cascade")


def _timed(connection: Connection, *statements: str) -> Sample:
    before = value(connection, "select pg_current_wal_insert_lsn()")
    spent = sum(execution_seconds(connection, each) for each in statements)
    wal = value(connection, f"select pg_current_wal_insert_lsn() - '{before}'")
    return Sample(spent, wal_bytes=int(wal))


def _require_same(connection: Connection, schema: str, what: str) -> None:
    query = _DIFFERENCES.format(ours=OURS.schema, theirs=schema)
    if different := rows(connection, query):
        raise Failure(f"The naive {what} differ from our tables on {different[0][0]}.")
