"""Rows that are no valid events, as broken clients and jobs send them."""

from enum import IntEnum

import numpy as np

from orchestration.source.synthetic.hashing import Stream, below, derive, stream_key
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.synthetic.rows import (
    COURSE_CHOICE,
    HOUR_CHOICE,
    KIND_CHOICE,
    KINDS_OF_A_COURSE,
    PLATFORM_CHOICE,
    ROW,
    Rows,
    SpecialDay,
)


class Invalid(IntEnum):
    """What is wrong with a row; every fifth one is of the same kind."""

    NULL_USER = 0
    NULL_TIME = 1
    INFINITE_TIME = 2  # infinity and -infinity in turn
    FAR_FUTURE = 3
    TOO_OLD = 4


_DAY_OF = {
    Invalid.NULL_TIME: SpecialDay.NULL,
    Invalid.FAR_FUTURE: SpecialDay.FAR_FUTURE,
    Invalid.TOO_OLD: SpecialDay.TOO_OLD,
}


def invalid_rows(options: StreamOptions, day: int) -> Rows:
    """Return the invalid rows that arrive on a day; all days have equally many.

    But for what is wrong with it, each looks like an event of that day.
    """
    total, days = options.invalid_events, options.days
    number = np.arange(total * day // days, total * (day + 1) // days)
    keys = derive(stream_key(options.seed, Stream.INVALID), number)
    times, names = derive(keys, 0), derive(keys, 1)
    fault = number % len(Invalid)

    rows = np.zeros(len(number), ROW)
    rows["user"] = 1 + below(keys, options.users)
    rows["kind"] = kinds = KIND_CHOICE.choose(names, shift=32)
    courses = 1 + COURSE_CHOICE.choose(names)
    rows["course"] = np.where(kinds < KINDS_OF_A_COURSE, courses, 0)
    rows["platform"] = PLATFORM_CHOICE.choose(names, shift=16)
    rows["session"] = keys >> np.uint64(16)
    rows["day"] = day
    rows["second"] = HOUR_CHOICE.choose(times) * 3_600 + below(times, 3_600, shift=32)
    rows["milli"] = below(times, 1_000, shift=16)
    rows["user"][fault == Invalid.NULL_USER] = 0
    for wrong, special in _DAY_OF.items():
        rows["day"][fault == wrong] = special
    is_negative = number // len(Invalid) % 2 == 1
    rows["day"][fault == Invalid.INFINITE_TIME] = SpecialDay.INFINITY
    rows["day"][(fault == Invalid.INFINITE_TIME) & is_negative] = (
        SpecialDay.MINUS_INFINITY
    )
    return rows
