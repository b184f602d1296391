"""Exports a test's events, and reads the files back as plain Python."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pyarrow import parquet as pq

from orchestration.core.connection import Connection, connect
from orchestration.source.export.export import Exported, export_events
from orchestration.source.export.utc_days import Span
from tests.events_tables import EVENTS, fetch

Row = tuple[Any, ...]

WITHOUT_TIME = "event_date=__HIVE_DEFAULT_PARTITION__"


def export(
    variables: dict[str, str],
    folder: Path,
    since: date | None = None,
    until: date | None = None,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> Exported:
    """Export on a connection of its own, as the command does."""
    connection = connect(variables)
    try:
        return export_events(connection, EVENTS, folder, Span(since, until), progress)
    finally:
        connection.close()


def folders(folder: Path) -> list[str]:
    """Return the names of the days' folders, and of whatever else can be seen."""
    return sorted(p.name for p in folder.iterdir() if not p.name.startswith((".", "_")))


def exported(folder: Path) -> Counter[Row]:
    """Return all rows of all files, each after the name of its folder."""
    rows: Counter[Row] = Counter()
    for name in folders(folder):
        for path in (folder / name).iterdir():
            columns = pq.ParquetFile(path).read().to_pydict()
            rows.update((name, *row) for row in zip(*columns.values(), strict=True))
    return rows


def in_table(connection: Connection, where: str = "true") -> Counter[Row]:
    """Return the same of the table, by other means than the export's."""
    query = (
        "select user_id, course_id, kind, performed_at::text, properties::text "
        f"from events where {where}"
    )
    rows: Counter[Row] = Counter()
    for user, course, kind, text, properties in fetch(connection, query):
        time = _for_spark(text)
        name = f"event_date={time.date()}" if time else WITHOUT_TIME
        rows[name, user, course, kind, time, properties] += 1
    return rows


def _for_spark(text: str | None) -> datetime | None:
    """Return the time, or the one that stands for what Spark's calendar lacks."""
    if text is None:
        return None
    if text == "-infinity" or text.endswith(" BC"):
        return datetime(1, 1, 1)
    if text == "infinity" or text.index("-") > len("9999"):
        return datetime(9999, 12, 31, 23, 59, 59)
    return datetime.fromisoformat(text)
