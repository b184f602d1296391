"""The headline numbers of the last full day, compared with a week before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orchestration.answers.report.numbers import Numbers, Row
from orchestration.answers.words import (
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

_Kinds = tuple[tuple[str, str, str], ...]
_Shown = Callable[[Any], str]
_Change = Callable[[Any, Any], str | None]


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
    kinds: list[tuple[_Kinds, _Shown, _Change]] = [
        (_COUNTS, count, change_of_count),
        (_SHARES, share, change_of_share),
    ]
    return [
        Headline(
            name,
            what,
            shown(now[column]),
            _compared(
                change(now[column], before[column]), before, shown(before[column])
            )
            if before
            else "no day a week before to compare with",
        )
        for kind, shown, change in kinds
        for name, what, column in kind
    ]


def _compared(change: str | None, before: Row, then: str) -> str:
    day = short_day(before["activity_date"])
    return f"{change} against {day} ({then})" if change else f"{then} on {day}"
