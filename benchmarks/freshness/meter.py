"""Reads what the server has done: CPU of all its processes, WAL, rows.

The CPU is that of the operating system, so that work of parallel workers, of vacuum
and of the WAL writer counts, and waiting does not.
"""

from dataclasses import dataclass, fields
from time import monotonic, sleep
from typing import Self

import psutil

from benchmarks.builds import OURS
from benchmarks.scratch import rows, value
from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError

_OTHERS = """
select count(*) from pg_stat_activity
where
    datname = current_database()
    and backend_type in ('client backend', 'parallel worker')
    and pid <> pg_backend_pid()
"""
_COUNTERS = f"""
select
    pg_current_wal_insert_lsn() - '0/0',
    (
        select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
        from pg_stat_all_tables where schemaname = '{OURS.schema}'
    ),
    (select sum(n_tup_upd + n_tup_del) from pg_stat_all_tables)
"""
_MOST_SECONDS = 30
_CLOCKS_DIFFER_SECONDS = 5


@dataclass(frozen=True)
class Counters:
    """CPU seconds, bytes of WAL, rows written to our tables, rows that became dead.

    Dead rows are those of all tables of the database: a run's temporary tables leave
    some in the system catalog.
    """

    cpu_seconds: float
    wal_bytes: int
    rows: int
    dead_rows: int

    def __sub__(self, earlier: Self) -> Self:
        """Return what came between."""
        return type(self)(
            *(getattr(self, f.name) - getattr(earlier, f.name) for f in fields(self))
        )


class Meter:
    """Reads the counters of the server of a connection, which must be at hand.

    Raises UserError where the server is on another machine.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._server = _server_process(connection)

    def read(self) -> Counters:
        """Return the counters when all other sessions of the database have ended.

        They add what they did when they end. Raises Failure where one does not.
        """
        deadline = monotonic() + _MOST_SECONDS
        while value(self._connection, _OTHERS) != "0":
            if monotonic() > deadline:
                raise Failure("Another session works in the benchmark's database.")
            sleep(0.01)
        ((wal_bytes, written, dead),) = rows(self._connection, _COUNTERS)
        return Counters(
            self._cpu_seconds(), int(str(wal_bytes)), int(str(written)), int(str(dead))
        )

    def _cpu_seconds(self) -> float:
        """Add up the server's process, its children, and those that have ended.

        Once more where one has ended meanwhile: it may have been counted twice.
        """
        while True:
            children = self._server.children()
            spent = 0.0
            try:
                for child in children:
                    times = child.cpu_times()
                    spent += times.user + times.system
            except psutil.NoSuchProcess:
                continue
            own = self._server.cpu_times()
            if self._server.children() == children:
                spent += own.user + own.system
                return float(spent + own.children_user + own.children_system)


def _server_process(connection: Connection) -> psutil.Process:
    """Return the process whose children are the server's sessions."""
    query = """
    select pid, extract(epoch from backend_start)::float
    from pg_stat_activity where pid = pg_backend_pid()
    """
    with connection.cursor() as cursor:
        cursor.execute(query)
        ((pid, started),) = cursor.fetchall()
    try:
        session = psutil.Process(pid)
        is_here = abs(session.create_time() - started) < _CLOCKS_DIFFER_SECONDS
        server = session.parent() if is_here else None
    except psutil.NoSuchProcess:
        server = None
    if server is None:
        raise UserError(
            "The server's CPU is read from its processes, and they are not on this "
            "machine: unset PGHOST to use the embedded server."
        )
    return server
