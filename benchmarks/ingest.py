"""Times writers of events with the change log on the table, and without it.

COPY of a million events of the last hours into an indexed table, in pairs whose order
alternates. Makes its own database, as benchmarks.run does.
"""

from statistics import median
from time import perf_counter

from psycopg2.extensions import connection as Connection  # noqa: N812  # a class
from rich.console import Console
from rich.table import Table

from benchmarks.run import execute, scratch_database
from orchestration.events.copying import copy_events
from orchestration.events.table import init_events_table
from orchestration.settings import events_table

PAIRS = 5
EVENTS = 1_000_000
HOURS = 6

# Made by the server, so that the client does little but send it back.
_LINES = f"""
copy (
    select
        (random() * 50000)::int,
        (random() * 200)::int,
        'page_view',
        timezone('UTC', now()) - random() * interval '{HOURS} hours',
        '{{"path": "/home"}}'
    from generate_series(1, {EVENTS})
) to stdout
"""  # noqa: S608  # numbers of this module


class _Chunks(list[str]):
    """Collects what COPY sends; there is one `write` for each event."""

    def write(self, line: bytes) -> int:
        self.append(line.decode())
        return len(line)


def main() -> None:
    """Run the benchmark and print a line for each pair."""
    with scratch_database() as connection:
        chunks = _Chunks()
        with connection.cursor() as cursor:
            cursor.copy_expert(_LINES, chunks)
        text = ["".join(chunks[n : n + 10_000]) for n in range(0, EVENTS, 10_000)]
        copy_seconds(connection, text, change_log=False)  # the files are there now
        pairs = [pair(connection, text, number) for number in range(PAIRS)]
    show(pairs)


def pair(connection: Connection, text: list[str], number: int) -> tuple[float, float]:
    """Return the seconds without and with the log; every other pair begins with it."""
    found = {
        change_log: copy_seconds(connection, text, change_log=change_log)
        for change_log in ([True, False] if number % 2 else [False, True])
    }
    return found[False], found[True]


def copy_seconds(connection: Connection, text: list[str], *, change_log: bool) -> float:
    """Return how long the copy into a new table takes, after a checkpoint."""
    execute(connection, "drop table if exists events")
    init_events_table(connection, events_table(), lambda _: None, change_log=change_log)
    execute(connection, "checkpoint")
    began = perf_counter()
    copy_events(connection, events_table(), iter(text))
    return perf_counter() - began


def show(pairs: list[tuple[float, float]]) -> None:
    """Print the pairs for people."""
    title = f"COPY of {EVENTS:,} events of the last {HOURS} hours"
    table = Table(title=title, box=None)
    for heading in ("pair", "seconds without", "with the change log", "ratio"):
        table.add_column(heading, justify="right")
    for number, (without, with_log) in enumerate(pairs, 1):
        table.add_row(
            str(number),
            f"{without:.2f}",
            f"{with_log:.2f}",
            f"{with_log / without:.2f}",
        )
    middle = median(with_log / without for without, with_log in pairs)
    table.add_row("median", "", "", f"{middle:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
