"""What was measured: medians of repetitions, for people as a table, or as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Sample:
    """One repetition: seconds, rows written or read, bytes of WAL.

    `server_seconds` are those in which the server was at work, all its sessions added;
    `models` are those of a build, by name.
    """

    seconds: float
    rows: int | None = None
    wal_bytes: int | None = None
    server_seconds: float | None = None
    models: Mapping[str, "Sample"] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One line of the table; what was not measured is None.

    `details` are more figures for programs; `note` says the main ones to people.
    """

    key: str
    what: str
    seconds: float | None = None
    rows: int | None = None
    wal_bytes: int | None = None
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def measured(
    key: str, what: str, samples: Iterable[Sample], note: str = "", **details: Any
) -> Measure:
    """Return the medians of the samples."""
    taken = list(samples)
    rows = [s.rows for s in taken if s.rows is not None]
    wal = [s.wal_bytes for s in taken if s.wal_bytes is not None]
    server = [s.server_seconds for s in taken if s.server_seconds is not None]
    if server:
        details["server_seconds"] = median(server)
        note = note or f"the server was at work for {median(server):.2f} s of it"
    return Measure(
        key=key,
        what=what,
        seconds=median(s.seconds for s in taken),
        rows=int(median(rows)) if rows else None,
        wal_bytes=int(median(wal)) if wal else None,
        note=note,
        details=details,
    )
