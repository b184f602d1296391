"""DAU by course does not add up to DAU, and nothing about it is lost."""

from collections.abc import Callable
from datetime import datetime

from tests.oracle import Definitions, Event
from tests.rollup import Rollup

NOW = datetime(2024, 3, 12, 12)
MORNING = datetime(2024, 3, 12, 8)


def test_users_of_two_courses_count_in_each_and_once_in_dau(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    """So that the courses of a day add up to more than the day; or to less.

    Somebody of no course is in DAU alone.
    """
    rollup = whole_rollup_in(Definitions())
    rollup.insert(
        Event(user, MORNING, course_id=course) for user in (1, 2) for course in (7, 8)
    )
    rollup.insert([Event(3, MORNING, course_id=7), Event(4, MORNING)])
    rollup.build(NOW)

    by_course = rollup.query(
        "select course_id, dau from analytics.daily_active_users_by_course order by 1"
    )
    assert by_course == [(7, 3), (8, 2)]
    assert rollup.query("select dau from analytics.daily_active_users") == [(4,)]

    rollup.execute("update events set course_id = null where course_id = 8")
    rollup.build(NOW)

    assert rollup.query(
        "select course_id, dau from analytics.daily_active_users_by_course"
    ) == [(7, 3)]
    assert rollup.query("select dau from analytics.daily_active_users") == [(4,)]
