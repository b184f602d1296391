"""A time in a file: what is accepted of it, and why not."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.source.loading.records import NULL, BadCell

_TIME = re.compile(
    r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)"
    r" ?(Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?\s*"
)
_DATE = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*")
_NUMBER = re.compile(r"\s*[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\s*")
_SECOND = slice(17, 19)
_MICROSECONDS = len("2024-01-02 03:04:05.000000")
_EXAMPLE = "an ISO 8601 time such as 2024-01-02 03:04:05 or 2024-01-02T03:04:05+02:00"


def performed_at(cell: Any) -> str:
    """Accept a time, ISO 8601 where it is text; an offset is converted to UTC."""
    if cell is None or cell == "":
        return NULL
    match = _TIME.fullmatch(cell) if isinstance(cell, str) else None
    if not match:
        raise BadCell(_why_no_time(cell))
    text, offset = match.groups()
    # A leap second is the first of the next minute, as Postgres has it.
    leap = timedelta(seconds=text[_SECOND] == "60")
    if leap:
        text = f"{text[: _SECOND.start]}59{text[_SECOND.stop :]}"
    try:
        if offset in {None, "Z", "UTC", "+00:00", "+00"}:
            time = datetime.fromisoformat(text) + leap
            # Unchanged it is cheapest; Postgres would round a seventh digit.
            return text if len(text) <= _MICROSECONDS and not leap else str(time)
        time = datetime.fromisoformat(text + offset) + leap
        return str(time.astimezone(UTC).replace(tzinfo=None))
    except (ValueError, OverflowError):
        raise BadCell("is a time that does not exist") from None


def _why_no_time(cell: Any) -> str:
    text = str(cell)
    if _DATE.fullmatch(text):
        return f"is a date without a time of day: write {_EXAMPLE}"
    if _NUMBER.fullmatch(text):
        return f"is a bare number: write seconds since 1970 as {_EXAMPLE}"
    if text.strip(" +-").lower() in {"infinity", "inf"}:
        return "is not finite: leave the cell empty where the time is unknown"
    return f"is not {_EXAMPLE}"
