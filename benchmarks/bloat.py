"""How much larger the tables are after two days of hourly runs than freshly built.

On a tenth of the days: what two days of updates leave behind weighs ten times as much
there. Nothing is vacuumed but by autovacuum, which looks once a minute, so that it
comes round far more seldom here than in the two days that the runs stand for.
"""

from collections.abc import Iterator
from datetime import timedelta

from rich.progress import track

from benchmarks.bench import Bench, copy_period
from benchmarks.builds import BOOKKEEPING, OURS, build, build_anew
from benchmarks.hourly import TENTH, TENTH_START, drop, fill_last_days
from benchmarks.measures import Measure
from benchmarks.sizes import Size, sizes

WHAT = {"bloat": "tables and indexes after 48 hourly runs"}
_RUNS = 48
_HOUR = timedelta(hours=1)
# Of one row, or with rows of the latest run alone.
_NOT_COMPARED = {BOOKKEEPING, "rollup_state"}


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield the measure: the hours that have come already come once more."""
    connection, end = bench.connection, bench.now
    bench.now -= _RUNS * _HOUR
    fill_last_days(bench, TENTH.events, TENTH_START)
    build_anew(connection, TENTH, str(bench.now))
    for _ in track(range(_RUNS), "bloat", console=bench.console, transient=True):
        copy_period(connection, str(OURS.events), TENTH.events, bench.now, _HOUR)
        bench.now += _HOUR
        build(connection, TENTH, str(bench.now))
    used = sizes(connection, TENTH.schema)
    build_anew(connection, TENTH, str(end))
    fresh = sizes(connection, TENTH.schema)
    drop(bench, TENTH)
    yield _compare(
        *(
            {name: size for name, size in found.items() if name not in _NOT_COMPARED}
            for found in (used, fresh)
        )
    )


def _compare(used: dict[str, Size], fresh: dict[str, Size]) -> Measure:
    bytes_used = sum(size.whole for size in used.values())
    bytes_fresh = sum(size.whole for size in fresh.values())
    return Measure(
        key="bloat",
        what=WHAT["bloat"],
        note=f"{bytes_used / 1e6:,.1f} MB, freshly built {bytes_fresh / 1e6:,.1f} MB",
        details={
            "times_fresh": bytes_used / bytes_fresh,
            "bytes": bytes_used,
            "fresh_bytes": bytes_fresh,
            "times_fresh_by_table": {
                name: size.whole / max(1, fresh[name].whole)
                for name, size in used.items()
            },
        },
    )
