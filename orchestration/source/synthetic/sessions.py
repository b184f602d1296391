"""The valid events of one UTC day, in sessions of its active users.

A day is laid out as sessions, whose number depends on the users alone, and cut into
rows part by part: memory does not grow with the number of events.
"""

from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from orchestration.source.synthetic.hashing import (
    Integers,
    Keys,
    Weighted,
    below,
    derive,
    shared_out,
)
from orchestration.source.synthetic.population import Population, active_users
from orchestration.source.synthetic.rows import (
    COURSE_CHOICE,
    HOUR_CHOICE,
    KIND_CHOICE,
    KINDS_OF_A_COURSE,
    PLATFORM_CHOICE,
    ROW,
    Rows,
)

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_SESSIONS_A_DAY = Weighted((0, 55, 30, 15))
_SHORTEST_GAP_MS, _GAP_RANGE_MS = 20_000, 340_000
_LONGEST_MS = 3 * _HOUR_MS  # however many events: they come closer together instead
_OTHER_PLATFORM_PERCENT = 8
_COURSES_OF_A_USER = 3
_VARIATION = 7  # a user's most active day has this many times the least one's events


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """A day's sessions in the order of their start; element i of each array is one.

    `starts` and `steps` are milliseconds: of the day, and from event to event.
    Session i holds the day's events `bounds[i]` to before `bounds[i + 1]`.
    """

    day: int
    users: Integers
    courses: Integers
    platforms: Integers
    keys: Keys
    starts: Integers
    steps: Integers
    bounds: Integers


def _user_day_keys(population: Population, day: int, users: Integers) -> Keys:
    return derive(population.activity_keys[users - 1], day)


def _weights(population: Population, users: Integers, keys: Keys) -> Integers:
    return population.weight[users - 1] * (1 + below(derive(keys, 0), _VARIATION))


def day_volumes(population: Population, events: int) -> list[int]:
    """Return the number of valid events of each day; they sum to `events`.

    Every active user has one on each of their days; the others follow the users'
    weights. `events` must reach the number of active days, as `populate` ensures.
    """
    actives, weights = [], []
    for day in range(population.days):
        users = active_users(population, day)
        keys = _user_day_keys(population, day, users)
        actives.append(len(users))
        weights.append(int(_weights(population, users, keys).sum()))
    # Python's integers: the products outgrow 64 bits.
    others = events - sum(actives)
    bounds = [bound * others // max(1, sum(weights)) for bound in accumulate(weights)]
    parts = (after - before for before, after in pairwise([0, *bounds]))
    return [active + part for active, part in zip(actives, parts, strict=True)]


def lay_out(population: Population, day: int, events: int) -> Sessions:
    """Return the sessions of a day with `events` valid events, its volume."""
    users = active_users(population, day)
    keys = _user_day_keys(population, day, users)
    weights = _weights(population, users, keys)
    counts = 1 + shared_out(events - len(users), weights)
    sessions = np.minimum(counts, _SESSIONS_A_DAY.choose(derive(keys, 1)))

    # One element a session from here on; `place` is its place among its user's.
    owner = np.repeat(np.arange(len(users)), sessions)
    place = np.arange(len(owner)) - (np.cumsum(sessions) - sessions)[owner]
    counts = counts[owner] // sessions[owner] + (
        place < counts[owner] % sessions[owner]
    )
    keys = derive(keys[owner], 2 + place)
    starts, spans = _times(keys, counts)
    order = np.argsort(starts, kind="stable")
    users, keys, counts = users[owner][order], keys[order], counts[order]
    courses, platforms = _habits(population.keys[users - 1], derive(keys, 2))
    return Sessions(
        day=day,
        users=users,
        courses=courses,
        platforms=platforms,
        keys=keys,
        starts=starts[order],
        steps=spans[order] // counts,
        bounds=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
    )


def _times(keys: Keys, counts: Integers) -> tuple[Integers, Integers]:
    """Return the start and length of sessions of so many events, in milliseconds."""
    gaps = _SHORTEST_GAP_MS + below(derive(keys, 0), _GAP_RANGE_MS)
    spans = np.minimum(counts * gaps, _LONGEST_MS)
    hours = derive(keys, 1)
    starts = HOUR_CHOICE.choose(hours) * _HOUR_MS + below(hours, _HOUR_MS, shift=32)
    # A session that would pass midnight begins earlier instead.
    return np.minimum(starts, _DAY_MS - spans), spans


def _habits(users: Keys, sessions: Keys) -> tuple[Integers, Integers]:
    """Return the course and platform of sessions, mostly their user's usual ones."""
    habit = derive(users, 101 + below(sessions, _COURSES_OF_A_USER))
    course = 1 + COURSE_CHOICE.choose(habit)
    other = below(sessions, 100, shift=16) < _OTHER_PLATFORM_PERCENT
    platform = PLATFORM_CHOICE.choose(np.where(other, sessions, derive(users, 100)))
    return course, platform


def session_rows(sessions: Sessions, start: int, stop: int) -> Rows:
    """Return the day's events `start` to before `stop`, by session (not by time)."""
    bounds = sessions.bounds
    first = int(np.searchsorted(bounds, start, side="right")) - 1
    last = int(np.searchsorted(bounds, stop, side="left"))
    within = np.clip(bounds[first : last + 1], start, stop)
    owner = np.repeat(np.arange(first, last), within[1:] - within[:-1])
    place = np.arange(start, stop) - bounds[owner]
    session_keys, steps = sessions.keys[owner], sessions.steps[owner]
    keys = derive(session_keys, place + 3)
    moment = sessions.starts[owner] + place * steps + below(keys, steps)
    rows = np.empty(stop - start, ROW)
    rows["user"] = sessions.users[owner]
    rows["kind"] = kind = KIND_CHOICE.choose(keys, shift=32)
    rows["course"] = np.where(kind < KINDS_OF_A_COURSE, sessions.courses[owner], 0)
    rows["platform"] = sessions.platforms[owner]
    rows["day"] = sessions.day
    rows["second"], rows["milli"] = np.divmod(moment, 1_000)
    rows["session"] = session_keys >> np.uint64(16)
    return rows
