"""What was measured of one run, and what as many runs as there are in a day come to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

_DAY_SECONDS = timedelta(days=1).total_seconds()


@dataclass(frozen=True)
class Spent:
    """What one run, or one read, took: wall-clock seconds, CPU seconds, bytes, rows."""

    seconds: float
    server_cpu_seconds: float
    dbt_cpu_seconds: float
    wal_bytes: float
    rows: float
    dead_rows: float


@dataclass(frozen=True)
class Cost:
    """A line of the table: what a way costs in a day.

    `oldest_seconds` is how old a number can be when it is read, and `times` how often
    a day it is made; None of what does not make numbers by itself.
    """

    way: str
    events: int
    oldest_seconds: float | None
    times: float | None
    server_cpu_seconds: float
    dbt_cpu_seconds: float
    rows: float
    wal_bytes: float
    dead_rows: float


def typical(samples: Sequence[Spent]) -> Spent:
    """Return the medians."""

    def middle(of: Callable[[Spent], float]) -> float:
        return median(map(of, samples))

    return Spent(
        seconds=middle(lambda s: s.seconds),
        server_cpu_seconds=middle(lambda s: s.server_cpu_seconds),
        dbt_cpu_seconds=middle(lambda s: s.dbt_cpu_seconds),
        wal_bytes=middle(lambda s: s.wal_bytes),
        rows=middle(lambda s: s.rows),
        dead_rows=middle(lambda s: s.dead_rows),
    )


def of_runs(way: str, events: int, every: timedelta, run: Spent) -> Cost:
    """Return the cost of runs that begin at such intervals.

    Where a run takes longer than that, the next one begins when it ends. A number is at
    its oldest just before a run ends: it is of the time when the run before began.
    """
    apart = max(every.total_seconds(), run.seconds)
    return _daily(way, events, apart + run.seconds, _DAY_SECONDS / apart, run)


def of_reads(way: str, events: int, every: timedelta, read: Spent) -> Cost:
    """Return the cost of reads at such intervals: each is as fresh as it is quick."""
    times = _DAY_SECONDS / every.total_seconds()
    return _daily(way, events, read.seconds, times, read)


def _daily(way: str, events: int, oldest: float, times: float, once: Spent) -> Cost:
    return Cost(
        way=way,
        events=events,
        oldest_seconds=oldest,
        times=times,
        server_cpu_seconds=times * once.server_cpu_seconds,
        dbt_cpu_seconds=times * once.dbt_cpu_seconds,
        rows=times * once.rows,
        wal_bytes=times * once.wal_bytes,
        dead_rows=times * once.dead_rows,
    )
