"""A rollup that starts from nothing again, under a clock that the test sets."""

from datetime import datetime

from orchestration.core.connection import Connection
from tests.change_logs import install
from tests.events_tables import init
from tests.oracle import Definitions
from tests.rollup import Rollup

# A `now()` before pg_catalog's, for the triggers that are made to see it.
_CLOCK = """
create schema if not exists clock;
create or replace function clock.now() returns timestamptz stable
return current_setting('test.now')::timestamptz
"""


class ClockedRollup(Rollup):
    """A rollup whose change log knows the test's clock."""

    def set_clock(self, now: datetime) -> None:
        """Set the time that the change log's triggers see."""
        self.execute(f"set test.now = '{now}+00'")

    def logged(self) -> int:
        """Return how many days are known to have changed, or are in the change log."""
        query = (
            "select count(*) from analytics.pending_days where reason <> 'unfinished'"
        )
        pending: int = self.query(query)[0][0]
        log = "events_change_log"
        if self.query(f"select to_regclass('{log}')") == [(None,)]:
            return pending
        logged: int = self.query(
            f"select count(*) from {log} where pg_visible_in_snapshot(transaction_id,"
            f" (select snapshot from {log}_rollups where rollup = 'analytics'))"
            " is not true"
        )[0][0]
        return pending + logged

    def install_log(self) -> None:
        """Install the change log, or mend it, so that it sees the test's clock."""
        self.execute("set search_path = clock, pg_catalog, public")
        install(self.connection)
        self.execute("set search_path to default")


def fresh_rollup(
    connection: Connection, definitions: Definitions, *, with_log: bool
) -> ClockedRollup:
    """Return a rollup over a new events table; what was there before is dropped."""
    rollup = ClockedRollup(connection, definitions, has_product=True)
    rollup.execute(_CLOCK)
    rollup.execute("drop schema if exists analytics, dev cascade")
    rollup.execute(
        "drop table if exists events, events_change_log,"
        " events_change_log_rollups cascade"
    )
    rollup.set_clock(datetime(2000, 1, 1))
    init(connection)
    if with_log:
        rollup.install_log()
    return rollup
