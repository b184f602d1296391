"""A rollup on a cluster that is killed, and a reader that looks at it all the while."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import psycopg2

from orchestration.core.connection import connect
from orchestration.core.errors import Failure
from orchestration.embedded.server import server
from tests.change_logs import install
from tests.clusters import QUICK
from tests.oracle import Definitions, Event
from tests.product_oracle import Rows
from tests.rollup import Rollup
from tests.test_embedded_server_kills import kill_if_alive, postmaster

State = dict[str, Rows]

READ = (
    "user_day_activity",
    "daily_active_users",
    "returning_users",
    "daily_retention",
)
HISTORY_DAYS = 24
USERS = range(1, 9)
# Users of a day that is flipped are replaced by others, so much further on.
FLIP = 100


class FlippingRollup(Rollup):
    """A rollup whose days are emptied, and filled by users who were not there."""

    def __init__(self, home: Path, now: datetime) -> None:
        self.home = home
        self.now = now
        self._flips: dict[date, int] = {}
        super().__init__(connect(os.environ), Definitions(), has_product=True)
        self.connection.autocommit = True

    def make(self) -> None:
        """Make the events, with the change log, and build the rollup."""
        install(self.connection)
        self.change(Random(0), HISTORY_DAYS)
        self.build(self.now)

    def change(self, random: Random, count: int) -> None:
        """Flip so many days, of any age: a few stay empty, one gets late events too."""
        ages = random.sample(range(HISTORY_DAYS), count)
        for age in ages:
            day = self.now.date() - timedelta(days=age)
            self._flips[day] = self._flips.get(day, 0) + 1
            self.execute(f"delete from events where performed_at::date = '{day}'")
            if random.random() > 1 / 6:
                self.insert(self._users_of(random, day))
        late = self.now.date() - timedelta(days=random.choice(ages))
        self.insert(self._users_of(random, late))

    def _users_of(self, random: Random, day: date) -> list[Event]:
        midnight = datetime(day.year, day.month, day.day)
        first = FLIP * (self._flips[day] % 2)
        return [
            Event(first + user, midnight + timedelta(hours=random.randrange(12)))
            for user in USERS
            if random.random() < 1 / 2
        ]

    def state(self) -> State:
        """Return what readers find once a run that begins now has ended."""
        expected = self.expected(self.now)
        return {table: expected[table] for table in READ}

    def crash_server(self) -> None:
        """Kill the postmaster and all of its backends; then start the server again."""
        pids = [pid for (pid,) in self.query("select pid from pg_stat_activity")]
        for pid in (postmaster(self.home), *pids):
            kill_if_alive(pid)
        self.connection.close()
        with server(self.home, settings=QUICK) as variables:
            self.connection = connect(variables)
        self.connection.autocommit = True


class Reader:
    """Looks at all tables in one snapshot, again and again, also after crashes.

    `states`: what it may find in each table, as a whole. All that it found otherwise is
    in `complaints`.
    """

    def __init__(self, state: State) -> None:
        self.states = [state]
        self.complaints: list[str] = []
        self.looks = 0
        self._is_over = threading.Event()

    def expect(self, state: State) -> None:
        """Tell that a run begins that may bring about this state."""
        self.states = [*self.states, state]

    def settle(self) -> None:
        """Tell that the latest state is there, and no other may be seen any more."""
        self.states = self.states[-1:]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Read in a thread of its own until the block ends."""
        thread = threading.Thread(target=self._read)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()

    def _read(self) -> None:
        while not self._is_over.is_set():
            try:
                connection = connect(os.environ)
                connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
                while not self._is_over.wait(0.05):
                    before = self.states
                    found = _snapshot(connection.cursor())
                    connection.rollback()
                    self.looks += 1
                    states = [*before, *self.states]
                    self.complaints += [
                        f"{table} is neither old nor new: {rows}"
                        for table, rows in found.items()
                        if not any(rows == state[table] for state in states)
                    ]
            except psycopg2.ProgrammingError as error:
                self.complaints.append(str(error))
            except (Failure, psycopg2.Error):
                self._is_over.wait(0.02)  # the server is down


def _snapshot(cursor: "psycopg2.extensions.cursor") -> State:
    found = {}
    for table in READ:
        cursor.execute(f"select * from analytics.{table}")
        found[table] = sorted(cursor.fetchall())
    return found
