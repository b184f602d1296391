"""The dbt project in the way of the usual packages, and the check of its results."""

from pathlib import Path

from benchmarks.builds import OURS, Rollup
from benchmarks.scratch import rows
from orchestration.core.connection import Connection
from orchestration.core.errors import Failure

PACKAGE = Rollup("package", OURS.events, Path(__file__).parent)

_COUNTS = ["dau", "returning_users", *(f"returning_d{n}" for n in range(1, 8))]

# Days without events are rows of ours alone.
_DIFFERENCES = f"""
select ours.activity_date
from {OURS.schema}.daily_retention as ours
full join {PACKAGE.schema}.daily_retention as theirs using (activity_date)
where (ours.{", ours.".join(_COUNTS)}) is distinct from
    ({", ".join(f"coalesce(theirs.{count}, 0)" for count in _COUNTS)})
"""


def require_same_retention(connection: Connection) -> None:
    """Raise Failure where the package's counts are not ours: nothing to compare."""
    if different := rows(connection, _DIFFERENCES):
        raise Failure(
            f"The package's models differ from our tables on {different[0][0]}."
        )
