"""All days: the first build, a full run, and two rivals that do the same."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.builds import OURS, build, build_anew
from benchmarks.measures import Measure, Sample, measured
from benchmarks.rivals.package import PACKAGE, require_same_retention
from benchmarks.scratch import execute, execution_seconds, rows, seconds
from orchestration.core.errors import Failure

WHAT = {
    "floor": "one parallel count(*) of the events",
    "full_first": "first build",
    "full_again": "refresh: full, nothing new",
    "naive": "DAU and returning users by SQL on the events",
    "package_full": "first build by a package's delete+insert models",
}
_RIVALS = Path(__file__).parent / "rivals"
_NAIVE = ("naive_active_users", "naive_retention")

# Days without events are rows of ours alone.
_NAIVE_DIFFERENCES = f"""
select ours.activity_date
from {OURS.schema}.daily_retention as ours
left join naive_active_users using (activity_date)
left join naive_retention using (activity_date)
where (ours.dau, ours.returning_users) is distinct from (
    coalesce(naive_active_users.dau, 0), coalesce(naive_retention.returning_users, 0)
)
"""


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
            "naive": lambda: _naive(bench),
            "package_full": lambda: build_anew(connection, PACKAGE),
        }
    )
    if "package_full" in taken:
        require_same_retention(connection)
    for key, samples in taken.items():
        yield measured(key, WHAT[key], samples)


def _naive(bench: Bench) -> Sample:
    spent = 0.0
    for name in _NAIVE:
        query = (_RIVALS / f"{name}.sql").read_text()
        execute(bench.connection, f"drop table if exists {name}")
        spent += execution_seconds(
            bench.connection, f"create temporary table {name} as {query}"
        )
    if different := rows(bench.connection, _NAIVE_DIFFERENCES):
        raise Failure(f"The naive queries differ from our tables on {different[0][0]}.")
    return Sample(spent)
