"""What was published first, what became of it, and how often it was changed."""

from datetime import date, datetime, timedelta

from tests.oracle import Event
from tests.product_oracle import Rows
from tests.rollup import Rollup

MIDNIGHT = datetime(2024, 3, 10)
HOUR = timedelta(hours=1)


def revisions(rollup: Rollup) -> Rows:
    """Return daily_revisions, by day."""
    return rollup.query("select * from analytics.daily_revisions order by 1")


def test_a_day_is_first_published_by_the_run_after_its_end(rollup: Rollup) -> None:
    rollup.insert([Event(1, MIDNIGHT - 2 * HOUR)])
    rollup.build(MIDNIGHT - HOUR)
    before = revisions(rollup)
    rollup.insert([Event(2, MIDNIGHT - HOUR), Event(3, MIDNIGHT + HOUR)])
    rollup.build(MIDNIGHT + HOUR)

    assert before == []
    assert revisions(rollup) == [(date(2024, 3, 9), 2, 2, 0, None)]


def test_each_run_that_changes_the_dau_of_a_day_is_one_revision_of_it(
    rollup: Rollup,
) -> None:
    """Also where another run has stopped before it."""
    rollup.insert([Event(1, MIDNIGHT - HOUR)])
    now = MIDNIGHT + HOUR
    rollup.build(now)
    rollup.insert([Event(2, MIDNIGHT - HOUR), Event(3, MIDNIGHT - HOUR)])
    rollup.build(now, "--exclude", "daily_revisions")
    rollup.build(now + HOUR)
    rollup.insert([Event(3, MIDNIGHT - 2 * HOUR)])  # an event, and not a user more
    rollup.build(now + 2 * HOUR)
    revised_once = revisions(rollup)
    rollup.execute("delete from events where user_id in (2, 3)")
    rollup.build(now + 3 * HOUR, refresh="full")
    changed = rollup.build(now + 4 * HOUR)

    assert changed["daily_revisions"] == 0
    assert revised_once == [(date(2024, 3, 9), 1, 3, 1, now + HOUR)]
    assert revisions(rollup) == [(date(2024, 3, 9), 1, 1, 2, now + 3 * HOUR)]
