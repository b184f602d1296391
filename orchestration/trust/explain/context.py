"""What the patterns are rendered with: names of tables, compiled models, and values."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from psycopg2 import sql

from orchestration.answers.questions import newest_day, question_query
from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.event_columns import event_columns
from orchestration.core.manifest import models, tables
from orchestration.core.settings import TableName, dbt_vars, events_table, rollup_schema
from orchestration.core.statements import execute
from orchestration.source.index_catalog import definitions
from orchestration.trust.check.cells import difference_query
from orchestration.trust.check.scope import days_to_check, read_scope

_DAYS = """
select activity_date, day_starts_at, day_ends_at, 'explained'
from ({calendar_days}) as calendar_days
where
    not is_gone
    and (activity_date between %(first)s and %(newest)s or activity_date = %(late)s)
order by activity_date
"""
_LATE_DAYS_AGO = 60
_DAYS_READ = 90


def models_explained() -> list[str]:
    """Return the models of which patterns may read the SQL that a run would send."""
    return ["calendar_days", *tables()]


class Context:
    """The names, functions and values that patterns use, on one database.

    Raises UserError where no day is over yet: there is nothing to ask for.
    """

    def __init__(self, connection: Connection, models: Mapping[str, str]) -> None:
        self._connection = connection
        self._models = models
        self._newest = newest_day(connection) or date.min
        last = newest_day(connection, complete=True)
        if last is None:
            raise UserError("The tables hold no day that is over: nothing to explain.")
        self.values: dict[str, Any] = {
            "from_date": last - timedelta(days=_DAYS_READ - 1),
            "to_date": last,
            "week_from": last - timedelta(days=6),
            "on_date": last,
            "user_id": self._user_of(last),
            **self._most_used("daily_active_users_by_course", ["course_id"], last),
            **self._most_used(
                "daily_active_users_by_segment", ["segment", "value"], last
            ),
        }
        self._scope = read_scope(connection)
        self.tables = {name: TableName(rollup_schema(), name) for name in tables()}
        self.tables["events"] = events_table()

    def names(self) -> dict[str, Any]:
        """Return everything that a pattern can name."""
        made = {name: TableName(rollup_schema(), name) for name in models()}
        return {
            **{
                name: self._quoted(table)
                for name, table in (made | self.tables).items()
            },
            **self._of_events(),
            "active_kinds": self._scope.kinds,
            "open_days": self._open_days(),
            "model": self._model,
            "answer": lambda name: question_query(self._connection, name),
            "recount": self._recount,
        }

    def _of_events(self) -> dict[str, Any]:
        """Return the events as a relation, and the definitions of their indexes."""
        columns = event_columns()
        of_range, of_no_user = definitions(columns)
        return {
            "events": columns.relation(events_table()).replace("%", "%%"),
            "recorded": columns.recorded,
            "events_index": of_range.ddl,
            "null_user_index": of_no_user.ddl,
        }

    def _quoted(self, table: TableName) -> str:
        return sql.Identifier(table.schema, table.name).as_string(self._connection)

    def _user_of(self, day: date) -> int | None:
        """Return a user of that day, in the middle of the list."""
        table = self._quoted(TableName(rollup_schema(), "user_day_activity"))
        users = f"select user_id from {table} where activity_date = %(day)s"  # noqa: S608
        middle = "percentile_disc(0.5) within group (order by user_id)"
        rows = self._rows(f"select {middle} from ({users}) as users", day=day)  # noqa: S608
        user_id: int | None = rows[0][0]
        return user_id

    def _most_used(self, name: str, keys: list[str], day: date) -> dict[str, Any]:
        """Return the keys of what most users of that day had; None: nobody had any."""
        table = self._quoted(TableName(rollup_schema(), name))
        columns = ", ".join(keys)
        rows = self._rows(
            f"select {columns} from {table} where activity_date = %(day)s"  # noqa: S608
            f" order by dau desc, {columns} limit 1",
            day=day,
        )
        return dict(zip(keys, rows[0] if rows else [None] * len(keys), strict=True))

    def _open_days(self) -> int:
        """Return how many days live views count, up to the server's today."""
        rows = self._rows("select now()::date - %(newest)s", newest=self._newest)
        days: int = rows[0][0]
        return max(days, 0) + 1

    def _recount(self, subject: str) -> str:
        days = days_to_check(self._scope, None, None)
        query, values = difference_query(
            self._connection, self._scope, days.first, days.last, subject
        )
        self.values |= values
        return query

    def _model(self, name: str, days: str | None = None) -> str:
        """Return a model's SQL, for the days of the latest run, or for others."""
        query = self._models[name].replace("%", "%%")
        if days is None:
            return query
        database = self._connection.info.dbname
        refresh_days = f'"{database}"."{rollup_schema()}"."refresh_days"'
        kept = self._refresh_days(days)
        if refresh_days not in query:
            raise UserError(
                f"{name} is to be built anew, because its variables have changed: "
                "build it with `fast-dau dbt build`, and explain it then."
            )
        return query.replace(refresh_days, kept)

    def _refresh_days(self, days: str) -> str:
        """Return a list of days in place of the table that a run would make."""
        lookback = dbt_vars()["lookback_days"]
        first = date.min if days == "full" else self._newest - timedelta(lookback)
        late = self._newest - timedelta(_LATE_DAYS_AGO if days == "late" else 0)
        calendar_days = self._model("calendar_days")
        rows = self._rows(
            _DAYS.format(calendar_days=calendar_days),
            first=first,
            newest=self._newest,
            late=late,
        )
        if not rows:
            raise UserError(
                "The events of all days are gone: there is none to explain."
            )
        with self._connection.cursor() as cursor:
            values = [cursor.mogrify("(%s, %s, %s, %s)", row).decode() for row in rows]
        return (
            f"(values {', '.join(values)})"
            " as refresh_days (activity_date, day_starts_at, day_ends_at, reason)"
        )

    def _rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            execute(cursor, query, values)
            return cursor.fetchall()
