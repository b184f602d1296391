"""Events as arrays: the record of one row, and the names behind its numbers."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from orchestration.source.synthetic.hashing import Weighted

# A row of the stream. 0 stands for null in user and course; day is counted from
# the stream's first, or one of SpecialDay; second and milli are of the day.
ROW = np.dtype(
    [
        ("session", "<u8"),
        ("user", "<i4"),
        ("second", "<i4"),
        ("milli", "<i2"),
        ("day", "<i2"),
        ("course", "<i2"),
        ("kind", "<i1"),
        ("platform", "<i1"),
    ]
)
Rows = npt.NDArray[np.void]


class SpecialDay(IntEnum):
    """Days of invalid rows."""

    NULL = -5
    INFINITY = -4
    MINUS_INFINITY = -3
    FAR_FUTURE = -2
    TOO_OLD = -1


COURSES = 200
# By Zipf's law: course 1 is the most popular.
COURSE_CHOICE = Weighted(1_000_000 // np.arange(1, COURSES + 1, dtype=np.int64))
# Kinds by weight; the last two are of no course.
KINDS = ("page_view", "video_play", "problem_attempt", "forum_view", "login", "search")
KIND_CHOICE = Weighted((40, 25, 15, 8, 7, 5))
KINDS_OF_A_COURSE = 4
PLATFORMS = ("web", "android", "ios")
PLATFORM_CHOICE = Weighted((45, 30, 25))
# Weight of each hour (UTC) for the start of a session: lunch, and a long evening.
_MORNING = (6, 4, 3, 2, 2, 3, 6, 12, 22, 32, 38, 42)
_AFTERNOON = (46, 40, 36, 36, 38, 44, 54, 62, 66, 56, 36, 16)
HOUR_CHOICE = Weighted(_MORNING + _AFTERNOON)
