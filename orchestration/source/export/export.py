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
from orchestration.source.export.folder import ExportFolder, folder_name, opened
from orchestration.source.export.notes import Finished, Notes, read_notes
from orchestration.source.export.parts import Parts
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
        notes = _notes(folder, source, span)
        days = days_with_events(connection, table, span)
        removed = _remove_others(folder, notes, days, span)
        kept = _kept(folder, notes, days) if span.is_full else {}
        written: list[Finished] = []
        rows = sum(finished.rows for finished in kept.values())
        for day in days:
            if day in kept:
                continue
            progress(len(kept) + len(written), len(days), rows)
            with folder.replaced(day) as draft:
                parts = Parts(draft)
                copy_day(connection, table, day, parts)
            finished = Finished(parts.rows, parts.bytes, as_of.isoformat())
            notes.folders[folder_name(day)] = finished
            notes.write(folder.notes)
            written.append(finished)
            rows += finished.rows
        progress(len(days), len(days), rows)
        notes.is_unfinished &= not span.is_full
        notes.write(folder.notes)
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


def _notes(folder: ExportFolder, source: str, span: Span) -> Notes:
    """Return the notes to go on with, kept in the folder before any day is written."""
    notes = read_notes(folder.notes) or Notes(source)
    if notes.source != source:
        raise UserError(
            f"{folder.notes.parent} holds the events of {notes.source}, not of "
            f"{source}: choose another folder."
        )
    if span.is_full and not notes.is_unfinished:
        notes.is_unfinished = True
        notes.folders.clear()
    notes.write(folder.notes)
    return notes


def _remove_others(
    folder: ExportFolder, notes: Notes, days: Sequence[Day], span: Span
) -> int:
    """Remove the days of the span that have no events any more; return how many."""
    emptied = [day for day in folder.days() if day in span and day not in days]
    for day in emptied:
        folder.remove(day)
        notes.folders.pop(folder_name(day), None)
    return len(emptied)


def _kept(
    folder: ExportFolder, notes: Notes, days: Sequence[Day]
) -> dict[Day, Finished]:
    """Return the days that an export of all days need not write again."""
    names = {day: folder_name(day) for day in folder.days() if day in days}
    return {
        day: notes.folders[name] for day, name in names.items() if name in notes.folders
    }
