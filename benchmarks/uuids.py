"""The same events with users by uuid and times with a zone, whose values are wider."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from benchmarks.bench import Bench
from benchmarks.builds import OURS, Rollup, build, build_anew
from benchmarks.hourly import drop
from benchmarks.measures import Measure, measured
from benchmarks.scratch import execute
from benchmarks.sizes import sizes
from orchestration.core.event_columns import EventColumns
from orchestration.core.settings import TableName
from orchestration.source.index_catalog import definitions
from orchestration.source.loading.copy_in import vacuum_copied

WHAT = {
    "uuid_first": "first build, users by uuid, times with a zone",
    "uuid_hourly": "ordinary run of these, one new hour",
    "uuid_disk": "their tables and indexes, against those of integers",
}
UUIDS = Rollup(
    "analytics_uuids",
    TableName("uuids", "events"),
    settings=(("user_id_type", "uuid"), ("performed_at_type", "timestamptz")),
)
_AS_UUIDS = f"""
select
    md5(user_id::text)::uuid as user_id,
    course_id,
    kind,
    performed_at at time zone 'UTC' as performed_at,
    properties
from {OURS.events}
"""


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield each measure; the hours that come are the last of our own events."""
    connection = bench.connection
    hours = [bench.now - timedelta(hours=n) for n in range(bench.repeat + 1)]
    _fill(bench, hours[-1])
    if "uuid_first" not in bench.wanted:
        build(connection, UUIDS)

    def arrive() -> None:
        start, end = hours.pop(), hours[-1]
        execute(
            connection,
            f"insert into {UUIDS.events} {_AS_UUIDS}"
            f" where performed_at >= '{start}' and performed_at < '{end}'",
        )

    taken = bench.alternate(
        {"uuid_first": lambda: build_anew(connection, UUIDS)}
    ) | bench.alternate({"uuid_hourly": lambda: build(connection, UUIDS)}, arrive)
    for key, samples in taken.items():
        yield measured(key, WHAT[key], samples)
    if "uuid_disk" in bench.wanted:
        build(connection, OURS)
        yield _disk(bench)
    drop(bench, UUIDS)


def _fill(bench: Bench, end: datetime) -> None:
    """Make the table, of the events before, with the indexes that `init` makes."""
    execute(bench.connection, f"create schema {UUIDS.events.schema}")
    execute(
        bench.connection,
        f"create table {UUIDS.events} as {_AS_UUIDS} where performed_at < '{end}'",
    )
    for definition in definitions(EventColumns({})):
        execute(bench.connection, f"create index on {UUIDS.events} {definition.ddl}")
    vacuum_copied(bench.connection, UUIDS.events)


def _disk(bench: Bench) -> Measure:
    """Compare the events, and the tables of their rollups."""
    details: dict[str, Any] = {}
    whole = []
    for rollup in (UUIDS, OURS):
        found = sizes(bench.connection, rollup.events.schema)
        events = {"events": found[rollup.events.name]}
        for tables in (events, sizes(bench.connection, rollup.schema)):
            details[rollup.schema] = details.get(rollup.schema, {}) | {
                name: asdict(size) for name, size in tables.items()
            }
            whole.append(sum(size.whole for size in tables.values()) / 1e6)
    events_mb, tables_mb, our_events_mb, our_tables_mb = whole
    return Measure(
        key="uuid_disk",
        what=WHAT["uuid_disk"],
        note=f"events {events_mb:,.0f} MB ({events_mb / our_events_mb:.2f} ×), "
        f"tables {tables_mb:,.0f} MB ({tables_mb / our_tables_mb:.2f} ×)",
        details=details,
    )
