"""`fast-dau export`: the events as Parquet, a folder a day, for Apache Spark."""

from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.options import asked_days, day_option
from orchestration.cli.progress import number_done
from orchestration.core.errors import Interrupted
from orchestration.embedded.database import connected
from orchestration.source.export.utc_days import Span
from orchestration.source.table import require_events_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.source.export.day_file import Finished


def export(
    to: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder; it is made where missing.")
    ],
    since: Annotated[
        date | None,
        day_option("--since", "First UTC day to export anew.", "the first there is"),
    ] = None,
    until: Annotated[
        date | None,
        day_option("--until", "Last UTC day to export anew.", "the last there is"),
    ] = None,
) -> None:
    """Write the events to Parquet files, a folder a UTC day, as Spark reads them.

    All days are as of one moment. With --since or --until only those days are written
    anew, and the others stay as they are; without --until, events that have no time,
    or an infinite one, are written anew as well. Without both, an export that was
    interrupted is gone on with.
    """
    span = Span(*asked_days(since, until, ("--since", "--until")))
    try:
        _export(to, span)
    except KeyboardInterrupt:
        raise Interrupted(
            f"Stopped: the days that are finished stay in {to}, and the same command "
            f"{'goes on from there' if span.is_full else 'begins again'}."
        ) from None


def _export(to: Path, span: Span) -> None:
    # Arrow takes a moment to import, which no other command has to wait for.
    from orchestration.source.export.export import export_events  # noqa: PLC0415

    with connected() as connection:
        table = require_events_table(connection, may_be_view=True)
        connection.rollback()  # the look-up's transaction, before the export's own
        began = perf_counter()
        otherwise = f"Exporting {table} to {to} …"
        with number_done("Exporting days", None, otherwise) as update:
            exported = export_events(
                connection,
                table,
                to,
                span,
                lambda done, total, rows: update(
                    completed=done,
                    total=total,
                    description=f"Exporting days, {rows:,} events so far",
                ),
            )
        seconds = perf_counter() - began
    rows = sum(day.rows for day in exported.written)
    size = sum(day.bytes for day in exported.written)
    print(
        f"Exported {rows:,} events of {table} to {_folders(len(exported.written))} in "
        f"{to}, as of {_shown(exported.as_of)}: {size / 2**20:,.1f} MiB in "
        f"{seconds:.1f} s ({float(f'{rows / seconds:.3g}'):,.0f} rows/s)."
    )
    if exported.removed:
        print(f"Removed {_folders(exported.removed)} of days that have no events now.")
    if exported.kept:
        print(_said_of(exported.kept))


def _said_of(kept: "Sequence[Finished]") -> str:
    times = [finished.as_of for finished in kept]
    first, last = _shown(min(times)), _shown(max(times))
    return (
        f"{_folders(len(kept))} had been finished before the interruption, as of "
        f"{first if first == last else f'{first} to {last}'}: what has changed in them "
        "since is not in the files. To export such days anew, name them with --since "
        "and --until, or export everything once more."
    )


def _folders(count: int) -> str:
    return f"{count:,} folder{'' if count == 1 else 's'}"


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
