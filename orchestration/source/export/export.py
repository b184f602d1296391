"""Exports the events: each day whole, all days of a run as of one moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.settings import TableName
from orchestration.core.statements import failures
from orchestration.source.export.copy_out import copy_day
from orchestration.source.export.day_file import DayFile, Finished, finished
from orchestration.source.export.folder import ExportFolder, opened
from orchestration.source.export.notes import Notes, read_notes
from orchestration.source.export.utc_days import Day, Span, days_with_events


@dataclass(frozen=True)
class Exported:
    """What a run has written, and found written by one that was interrupted."""

    as_of: datetime
    written: Sequence[Finished]
    kept: Sequence[Finished]
    removed: int


def export_events(
    connection: Connection,
    table: TableName,
    path: Path,
    span: Span,
    progress: Callable[[int, int, int], None],
) -> Exported:
    """Write each day of the span to a folder of its own, in place of what is there.

    Where an export of all days was interrupted, another one goes on with the days
    that are left. `progress` gets the days done, of how many, and their events. No
    transaction may be open; the connection is of no other use afterwards. Raises
    UserError for a folder that cannot be used, and Failure where reading or writing
    fails: the days that are finished stay.
    """
    with opened(path) as folder, failures(f"Reading {table}"):
        as_of, source = _snapshot(connection, table)
        notes = _notes(folder, Notes(source, as_of if span.is_full else None))
        days = days_with_events(connection, table, span)
        removed = _remove_others(folder, days, span)
        kept = _kept(folder, days, notes.begun) if span.is_full else {}
        written: list[Finished] = []
        rows = sum(day.rows for day in kept.values())
        for day in days:
            if day in kept:
                continue
            progress(len(kept) + len(written), len(days), rows)
            with folder.replaced(day) as draft:
                with DayFile(draft, as_of) as file:
                    copy_day(connection, table, day, file)
                size = draft.stat().st_size
            written.append(Finished(file.rows, size, as_of))
            rows += written[-1].rows
        progress(len(days), len(days), rows)
        if span.is_full:
            Notes(source).write(folder.notes)
    return Exported(as_of, written, list(kept.values()), removed)


def _snapshot(connection: Connection, table: TableName) -> tuple[datetime, str]:
    """Begin to read as of now; return the time, and whose events these are."""
    connection.set_session("REPEATABLE READ", readonly=True, autocommit=False)
    with connection.cursor() as cursor:
        # A role's own limits are for queries of seconds.
        for limit in ("statement", "idle_in_transaction_session"):
            cursor.execute(f"set local {limit}_timeout = 0")
        cursor.execute("select statement_timestamp(), current_database()")
        ((time, database),) = cursor.fetchall()
    return time.astimezone(UTC), f"{database}.{table}"


def _notes(folder: ExportFolder, new: Notes) -> Notes:
    """Return the notes to go on with, kept in the folder before any day is written."""
    notes = read_notes(folder.notes) or new
    if notes.source != new.source:
        raise UserError(
            f"{folder.notes.parent} holds the events of {notes.source}, not of "
            f"{new.source}: choose another folder."
        )
    if notes.begun is None:
        notes = new
    notes.write(folder.notes)
    return notes


def _remove_others(folder: ExportFolder, days: Sequence[Day], span: Span) -> int:
    """Remove the days of the span that have no events any more; return how many."""
    emptied = [day for day in folder.days() if day in span and day not in days]
    for day in emptied:
        folder.remove(day)
    return len(emptied)


def _kept(
    folder: ExportFolder, days: Sequence[Day], begun: datetime | None
) -> dict[Day, Finished]:
    """Return the days that an export of all days, begun then, need not write again."""
    files = {day: finished(folder.file(day)) for day in days}
    return {
        day: file
        for day, file in files.items()
        if file and begun and file.as_of >= begun
    }
