"""What the change log's triggers cost a writer, who writes one event at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from benchmarks.freshness.arrivals import EVENTS_PER_LATE
from benchmarks.freshness.costs import Cost
from benchmarks.freshness.meter import Counters, Meter
from benchmarks.scratch import execute
from orchestration.core.connection import Connection
from orchestration.core.settings import TableName
from orchestration.source.table import init_events_table

_WRITES = 50_000
_TABLE = TableName("watched", "events")

_LOOP = "do $$ begin for n in 1..{writes} loop {write}; end loop; end $$"
_INSERT = (
    "insert into {table} (user_id, course_id, kind, performed_at, properties)"
    " values (n % 5000, 1, 'page_view', {performed_at}, '{{{{}}}}')"
)
_NEW = "timestamp '{now}' - n % 1000 * interval '1 second'"
# Each of another minute: a transaction logs a minute once.
_LATE = "timestamp '{now}' - interval '60 days' - n * interval '1 minute'"
_STATEMENTS: Mapping[str, str] = {
    "new": _INSERT.format(table=_TABLE, performed_at=_NEW),
    "late": _INSERT.format(table=_TABLE, performed_at=_LATE),
    "changed": f"update {_TABLE} set kind = 'click' where performed_at = {_LATE}",
}


@dataclass(frozen=True)
class TriggerCosts:
    """CPU seconds that the triggers add to the write of one event, of three kinds.

    `late_wal_bytes` are what a late event's entry in the log adds.
    """

    new: float
    late: float
    changed: float
    late_wal_bytes: float

    def __str__(self) -> str:
        """Return them in a sentence, in microseconds."""
        new, late, changed = (
            f"{seconds * 1e6:.1f}" for seconds in (self.new, self.late, self.changed)
        )
        return (
            f"For an event that is written by itself, the change log's triggers take "
            f"{new} µs of the server's CPU where it is new, {late} µs where it comes "
            f"late, and {changed} µs where it is changed late."
        )

    def daily(self, way: str, events: int) -> Cost:
        """Return what they cost in a day with so many events, and some late ones."""
        late = events / EVENTS_PER_LATE
        return Cost(
            way=way,
            events=events,
            oldest_seconds=None,
            times=None,
            server_cpu_seconds=events * self.new + late * self.late,
            dbt_cpu_seconds=0,
            rows=late,
            wal_bytes=late * self.late_wal_bytes,
            dead_rows=0,
        )


def measure_triggers(connection: Connection, meter: Meter, repeat: int) -> TriggerCosts:
    """Return medians of what they add, on a small table of their own."""
    added = [_added(connection, meter) for _ in range(repeat)]
    execute(connection, f"drop schema {_TABLE.schema} cascade")

    def per_write(kind: str) -> float:
        return max(0.0, median(each[kind].cpu_seconds for each in added)) / _WRITES

    return TriggerCosts(
        new=per_write("new"),
        late=per_write("late"),
        changed=per_write("changed"),
        late_wal_bytes=median(each["late"].wal_bytes for each in added) / _WRITES,
    )


def _added(connection: Connection, meter: Meter) -> dict[str, Counters]:
    """Return what the writes of each kind take with the triggers, less without."""
    without, watched = (
        _written(connection, meter, change_log=change_log)
        for change_log in (False, True)
    )
    return {kind: watched[kind] - without[kind] for kind in _STATEMENTS}


def _written(
    connection: Connection, meter: Meter, *, change_log: bool
) -> dict[str, Counters]:
    execute(
        connection,
        f"drop schema if exists {_TABLE.schema} cascade; create schema {_TABLE.schema}",
    )
    init_events_table(connection, _TABLE, lambda _: None, change_log=change_log)
    now = datetime.now(UTC).replace(tzinfo=None)
    taken = {}
    for kind, statement in _STATEMENTS.items():
        # So that all begin alike: after one, the WAL gets each page whole once.
        execute(connection, "checkpoint")
        before = meter.read()
        write = statement.format(now=now)
        execute(connection, _LOOP.format(writes=_WRITES, write=write))
        taken[kind] = meter.read() - before
    return taken
