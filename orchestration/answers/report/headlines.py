"""The headline numbers of the last full day, compared with a week before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from orchestration.answers.report.numbers import Numbers, Row
from orchestration.answers.words import change, number, short_day

# What it is called, what it counts, and its column.
_KINDS = (
    ("DAU", "daily active users", "dau"),
    ("WAU", "active in 7 days", "wau_7d"),
    ("MAU", "active in 28 days", "mau_28d"),
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
        Headline(name, what, number(now[column]), _compared(now, before, column))
        for name, what, column in _KINDS
    ]


def _compared(now: Row, before: Row | None, column: str) -> str:
    if before is None:
        return "no day a week before to compare with"
    day, then = short_day(before["activity_date"]), number(before[column])
    changed = change(now[column], before[column])
    return f"{changed} against {day} ({then})" if changed else f"{then} on {day}"
