"""Measures each way to be fresh at one rate of events, by real runs and reads.

A rate has four days of its own after those of the history: the three that a run looks
back on (`fast_dau_lookback_days`), and one on which runs are measured from noon on,
when half of its events are there. In the nights between them, full runs are measured.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks.builds import OURS, build
from benchmarks.children import Child
from benchmarks.freshness.arrivals import DAY, Arrivals, at
from benchmarks.freshness.costs import Cost, Spent, of_reads, of_runs, typical
from benchmarks.freshness.meter import Counters, Meter
from benchmarks.freshness.triggers import TriggerCosts
from benchmarks.scratch import rows, value
from benchmarks.shell import BUILD, PARSE, run_dbt
from orchestration.core.connection import Connection
from orchestration.source.loading.copy_in import vacuum_copied
from orchestration.source.table import init_events_table

LOOKBACK_DAYS = 3
DAYS_OF_A_RATE = LOOKBACK_DAYS + 1
MOST_REPETITIONS = 5  # as many hours, twice, fit in the half day from noon on
_NIGHT, _NOON = 1.5, 12
_READS = 10

LIVE = "live view, read every minute"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RUNS = {
    "run every minute": MINUTE,
    "run every five minutes": 5 * MINUTE,
    "run every hour": HOUR,
}
NIGHTLY = "full run every night"
LATE_BY_LOG = "late changes: the change log, run every hour"
TRIGGERS = "late changes: what the change log's triggers add"
LATE_BY_NIGHT = "late changes: no change log, full run every night"
WAYS = (LIVE, *RUNS, NIGHTLY, LATE_BY_LOG, TRIGGERS, LATE_BY_NIGHT)


@dataclass(frozen=True)
class Measuring:
    """What the measures of every rate share; dbt's artifacts go to the folder."""

    connection: Connection
    meter: Meter
    folder: Path
    repeat: int
    console: Console

    def costs(
        self, rate: int, first_day: date, triggers: TriggerCosts
    ) -> Iterator[Cost]:
        """Yield the cost of each way in the order of WAYS, at so many events a day."""
        arrivals = Arrivals(self.connection, rate, at(first_day, 0))
        nightly = typical(self._nights(arrivals))
        today = first_day + LOOKBACK_DAYS * DAY
        self._catch_up(arrivals, at(today, _NOON))
        yield of_reads(LIVE, rate, MINUTE, self._read_live(arrivals))
        for way, every in RUNS.items():
            taken = self._runs(way, arrivals, every)
            yield of_runs(way, rate, every, typical(taken))
        yield of_runs(NIGHTLY, rate, DAY, nightly)
        late = typical(self._late_runs(arrivals))
        yield of_runs(LATE_BY_LOG, rate, HOUR, late)
        yield triggers.daily(TRIGGERS, rate)
        yield of_runs(LATE_BY_NIGHT, rate, DAY, nightly)

    def _nights(self, arrivals: Arrivals) -> list[Spent]:
        """Measure full runs, each with the events of a day; none but these are made."""
        first_day = arrivals.now.date()
        self._catch_up(arrivals, at(first_day, _NIGHT))
        taken = []
        for number in range(1, min(self.repeat, LOOKBACK_DAYS) + 1):
            arrivals.until(at(first_day + number * DAY, _NIGHT))
            vacuum_copied(self.connection, OURS.events)
            taken.append(self._run(NIGHTLY, arrivals, refresh="full"))
        return taken

    def _runs(
        self,
        way: str,
        arrivals: Arrivals,
        every: timedelta,
        arrive_too: Callable[[], None] = lambda: None,
    ) -> list[Spent]:
        """Measure runs, each with the events of the time since the one before."""
        taken = []
        for _ in range(self.repeat):
            arrivals.until(arrivals.now + every)
            arrive_too()
            taken.append(self._run(way, arrivals))
        return taken

    def _late_runs(self, arrivals: Arrivals) -> list[Spent]:
        """Measure hourly runs with the change log, which is there for them alone."""
        init_events_table(self.connection, OURS.events, lambda _: None, change_log=True)
        # The first run with the log rebuilds every day, because nobody watched before.
        build(self.connection, OURS, str(arrivals.now))
        taken = self._runs(LATE_BY_LOG, arrivals, HOUR, lambda: arrivals.late(HOUR))
        init_events_table(
            self.connection, OURS.events, lambda _: None, change_log=False
        )
        return taken

    def _catch_up(self, arrivals: Arrivals, end: datetime) -> None:
        """Let events come, and run, without measuring."""
        arrivals.until(end)
        vacuum_copied(self.connection, OURS.events)
        build(self.connection, OURS, str(end))

    def _run(self, way: str, arrivals: Arrivals, **variables: str) -> Spent:
        variables["run_at"] = str(arrivals.now)
        run_dbt(PARSE, self.folder, **variables)
        before = self.meter.read()
        child = run_dbt(BUILD, self.folder, **variables)
        spent = _spent(child, self.meter.read() - before)
        self._report(way, arrivals.rate, spent)
        return spent

    def _read_live(self, arrivals: Arrivals) -> Spent:
        """Measure reads of the live view as of now; its clock is else the server's."""
        query = self._live_query(arrivals.now)
        rows(self.connection, query)
        before, began = self.meter.read(), perf_counter()
        for _ in range(_READS):
            rows(self.connection, query)
        seconds = (perf_counter() - began) / _READS
        taken = self.meter.read() - before
        spent = Spent(
            seconds=seconds,
            server_cpu_seconds=taken.cpu_seconds / _READS,
            dbt_cpu_seconds=0,
            wal_bytes=taken.wal_bytes / _READS,
            rows=taken.rows / _READS,
            dead_rows=taken.dead_rows / _READS,
        )
        self._report(LIVE, arrivals.rate, spent)
        return spent

    def _live_query(self, now: datetime) -> str:
        view = f"{OURS.schema}.daily_active_users_live"
        query = value(self.connection, f"select pg_get_viewdef('{view}'::regclass)")
        return query.replace("now()", f"'{now}+00'::timestamptz")

    def _report(self, way: str, rate: int, spent: Spent) -> None:
        self.console.print(
            f"{rate:,} events a day, {way}: {spent.seconds:.3g} s",
            style="dim",
            highlight=False,
        )


def _spent(child: Child, taken: Counters) -> Spent:
    return Spent(
        seconds=child.seconds,
        server_cpu_seconds=taken.cpu_seconds,
        dbt_cpu_seconds=child.cpu_seconds,
        wal_bytes=taken.wal_bytes,
        rows=taken.rows,
        dead_rows=taken.dead_rows,
    )
