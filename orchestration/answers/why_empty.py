"""Why an answer has nothing to show: no events, none that count, or on other days."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.rejections import in_words
from orchestration.core.settings import dbt_vars, events_table, rollup_schema
from orchestration.core.statements import execute

_ACTIVE_DAYS = """
select
    min(activity_date)::text,
    max(activity_date)::text,
    coalesce(bool_or(activity_date between %(first)s and %(last)s), false)
from {daily_active_users}
where dau > 0
"""
_REJECTED = """
select
    rejected_events.reason,
    rejected_events.events_count,
    (
        -- Where timestamps end, the clocks of a zone are beyond the end.
        greatest(least(earliest_performed_at, '9999-12-30'), '0001-01-02')
        at time zone 'UTC' at time zone %(time_zone)s
    )::date::text,
    rollup_state.events_start_date
from {rejected_events} as rejected_events
cross join {rollup_state} as rollup_state
order by rejected_events.reason
"""
_RETURNED = """
select returning_users > 0 from {daily_retention} where activity_date = %(day)s
"""


def why_empty(
    connection: Connection, first: date = date.min, last: date = date.max
) -> str | None:
    """Return why no user was active on any of these days, None where some were.

    Raises UserError where the tables are not built yet.
    """
    days = {"first": first, "last": last}
    [(earliest, latest, is_active)] = _rows(connection, _ACTIVE_DAYS, days)
    if is_active:
        return None
    if earliest:
        return (
            "Nobody was active on the days asked for; those on which somebody was are "
            f"from {earliest} to {latest}."
        )
    zone = {"time_zone": dbt_vars()["time_zone"]}
    rejected = [
        in_words(reason, f"{events:,} events", first_day, start_date)
        for reason, events, first_day, start_date in _rows(connection, _REJECTED, zone)
    ]
    if not rejected:
        return (
            f"No user is in the tables: as of the latest run, {events_table()} had no "
            "event that counts (fast_dau_events_table, fast_dau_active_kinds). Load "
            "some, then: fast-dau dbt build"
        )
    return "\n".join(["No user is in the tables: no event counts.", *rejected])


def why_nobody_returned(connection: Connection, day: date) -> str | None:
    """Return why a day has no returning users, None where it has some."""
    why = why_empty(connection, day, day)
    if why is None and _rows(connection, _RETURNED, {"day": day}) == [(False,)]:
        why = f"Of the users of {day}, none had been active in the 7 days before."
    return why


def _rows(
    connection: Connection, query: str, parameters: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    schema = rollup_schema()
    names = ("daily_active_users", "daily_retention", "rejected_events", "rollup_state")
    with connection.cursor() as cursor:
        tables = {name: sql.Identifier(schema, name) for name in names}
        execute(cursor, sql.SQL(query).format(**tables).as_string(cursor), parameters)
        return cursor.fetchall()
