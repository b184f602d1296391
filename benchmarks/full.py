"""All days: the first build, a full run, and three rivals that do the same."""

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.builds import OURS, build, build_anew
from benchmarks.measures import Measure, Sample, measured
from benchmarks.rivals import naive
from benchmarks.rivals.package import PACKAGE, require_same_retention
from benchmarks.scratch import seconds

WHAT = {
    "floor": "one parallel count(*) of the events",
    "full_first": "first build",
    "full_again": "refresh: full, nothing new",
    "naive": "DAU and returning users by SQL on the events",
    "matview_first": "two materialized views of that SQL, with unique indexes",
    "package_full": "first build by a package's delete+insert models",
}


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield each measure; the rivals' results are compared with ours."""
    connection = bench.connection
    if not bench.wanted & {"full_first"}:
        build(connection, OURS)
    taken = bench.alternate(
        {
            "floor": lambda: Sample(seconds(connection, "select count(*) from events")),
            "full_first": lambda: build_anew(connection, OURS),
            "full_again": lambda: build(connection, OURS, refresh="full"),
            "naive": lambda: naive.ask(connection),
            "matview_first": lambda: naive.create_views(connection),
            "package_full": lambda: build_anew(connection, PACKAGE),
        }
    )
    if "package_full" in taken:
        require_same_retention(connection)
    naive.drop_views(connection)
    for key, samples in taken.items():
        yield measured(key, WHAT[key], samples)
