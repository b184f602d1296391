"""What writers pay: COPY of events into three tables that differ in what is on them."""

from collections.abc import Iterator
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.measures import Measure, Sample, measured
from benchmarks.scratch import execute
from orchestration.core.settings import TableName
from orchestration.source.loading.copy_in import copy_events
from orchestration.source.table import COLUMN_TYPES, init_events_table

WHAT = {
    "ingest_bare": "COPY into a table without indexes",
    "ingest_indexes": "COPY into one with our indexes",
    "ingest": "COPY into one with our indexes and the change log",
}
MOST_EVENTS = 1_000_000
HOURS = 6
_TABLE = TableName("ingest", "events")

# Made by the server, so that the client does little but send it back. Of the last
# hours, as new events are: old ones would go into the change log.
_LINES = f"""
copy (
    select
        (random() * 50000)::int,
        (random() * 200)::int,
        'page_view',
        timezone('UTC', now()) - random() * interval '{HOURS} hours',
        '{{{{"path": "/home"}}}}'
    from generate_series(1, {{events}})
) to stdout
"""


class _Lines(list[str]):
    """Collects what COPY sends; there is one `write` for each event."""

    def write(self, line: bytes) -> int:
        self.append(line.decode())
        return len(line)


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield the seconds of each variant, in turns; each copy is into a new table."""
    lines = _Lines()
    with bench.connection.cursor() as cursor:
        events = min(bench.events, MOST_EVENTS)
        cursor.copy_expert(_LINES.format(events=events), lines)
    text = "".join(lines)
    create_bare = ", ".join(f"{name} {kind}" for name, kind in COLUMN_TYPES.items())

    def copy(variant: str) -> Sample:
        execute(
            bench.connection,
            f"drop schema if exists {_TABLE.schema} cascade;"
            f"create schema {_TABLE.schema}",
        )
        if variant == "ingest_bare":
            execute(bench.connection, f"create table {_TABLE} ({create_bare})")
        else:
            init_events_table(
                bench.connection,
                _TABLE,
                lambda _: None,
                change_log=variant == "ingest",
            )
        execute(bench.connection, "checkpoint")
        began = perf_counter()
        copy_events(bench.connection, _TABLE, text, list(COLUMN_TYPES))
        return Sample(perf_counter() - began, len(lines))

    copy("ingest_bare")  # the files are there now
    taken = bench.alternate(
        {
            "ingest_bare": lambda: copy("ingest_bare"),
            "ingest_indexes": lambda: copy("ingest_indexes"),
            "ingest": lambda: copy("ingest"),
        }
    )
    execute(bench.connection, f"drop schema {_TABLE.schema} cascade")
    for key, samples in taken.items():
        yield measured(key, WHAT[key], samples)
