"""What events a table seems to hold, without reading it: by estimates and its index."""

from psycopg2 import errors, sql

from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.core.rejections import in_words
from orchestration.core.settings import TableName, dbt_vars
from orchestration.core.statements import failures, rows

_PATIENCE_SECONDS = 3
_FEW = 100_000
_MOMENTS = ("first_at", "last_at", "first_in_future")
_LATEST_VALID = "(now() at time zone 'UTC' + interval '{skew} minutes')"
_ENDS = """
with ends as (
    select
        (select performed_at {finite} order by recorded_at limit 1) as first_at,
        (select performed_at {finite} order by recorded_at desc limit 1) as last_at,
        (
            select performed_at {finite} and {is_in_future}
            order by recorded_at limit 1
        ) as first_in_future,
        %s::timestamp at time zone %s at time zone 'UTC' as earliest_valid
)

select
    {first_at}, {last_at}, {first_in_future},
    first_at < earliest_valid,
    last_at < earliest_valid
from ends
"""


def found_in_words(connection: Connection, table: TableName) -> list[str]:
    """Return about how many events there are, of which days, and what will not count.

    Nothing where there are none with a time. Few are counted; of many the number is the
    planner's guess, which may be far off before `analyze`. Ends the connection's
    transaction. Raises Failure where the server refuses.
    """
    found = dbt_vars()
    columns = event_columns()
    zone, start = found["time_zone"], found["events_start_date"]
    events = columns.relation(table)
    latest = _LATEST_VALID.format(skew=found["max_clock_skew_minutes"])
    finite = sql.SQL("from {} as events where recorded_at is not null and not ({})")
    with failures(f"Looking at {table}"):
        try:
            rows(connection, f"set statement_timeout = '{_PATIENCE_SECONDS}s'")
            [(plan,)] = rows(
                connection,
                "explain (format json) select from {events}",
                events=sql.SQL(events),
            )
            [(counted,)] = rows(
                connection,
                "select count(*) from (select from {events} limit {more}) as few",
                events=sql.SQL(events),
                more=sql.Literal(_FEW + 1),
            )
            [ends] = rows(
                connection,
                _ENDS,
                start,
                zone,
                **{name: _local_date(name, zone) for name in _MOMENTS},
                finite=finite.format(
                    sql.SQL(events.replace("%", "%%")), sql.SQL(columns.is_infinite())
                ),
                is_in_future=sql.SQL(columns.is_since(latest)),
            )
        except errors.QueryCanceled:
            patience = f"{_PATIENCE_SECONDS} seconds"
            return [f"Its first and last event were not found within {patience}."]
        finally:
            connection.rollback()
            rows(connection, "reset statement_timeout")
            connection.rollback()
    estimate = plan[0]["Plan"]["Plan Rows"]
    number = f"{counted:,}" if counted <= _FEW else f"about {estimate:,}"
    return _in_words(number, *ends)


def _local_date(moment: str, zone: str) -> sql.Composed:
    # Where timestamps end, the clocks of a zone are beyond the end.
    bounded = f"least(greatest({moment}, '0001-01-02'), '9999-12-30')"
    local = f"({bounded} at time zone 'UTC' at time zone {{}})::date::text"
    known = f"case when {moment} is not null then {local} end"
    return sql.SQL(known).format(sql.Literal(zone))


def _in_words(  # noqa: PLR0913, PLR0917  # a row of the query
    number: str,
    first: str | None,
    last: str | None,
    first_in_future: str | None,
    some_before: bool,
    all_before: bool,
) -> list[str]:
    """Say it: `number` of events, the local days of some, and what is too early."""
    if first is None:
        return []
    days = f"from {first} to {last} ({dbt_vars()['time_zone']})"
    lines = [f"It has {number} events, {days}."]
    if all_before:
        lines.append("None of them will count:")
    if some_before:
        reason = "performed_at is before events_start_date"
        lines.append(in_words(reason, "the events", first))
    if first_in_future:
        reason = "performed_at is in the future"
        lines.append(in_words(reason, "the events", first_in_future))
    return lines
