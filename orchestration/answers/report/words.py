"""How the report writes days, counts, shares and changes."""

from datetime import date

NOTHING = "–"  # noqa: RUF001  # an en dash, as tables have it
_MINUS = "−"  # noqa: RUF001  # the sign


def long_day(day: date) -> str:
    """Return a day as in `Tue 3 Mar 2026`."""
    return f"{short_day(day)} {day.year}"


def short_day(day: date) -> str:
    """Return a day as in `Tue 3 Mar`, where the year is plain."""
    return f"{day:%a} {day.day} {day:%b}"


def count(users: int | None) -> str:
    """Return a whole number with separators."""
    return NOTHING if users is None else f"{users:,}"


def share(rate: float | None) -> str:
    """Return a share, 0 to 1, in percent with one decimal."""
    return NOTHING if rate is None else f"{rate:.1%}"


def ratio(part: int | None, whole: int | None) -> str:
    """Return a share of two counts; of nothing there is none."""
    return share(part / whole if part is not None and whole else None)


def change_of_count(now: int | None, before: int | None) -> str | None:
    """Return by how many percent a count has changed; None: there was none before."""
    if now is None or not before:
        return None
    return f"{_signed(100 * (now / before - 1))}%"


def change_of_share(now: float | None, before: float | None) -> str | None:
    """Return by how many percentage points a share has changed; None: one is none."""
    if now is None or before is None:
        return None
    return f"{_signed(100 * (now - before))} points"


def _signed(number: float) -> str:
    text = f"{abs(number):.1f}"
    sign = "±" if float(text) == 0 else "+" if number > 0 else _MINUS
    return sign + text
