"""What the product tables must hold, counted in plain Python from the definitions.

As in `tests/oracle.py`, every number is counted by sets of users, day by day.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

Row = tuple[Any, ...]
Rows = list[Row]
# Who was active on each day; a day without users may be missing.
Users = Mapping[date, set[int]]


def active_between(users: Users, first: date, last: date) -> set[int]:
    """Return who was active on at least one day of the range, both ends included."""
    return set().union(
        *(
            users.get(first + timedelta(days=n), set())
            for n in range((last - first).days + 1)
        )
    )


def product_tables(
    days: list[date], users: Users, today: date, cohort_days: int
) -> dict[str, Rows]:
    """Return the rows of the tables that are made of user-days, sorted."""
    first_days: dict[int, date] = {}
    last_days: dict[int, date] = {}
    for day in sorted(users):
        for user in users[day]:
            first_days.setdefault(user, day)
            last_days[user] = day
    return {
        "user_lifetimes": sorted(
            (user, first, last_days[user]) for user, first in first_days.items()
        ),
        "rolling_active_users": list(_rolling(days, users, today)),
        "growth_accounting": list(_growth(days, users, today, first_days)),
        "activity_frequency_28d": list(_frequency(days, users, today)),
        "return_intervals_28d": list(_intervals(days, users, today)),
        "cohort_retention": list(_cohorts(days, users, today, first_days, cohort_days)),
    }


def _rolling(days: list[date], users: Users, today: date) -> Iterator[Row]:
    for day in days:
        dau = len(users.get(day, set()))
        wau = len(active_between(users, day - timedelta(days=6), day))
        mau = len(active_between(users, day - timedelta(days=27), day))
        yield day, dau, wau, mau, dau / mau if mau else None, day < today


def _growth(
    days: list[date], users: Users, today: date, first_days: dict[int, date]
) -> Iterator[Row]:
    for day in days:
        active = users.get(day, set())
        week_before = active_between(
            users, day - timedelta(days=7), day - timedelta(days=1)
        )
        new = {user for user in active if first_days[user] == day}
        retained = active & week_before
        dormant = week_before - active_between(users, day, today)
        counts = map(len, (active, new, retained, active - new - retained, dormant))
        yield day, *counts, day < today


def _frequency(days: list[date], users: Users, today: date) -> Iterator[Row]:
    for day in days:
        active_days = Counter(
            user
            for n in range(28)
            for user in users.get(day - timedelta(days=n), set())
        )
        with_so_many = Counter(active_days.values())
        for n in range(1, 29):
            yield day, n, with_so_many[n], day < today


def _intervals(days: list[date], users: Users, today: date) -> Iterator[Row]:
    for day in days:
        active, seen = users.get(day, set()), set[int]()
        for n in range(1, 29):
            on_that_day = active & users.get(day - timedelta(days=n), set())
            yield day, n, len(on_that_day - seen), day < today
            seen |= on_that_day


def _cohorts(
    days: list[date],
    users: Users,
    today: date,
    first_days: dict[int, date],
    cohort_days: int,
) -> Iterator[Row]:
    cohorts: dict[date, set[int]] = defaultdict(set)
    for user, day in first_days.items():
        cohorts[day].add(user)
    for day in days:
        cohort = cohorts[day]
        for number in range(cohort_days + 1):
            later = day + timedelta(days=number)
            active = len(cohort & users.get(later, set())) if later < today else None
            rate = active / len(cohort) if cohort and active is not None else None
            yield day, number, len(cohort), active, rate


def active_by_course(events: Iterable[tuple[date, int, int | None]]) -> Rows:
    """Return DAU and events by day and course, of events as (day, user, course)."""
    users: dict[tuple[date, int], list[int]] = defaultdict(list)
    for day, user, course in events:
        if course is not None:
            users[day, course].append(user)
    return sorted(
        (day, course, len(set(of_both)), len(of_both))
        for (day, course), of_both in users.items()
    )


def active_by_segment(
    events: Iterable[tuple[date, int, Any]],
    segments: Mapping[str, Callable[[Any], str | None]],
    max_values: int,
) -> Rows:
    """Return DAU by day, segment and value, of events as (day, user, event)."""
    users: dict[tuple[date, str], dict[str | None, set[int]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for day, user, event in events:
        for name, value_of in segments.items():
            users[day, name][value_of(event)].add(user)
    rows: Rows = []
    for (day, name), values in users.items():
        named = [value for value in values if value is not None]
        named.sort(key=lambda value: (-len(values[value]), value))
        rest = set().union(*(values[value] for value in named[max_values:]))
        rows += [(day, name, value, len(values[value])) for value in named[:max_values]]
        rows += [(day, name, "(other)", len(rest))] if rest else []
        rows += [(day, name, "(none)", len(values[None]))] if values[None] else []
    return sorted(rows)
