"""The headline numbers of the last full day, compared with a week before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from orchestration.report.numbers import Numbers, Row
from orchestration.report.words import (
    change_of_count,
    change_of_share,
    count,
    share,
    short_day,
)

# What it is called, what it counts, and its column.
_COUNTS = (
    ("DAU", "daily active users", "dau"),
    ("WAU", "active in 7 days", "wau_7d"),
    ("MAU", "active in 28 days", "mau_28d"),
)
_SHARES = (
    ("Stickiness", "DAU / MAU", "dau_mau_ratio"),
    ("Retention", "returning users / DAU", "retention_rate"),
)


@dataclass(frozen=True)
class Headline:
    """A number, what it counts, and how it compares."""

    name: str
    what: str
    number: str
    compared: str


def headlines(numbers: Numbers) -> Sequence[Headline]:
    """Return DAU, WAU, MAU, stickiness and retention of the last full day."""
    now = numbers.on(numbers.last_full)
    before = numbers.on(numbers.last_full - timedelta(days=7))
    if now is None:
        return []
    return [
        *(
            Headline(
                name, what, count(now[column]), _count_compared(now, before, column)
            )
            for name, what, column in _COUNTS
        ),
        *(
            Headline(
                name, what, share(now[column]), _share_compared(now, before, column)
            )
            for name, what, column in _SHARES
        ),
    ]


def _count_compared(now: Row, before: Row | None, column: str) -> str:
    if before is None:
        return _NO_WEEK
    change = change_of_count(now[column], before[column])
    return _in_words(change, before, count(before[column]))


def _share_compared(now: Row, before: Row | None, column: str) -> str:
    if before is None:
        return _NO_WEEK
    change = change_of_share(now[column], before[column])
    return _in_words(change, before, share(before[column]))


_NO_WEEK = "no day a week before to compare with"


def _in_words(change: str | None, before: Row, then: str) -> str:
    day = short_day(before["activity_date"])
    return f"{change} against {day} ({then})" if change else f"{then} on {day}"
