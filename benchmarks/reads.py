"""Reads of the tables over one connection, each of another day or user."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median, quantiles
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.builds import OURS, build
from benchmarks.measures import Measure
from benchmarks.scratch import DAYS, END, value
from orchestration.core.connection import Connection

WHAT = {
    "read_dau_90d": "read DAU of 90 days",
    "read_returning_day": "read the returning users of one day",
    "read_user": "read one user's days",
    "read_all_days": "read DAU and retention of all days",
}
READS = 1_000
_SEED = 1

_QUERIES = {
    "read_dau_90d": f"""
        select activity_date, dau from {OURS.schema}.daily_active_users
        where activity_date > %s - 90 and activity_date <= %s
        order by activity_date
    """,
    "read_returning_day": f"""
        select user_id, previous_activity_date, days_since_previous, active_days_mask
        from {OURS.schema}.returning_users
        where activity_date = %s
        order by user_id
    """,
    "read_user": f"""
        select activity_date, events_count, first_event_at, last_event_at
        from {OURS.schema}.user_day_activity
        where user_id = %s
        order by activity_date
    """,
    "read_all_days": f"""
        select daily_active_users.events_count, daily_retention.*
        from {OURS.schema}.daily_active_users
        inner join {OURS.schema}.daily_retention using (activity_date)
        order by activity_date
    """,
}


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield each read's median, with its 99th percentile and its number of rows."""
    connection = bench.connection
    build(connection, OURS)
    users = int(value(connection, f"select max(user_id) from {OURS.events}"))
    # Not a secret: the same days and users each time.
    draw = random.Random(_SEED)  # noqa: S311

    def day() -> date:
        return END - timedelta(days=draw.randrange(DAYS - 90))

    arguments: dict[str, Callable[[], tuple[date | int, ...]]] = {
        "read_dau_90d": lambda: (day(),) * 2,
        "read_returning_day": lambda: (day(),),
        "read_user": lambda: (1 + draw.randrange(users),),
        "read_all_days": tuple,
    }
    for key, what in WHAT.items():
        if key in bench.wanted:
            taken = [
                _read(connection, _QUERIES[key], arguments[key]()) for _ in range(READS)
            ]
            yield _summary(key, what, taken)
            bench.report(key, median(seconds for seconds, _ in taken))


def _read(
    connection: Connection, query: str, arguments: tuple[date | int, ...]
) -> tuple[float, int]:
    """Return the seconds until all rows are here, and how many they are."""
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        rows = len(cursor.fetchall())
    return perf_counter() - began, rows


def _summary(key: str, what: str, taken: list[tuple[float, int]]) -> Measure:
    seconds = [spent for spent, _ in taken]
    p99 = quantiles(seconds, n=100)[-1]
    return Measure(
        key=key,
        what=what,
        seconds=median(seconds),
        rows=int(median(rows for _, rows in taken)),
        note=f"of {READS:,} reads; 99 % take at most {p99 * 1e3:.2f} ms",
        details={"p99_seconds": p99},
    )
