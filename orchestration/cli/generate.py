"""`fast-dau generate`: synthetic events, to try everything without one's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Annotated

import typer

from orchestration.cli.options import Days, EndDate, Seed, Users
from orchestration.cli.progress import number_done, say_where
from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.embedded.database import connected
from orchestration.source.loading.copy_in import vacuum_copied
from orchestration.source.synthetic.clear import clear_synthetic
from orchestration.source.synthetic.inserting import Inserted, insert_synthetic_events
from orchestration.source.synthetic.mark import Mark, lock_made_up, write_mark
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.table import require_events_table


def generate(  # noqa: PLR0913  # one parameter an option
    *,
    events: Annotated[
        int, typer.Option(help="Rows to add, late, copied and invalid ones too.")
    ] = StreamOptions.events,
    users: Users = StreamOptions.users,
    days: Days = StreamOptions.days,
    end_date: EndDate = None,
    seed: Seed = StreamOptions.seed,
    late_share: Annotated[
        float, typer.Option(help="Share of rows that arrive days late.")
    ] = StreamOptions.late_share,
    duplicate_share: Annotated[
        float, typer.Option(help="Share of rows that copy another one exactly.")
    ] = StreamOptions.duplicate_share,
    invalid_share: Annotated[
        float,
        typer.Option(
            help="Share of rows without user or time, or with an impossible time."
        ),
    ] = StreamOptions.invalid_share,
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove synthetic events, and the tables.")
    ] = False,
) -> None:
    """Add seeded synthetic events to the events table, all of them or none.

    Only where it is empty, or all of its events were made up.
    """
    options = StreamOptions(
        events=events,
        users=users,
        days=days,
        end_date=last_day(end_date),
        seed=seed,
        late_share=late_share,
        duplicate_share=duplicate_share,
        invalid_share=invalid_share,
    )
    with connected() as connection:
        if clear:
            clear_events(connection)
            return
        say_where(connection, require_events_table(connection))
        began = perf_counter()
        with connection, reported(options) as progress:
            present = lock_made_up(connection)
            inserted = insert_synthetic_events(connection, options, progress)
            write_mark(connection, "generate", Mark(f"events={present + events}"))
        seconds = perf_counter() - began
        vacuum_copied(connection, inserted.table)
    print(_summary(options, inserted, seconds))


def clear_events(connection: Connection) -> None:
    """Take synthetic events and the tables away, and say so."""
    if clear_synthetic(connection):
        print("The synthetic events are cleared, and the tables built from them.")
    else:
        print("There are no synthetic events to clear.")


def last_day(end_date: date | None) -> date:
    """Return the last day asked for, or yesterday in UTC; UserError for the future."""
    today = datetime.now(UTC).date()
    if end_date and end_date > today:
        raise UserError(
            f"--end-date {end_date} is in the future, where no event is valid: choose "
            f"{today} (today in UTC) or earlier."
        )
    return end_date or today - timedelta(days=1)


@contextmanager
def reported(options: StreamOptions) -> Iterator[Callable[[int], None]]:
    """Yield what takes the number of rows done: a bar, on a terminal."""
    with number_done(
        "Generating events",
        options.events,
        f"Generating {_extent(options, options.users)} …",
    ) as update:
        yield lambda rows: update(advance=rows)


def _extent(options: StreamOptions, users: int) -> str:
    return (
        f"{options.events:,} events of {users:,} users over {options.days:,} days "
        f"({options.first_day} to {options.end_date})"
    )


def _summary(options: StreamOptions, inserted: Inserted, seconds: float) -> str:
    rate = float(f"{options.events / seconds:.3g}")
    summary = (
        f"Generated {_extent(options, inserted.users)} into {inserted.table} "
        f"in {seconds:.1f} s ({rate:,.0f} rows/s)."
    )
    if inserted.users < options.users:
        summary += (
            f"\n{options.events:,} events over {options.days:,} days are too few for "
            f"{options.users:,} users: {inserted.users:,} of them have one. With more "
            "--events, or fewer --days, more of them are active."
        )
    return summary
