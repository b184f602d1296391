"""`fast-dau load`: a user's own events."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.progress import say_where, share_done
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import TableName, rollup_schema
from orchestration.core.statements import is_built
from orchestration.embedded.database import connected
from orchestration.source.loading.load import Options, load_events
from orchestration.source.loading.mapping import parse_columns, parse_delimiter
from orchestration.source.loading.tally import tally_in_words
from orchestration.source.synthetic.mark import refuse_made_up
from orchestration.source.table import require_events_table


def load(
    file: Annotated[
        Path, typer.Argument(help="CSV (with a header) or Parquet, compressed or not.")
    ],
    columns: Annotated[
        str,
        typer.Option(
            metavar="ROLE=COLUMN,…",
            help="Names of the file's columns where they are neither ours nor the "
            "table's: user_id, performed_at, and optionally course_id, kind, "
            "properties.",
        ),
    ] = "",
    hash_users: Annotated[
        bool,
        typer.Option(
            "--hash-users",
            help="User ids of the file are text, and the table's are integers: give "
            "each a stable one, kept in a table.",
        ),
    ] = False,
    delimiter: Annotated[
        str | None,
        typer.Option(
            help="What separates CSV's fields; `tab` for a tab.", show_default="a comma"
        ),
    ] = None,
) -> None:
    """Load your own events from a file: all of them, or none.

    Times are ISO 8601; with an offset they are converted to UTC, without one they are
    UTC. They are stored in the form of the table's column, cut to the digits that it
    keeps. Events without a user or a time are loaded too, and counted as rejected.
    """
    options = Options(parse_columns(columns), parse_delimiter(delimiter), hash_users)
    with connected() as connection:
        table = require_events_table(connection)
        refuse_made_up(connection)
        say_where(connection, table)
        connection.rollback()  # the look-up's transaction, before the load's own
        with share_done(f"Loading {file.name}") as update:
            loaded = load_events(
                connection,
                table,
                file,
                options,
                lambda done, total: update(completed=done, total=total),
            )
        print(
            f"Loaded {loaded.events:,} events from {file} into {table}; "
            "next: fast-dau dbt build"
        )
        for name in loaded.left_out:
            print(f"The file's {name} is left out: the table has no column for it.")
        if loaded.moved:
            print(
                f"{loaded.moved:,} times are in an hour that comes twice on the clocks "
                f"of {event_columns().zone}: the column has one for both, which is "
                "read as the later, on the same day."
            )
        for line in tally_in_words(connection, loaded):
            print(line)
        if is_built(connection, TableName(rollup_schema(), "refresh_days")):
            print(
                "Events of days that were rolled up before are picked up by: "
                "fast-dau dbt build --vars 'fast_dau_refresh: full'"
            )
