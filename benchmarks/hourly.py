"""The run of every hour, on all days and on a tenth of them, and its rivals."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from benchmarks.bench import Bench, copy_period
from benchmarks.builds import OURS, Rollup, build
from benchmarks.measures import Measure, measured
from benchmarks.rivals import naive
from benchmarks.rivals.package import PACKAGE, require_same_retention
from benchmarks.scratch import DAYS, END, execute
from orchestration.core.settings import TableName
from orchestration.source.loading.copy_in import vacuum_copied
from orchestration.source.table import init_events_table

WHAT = {
    "hourly": "ordinary run, one new hour",
    "hourly_tenth": "the same, on a tenth of the days",
    "hourly_noop": "ordinary run, nothing new",
    "matview_hourly": "the new hour, by refreshing two materialized views",
    "package_hourly": "the new hour, by a package's delete+insert models",
}
TENTH = Rollup("analytics_tenth", TableName("tenth", "events"))
TENTH_START = datetime.combine(END, time()) - timedelta(days=DAYS // 10 - 1)


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield each measure; every repetition is of one more hour, the same for all."""
    connection, wanted = bench.connection, bench.wanted
    rollups = {"hourly": OURS, "hourly_tenth": TENTH, "package_hourly": PACKAGE}
    tables = {OURS.events}
    if "hourly_tenth" in wanted:
        fill_last_days(bench, TENTH.events, TENTH_START)
        tables.add(TENTH.events)
    for rollup in {OURS, *(rollups[key] for key in wanted & rollups.keys())}:
        build(connection, rollup)
    if "matview_hourly" in wanted:
        naive.create_views(connection)

    def arrive() -> None:
        bench.next_hour(*tables)
        if "hourly" not in wanted:
            build(connection, OURS)

    taken = bench.alternate(
        {
            "hourly": lambda: build(connection, OURS),
            "hourly_tenth": lambda: build(connection, TENTH),
            "matview_hourly": lambda: naive.refresh_views(connection),
            "package_hourly": lambda: build(connection, PACKAGE),
            "hourly_noop": lambda: build(connection, OURS),
        },
        before_each_turn=arrive,
    )
    if "package_hourly" in taken:
        require_same_retention(connection)
    naive.drop_views(connection)
    if "hourly_tenth" in taken:
        drop(bench, TENTH)
    for key, samples in taken.items():
        yield measured(key, WHAT[key], samples)


def fill_last_days(bench: Bench, table: TableName, start: datetime) -> None:
    """Make a second events table, of the events there are from `start` to `now`."""
    init_events_table(bench.connection, table, lambda _: None)
    copy_period(bench.connection, str(OURS.events), table, start, bench.now - start)
    vacuum_copied(bench.connection, table)


def drop(bench: Bench, rollup: Rollup) -> None:
    """Remove a rollup and its events."""
    execute(
        bench.connection,
        f"drop schema {rollup.events.schema}, {rollup.schema} cascade",
    )
