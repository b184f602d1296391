"""What every group of measures works with: the events, and the hours yet to come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from rich.console import Console

from benchmarks.measures import Sample
from benchmarks.scratch import END, execute
from orchestration.core.connection import Connection
from orchestration.core.settings import TableName, events_table
from orchestration.source.loading.copy_in import vacuum_copied

HELD_EVENTS = "held_events"
_LAST_HOUR = datetime.combine(END, time(23))


@dataclass
class Bench:
    """One run of the benchmark, on one database.

    `now` is the time up to which the events table has all events.
    """

    connection: Connection
    events: int
    repeat: int
    wanted: frozenset[str]
    now: datetime = _LAST_HOUR
    console: Console = field(default_factory=lambda: Console(stderr=True))

    def hold_back(self, hours: int) -> None:
        """Take the events of the last hours out of the table, to come one by one."""
        self.now = _LAST_HOUR - timedelta(hours=hours)
        execute(
            self.connection,
            f"""
            create table {HELD_EVENTS} as
            select * from {events_table()}
            where performed_at between '{self.now}' and date '{END}' + 1;
            delete from {events_table()}
            where performed_at between '{self.now}' and date '{END}' + 1
            """,
        )
        vacuum_copied(self.connection, events_table())

    def next_hour(self, *tables: TableName) -> None:
        """Let the events of one more hour come, in these tables alike."""
        for table in tables:
            copy_period(
                self.connection, HELD_EVENTS, table, self.now, timedelta(hours=1)
            )
        self.now += timedelta(hours=1)

    def alternate(
        self,
        actions: Mapping[str, Callable[[], Sample]],
        before_each_turn: Callable[[], None] = lambda: None,
    ) -> dict[str, list[Sample]]:
        """Repeat the wanted actions in turns; return what each of them took."""
        found: dict[str, list[Sample]] = {
            key: [] for key in actions if key in self.wanted
        }
        for number in range(1, self.repeat + 1):
            before_each_turn()
            for key, samples in found.items():
                with self.console.status(f"{key} {number} of {self.repeat}"):
                    samples.append(actions[key]())
                self.report(f"{key} {number} of {self.repeat}", samples[-1].seconds)
        return found

    def report(self, doing: str, seconds: float) -> None:
        """Say on the standard error what has been measured."""
        self.console.print(f"{doing}: {seconds:.3g} s", style="dim", highlight=False)


def copy_period(
    connection: Connection,
    source: str,
    target: TableName,
    start: datetime,
    length: timedelta,
) -> None:
    """Copy the events of a period from one table into another."""
    execute(
        connection,
        f"insert into {target} select * from {source} where"
        f" performed_at >= '{start}' and performed_at < '{start + length}'",
    )
