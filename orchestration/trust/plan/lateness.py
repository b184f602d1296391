"""How late events really come, by what became of DAU once it was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2 import sql

from orchestration.answers.questions import Answer, ask
from orchestration.core.connection import Connection
from orchestration.core.settings import rollup_schema
from orchestration.core.statements import execute

_ENOUGH = 0.99

_SCOPE = """
select
    (select time_zone from {state}),
    (select count(*) from {revisions})
"""


@dataclass(frozen=True)
class Lateness:
    """Revised days by how many days after them they were last revised."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    days_over: int

    @property
    def days_revised(self) -> int:
        """How many days were revised after they were first published."""
        return sum(days for _, days, _, _ in self.rows)

    @property
    def lookback_needed(self) -> int | None:
        """The lookback_days that would have caught 99 % of it; None: no difference."""
        shares = ((late, share) for late, _, _, share in self.rows)
        return next((late for late, share in shares if (share or 0) >= _ENOUGH), None)

    def share_caught(self, lookback_days: int) -> float:
        """Return the share of the DAU difference that this lookback catches."""
        shares = (share for late, *_, share in self.rows if late <= lookback_days)
        return max((share or 0.0 for share in shares), default=0.0)

    def answer(self) -> Answer:
        """Return the rows, to be written for programs."""
        return Answer(self.columns, iter(self.rows))


def measured_lateness(connection: Connection) -> Lateness:
    """Read it from daily_revisions; raises UserError where there are no tables yet."""
    names = {
        name: sql.Identifier(rollup_schema(), table).as_string(connection)
        for name, table in [("state", "rollup_state"), ("revisions", "daily_revisions")]
    }
    with connection.cursor() as cursor:
        execute(cursor, _SCOPE.format(**names))
        time_zone, days_over = cursor.fetchone() or ("UTC", 0)
    answer = ask(connection, "revisions_by_lateness", time_zone=time_zone)
    return Lateness(answer.columns, list(answer.rows), days_over)
