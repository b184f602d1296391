"""The run of every hour with the change log, where one event came very late."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from benchmarks.bench import Bench
from benchmarks.builds import OURS, build
from benchmarks.measures import Measure, measured
from benchmarks.scratch import END, execute
from orchestration.source.table import init_events_table

WHAT = {"late": "ordinary run, one new hour and an event of 60 days ago"}
_LATE_AT = datetime.combine(END, time(12)) - timedelta(days=60)


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield the measure; every repetition has one more hour, and one more late event.

    Each late event is of a user who was not there before, so that DAU changes.
    """
    connection = bench.connection
    init_events_table(connection, OURS.events, lambda _: None, change_log=True)
    # The first run with the log rebuilds every day, because nobody watched before.
    build(connection, OURS)

    def arrive() -> None:
        bench.next_hour(OURS.events)
        execute(
            connection,
            f"insert into {OURS.events} (user_id, performed_at, kind)"
            f" select max(user_id) + 1, '{_LATE_AT}', 'page_view' from {OURS.events}",
        )

    taken = bench.alternate({"late": lambda: build(connection, OURS)}, arrive)
    init_events_table(connection, OURS.events, lambda _: None, change_log=False)
    yield measured("late", WHAT["late"], taken["late"])
