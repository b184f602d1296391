"""Everything that the report shows, read from the tables at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg2 import sql

from orchestration.answers.questions import ask, newest_day
from orchestration.answers.terminal import records
from orchestration.answers.why_empty import why_empty
from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.settings import rollup_schema
from orchestration.core.statements import execute

Row = Mapping[str, Any]

# Of the tables that are a row a day, those columns of which each is in one row below.
_BY_DAY = (
    "active_users_by_day",
    "retention_by_day",
    "rolling_active_users_by_day",
    "growth_by_day",
)
COHORTS = 60
_MAY_READ = """
select has_table_privilege(oid, 'select')
from pg_class
where relnamespace = to_regnamespace(quote_ident(%(schema)s))
    and relname = 'rollup_state'
"""


@dataclass(frozen=True)
class Numbers:
    """The last days, oldest first, and what is told of the last one that is over.

    `days`: a row per day, with the columns of DAU, retention, WAU and MAU, and growth,
    null where a table has no row of the day;
    `cohorts`: a row per cohort and day number; `courses`: a row per course and day, of
    the week that ends with the last full day. `run_started_at` is in UTC; None where
    the reader may not know it. `why_empty`: why no user was active on any of the days.
    """

    days: Sequence[Row]
    cohorts: Sequence[Row]
    courses: Sequence[Row]
    last_full: date
    run_started_at: datetime | None
    why_empty: str | None = None

    @property
    def newest(self) -> Row:
        """Return the newest day's row."""
        return self.days[-1]

    def on(self, day: date) -> Row | None:
        """Return a day's row, or None where the report does not reach it."""
        return next((row for row in self.days if row["activity_date"] == day), None)


def read_numbers(connection: Connection, days: int) -> Numbers:
    """Read so many days up to the newest.

    The connection must not be within a transaction. Raises UserError where a table has
    not been built yet, or no day in them is over.
    """
    # One snapshot, also while a run replaces one table after another.
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    newest = newest_day(connection)
    last_full = newest_day(connection, complete=True)
    if newest is None or last_full is None:
        raise UserError(
            "The tables hold no day that is over: there is nothing to report yet. "
            f"{why_empty(connection) or ''}".strip()
        )
    first = newest - timedelta(days=days - 1)
    first_cohort = newest - timedelta(days=min(days, COHORTS) - 1)
    return Numbers(
        days=_days(connection, first, newest),
        cohorts=_rows(
            connection,
            "cohort_retention_by_day",
            from_date=first_cohort,
            to_date=newest,
        ),
        courses=_rows(connection, "courses_in_week", on_date=last_full),
        last_full=last_full,
        run_started_at=_run_started_at(connection),
        why_empty=why_empty(connection, first, newest),
    )


def _days(connection: Connection, first: date, last: date) -> list[Row]:
    columns: set[str] = set()
    by_day: dict[date, dict[str, Any]] = {}
    for question in _BY_DAY:
        answer = ask(connection, question, from_date=first, to_date=last)
        columns.update(answer.columns)
        for row in records(answer):
            by_day.setdefault(row["activity_date"], {}).update(row)
    # A run replaces one table after another: some may not have the newest day yet.
    return [dict.fromkeys(columns) | row for _, row in sorted(by_day.items())]


def _rows(connection: Connection, question: str, **parameters: date) -> list[Row]:
    return list(records(ask(connection, question, **parameters)))


def _run_started_at(connection: Connection) -> datetime | None:
    """Return when the latest run got the run lock, where one may read that."""
    table = sql.Identifier(rollup_schema(), "rollup_state").as_string(connection)
    with connection.cursor() as cursor:
        execute(cursor, _MAY_READ, {"schema": rollup_schema()})
        if cursor.fetchone() != (True,):
            return None
        execute(cursor, f"select run_started_at from {table}")  # noqa: S608
        row = cursor.fetchone()
    started: datetime | None = row[0] if row else None
    return started
