"""How days, counts, shares and changes are written for people, wherever they are."""

from collections.abc import Mapping
from datetime import date
from typing import Any

NOTHING = "–"
_MINUS = "−"


def long_day(day: date) -> str:
    """Return a day as in `Tue 3 Mar 2026`."""
    return f"{short_day(day)} {day.year}"


def short_day(day: date) -> str:
    """Return a day as in `Tue 3 Mar`, where the year is plain."""
    return f"{day:%a} {day.day} {day:%b}"


def marked_day(row: Mapping[str, Any]) -> str:
    """Return a row's day; *: it is not over, †: it has too little history before it."""
    mark = "" if row["is_complete"] else "*"
    mark += "†" if row.get("lookback_complete") is False else ""
    return f"{row['activity_date']:%Y-%m-%d %a}{mark}"


def count(users: int | None) -> str:
    """Return a whole number with separators."""
    return NOTHING if users is None else f"{users:,}"


def share(rate: float | None, decimals: int = 1) -> str:
    """Return a share, 0 to 1, in percent."""
    return NOTHING if rate is None else f"{rate:.{decimals}%}"


def ratio(part: int | None, whole: int | None, decimals: int = 1) -> str:
    """Return a share of two counts in percent; of nothing there is none."""
    return share(part / whole if part is not None and whole else None, decimals)


def number(value: float | None) -> str:
    """Return a count, or a share, which is a float, as these are written."""
    return share(value) if isinstance(value, float) else count(value)


def change(now: float | None, before: float | None) -> str | None:
    """Return how a count has changed, in percent, or a share, in percentage points.

    None where there is nothing to compare.
    """
    if now is None or before is None:
        return None
    if isinstance(before, float):
        return f"{_signed(100 * (now - before))} points"
    return f"{_signed(100 * (now / before - 1))}%" if before else None


def _signed(number: float) -> str:
    text = f"{abs(number):.1f}"
    sign = "±" if float(text) == 0 else "+" if number > 0 else _MINUS
    return sign + text
