"""The tables that are recounted, and what of them is compared."""

from dataclasses import dataclass
from typing import Any

import yaml

from orchestration.settings import DBT_PROJECT_DIR

# How many days before those compared are counted too, for windows of 28 days.
DAYS_BEFORE = 27
RETURNING_COLUMNS = ("returning_users", *(f"returning_d{n}" for n in range(1, 8)))


@dataclass(frozen=True)
class Table:
    """One table: which columns are compared, and what its rows are.

    Of a table with several rows a day, `rows` is what they are, in the plural, `key`
    tells them apart, and `example` names one. `is_by_day`: what it holds of a day is
    its rows with that `activity_date`. `days_before` is how many days before a day have
    events that count for its rows. `subject` is the query that compares it.
    """

    name: str
    columns: tuple[str, ...]
    rows: str | None = None
    key: tuple[str, ...] = ()
    example: str = ""
    is_by_day: bool = True
    days_before: int = 0
    subject: str = "user_days"


def _of_users(name: str, columns: tuple[str, ...], **more: Any) -> Table:
    return Table(name, columns, "users", ("user_id",), "user_id", **more)


TABLES = (
    _of_users("user_day_activity", ("events_count", "first_event_at", "last_event_at")),
    Table("daily_active_users", ("dau", "events_count", "is_complete")),
    _of_users(
        "returning_users",
        ("previous_activity_date", "days_since_previous", "active_days_mask"),
        days_before=7,
    ),
    Table(
        "daily_retention",
        (
            "dau",
            *RETURNING_COLUMNS,
            "retention_rate",
            "lookback_complete",
            "is_complete",
        ),
        days_before=7,
    ),
    Table("daily_revisions", ("dau",)),
    Table(
        "rolling_active_users",
        ("dau", "wau_7d", "mau_28d", "dau_mau_ratio", "is_complete"),
        days_before=DAYS_BEFORE,
    ),
    Table(
        "growth_accounting",
        (
            "dau",
            "new_users",
            "retained_users",
            "resurrected_users",
            "dormant_users",
            "is_complete",
        ),
        days_before=DAYS_BEFORE,
    ),
    Table(
        "activity_frequency_28d",
        ("users_count", "is_complete"),
        rows="rows",
        key=("active_days",),
        example="active_days",
        days_before=DAYS_BEFORE,
    ),
    Table(
        "cohort_retention",
        ("cohort_size", "active_users", "retention_rate"),
        rows="cells",
        key=("cohort_date", "day_number"),
        example="cohort_date || ' + ' || day_number",
        is_by_day=False,
        days_before=DAYS_BEFORE,
    ),
    _of_users(
        "user_lifetimes",
        ("first_activity_date", "last_activity_date"),
        is_by_day=False,
        days_before=DAYS_BEFORE,
    ),
    Table(
        "daily_active_users_by_course",
        ("dau", "events_count"),
        rows="courses",
        key=("course_id",),
        example="course_id",
        subject="courses",
    ),
    Table(
        "daily_active_users_by_segment",
        ("dau",),
        rows="values",
        key=("segment", "value"),
        example="segment || ': ' || value",
        subject="segments",
    ),
    Table(
        "rejected_events",
        ("events_count", "earliest_performed_at", "latest_performed_at"),
        rows="reasons",
        key=("reason",),
        example="reason",
        is_by_day=False,
        subject="rejected",
    ),
)


def switched_off() -> frozenset[str]:
    """Return the tables that dbt_project.yml says are not to be built."""
    models = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text())["models"]
    paths = (DBT_PROJECT_DIR / "models").rglob("*.sql")
    off = set()
    for path in paths:
        config = models.get("fast_dau", {})
        for part in path.relative_to(DBT_PROJECT_DIR / "models").with_suffix("").parts:
            config = config.get(part) or {}
            if False in (config.get("enabled"), config.get("+enabled")):
                off.add(path.stem)
    return frozenset(off)
