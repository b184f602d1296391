"""Which events do not count, in words, and what changes that: those of dbt's runs."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import jinja2

from orchestration.core.settings import DBT_PROJECT_DIR, dbt_vars


def in_words(
    reason: str, events: str, first_day: str | None, start_date: date | None = None
) -> str:
    """Return a sentence on events that are rejected for a reason of `rejected_events`.

    `events`: how many. `first_day`: that of their times, as text. `start_date`: the
    `fast_dau_events_start_date` that they were rejected by; None: that of now.
    """
    words = _words()[reason].format(
        first_day=first_day,
        events_start_date=start_date or dbt_vars()["events_start_date"],
        max_clock_skew_minutes=dbt_vars()["max_clock_skew_minutes"],
    )
    return f"Not counted: {events} {words}"


@cache
def _words() -> Mapping[str, str]:
    path = DBT_PROJECT_DIR / "macros" / "events" / "rejections.sql"
    found: list[Mapping[str, str]] = []
    environment = jinja2.Environment(autoescape=False)  # noqa: S701  # it is no page
    template = environment.from_string(path.read_text(), {"return": found.append})
    template.module.rejections()  # type: ignore[attr-defined]
    return found[0]
