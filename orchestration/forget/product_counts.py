"""The product tables' counts, from which what an erased user added is subtracted.

So that it costs the user's days, where a recount would read everybody's last 28.
"""

from collections.abc import Mapping

from orchestration.forget.contribution import CONTRIBUTION
from orchestration.forget.owners import Owner
from orchestration.forget.statements import Names

_FREQUENCY = """
update {activity_frequency_28d} as published
set users_count = published.users_count - 1
from {contribution} as contribution
where
    published.activity_date = contribution.activity_date
    and published.active_days = contribution.active_days
"""

# The cells of the user's cohort, each with whether the user was active on its day.
_COHORT = """
update {cohort_retention} as published
set
    cohort_size = counted.cohort_size,
    active_users = counted.active_users,
    retention_rate
    = counted.active_users / nullif(counted.cohort_size, 0)::double precision
from (
    select
        cells.cohort_date,
        cells.day_number,
        cells.cohort_size - 1 as cohort_size,
        cells.active_users - coalesce(contribution.dau, 0) as active_users
    from {cohort_retention} as cells
    inner join {contribution} as first_days
        on cells.cohort_date = first_days.activity_date
    left join {contribution} as contribution
        on cells.cohort_date + cells.day_number = contribution.activity_date
    where first_days.new_users = 1
) as counted
where
    published.cohort_date = counted.cohort_date
    and published.day_number = counted.day_number
"""

_ROLLING = """
update {rolling_active_users} as published
set
    dau = counted.dau,
    wau_7d = counted.wau_7d,
    mau_28d = counted.mau_28d,
    dau_mau_ratio = counted.dau / nullif(counted.mau_28d, 0)::double precision
from (
    select
        days.activity_date,
        days.dau,
        rolling.wau_7d - contribution.wau_7d as wau_7d,
        rolling.mau_28d - contribution.mau_28d as mau_28d
    from {contribution} as contribution
    inner join {daily_active_users} as days
        on contribution.activity_date = days.activity_date
    inner join {rolling_active_users} as rolling
        on contribution.activity_date = rolling.activity_date
) as counted
where published.activity_date = counted.activity_date
"""

_GROWTH = """
update {growth_accounting} as published
set
    dau = counted.dau,
    new_users = counted.new_users,
    retained_users = counted.retained_users,
    resurrected_users = counted.dau - counted.new_users - counted.retained_users,
    dormant_users = counted.dormant_users
from (
    select
        days.activity_date,
        days.dau,
        days.returning_users as retained_users,
        growth.new_users - contribution.new_users as new_users,
        growth.dormant_users - contribution.dormant_users as dormant_users
    from {contribution} as contribution
    inner join {daily_retention} as days
        on contribution.activity_date = days.activity_date
    inner join {growth_accounting} as growth
        on contribution.activity_date = growth.activity_date
) as counted
where published.activity_date = counted.activity_date
"""


_NEVER_KEPT = {"cohort_retention": _COHORT, "activity_frequency_28d": _FREQUENCY}
_KEPT_OR_NOT = {"rolling_active_users": _ROLLING, "growth_accounting": _GROWTH}


def leave_cohort_and_frequency(rollup: Owner, names: Names) -> None:
    """Take the user off the counts that are never kept as published."""
    _subtract(rollup, names, _NEVER_KEPT)


def leave_rolling_and_growth(rollup: Owner, names: Names) -> None:
    """Take the user off the counts of days whose DAU is already right."""
    _subtract(rollup, names, _KEPT_OR_NOT)


def _subtract(rollup: Owner, names: Names, statements: Mapping[str, str]) -> None:
    for table in statements.keys() & names.keys():
        rollup.changed(statements[table], contribution=CONTRIBUTION, **names)
