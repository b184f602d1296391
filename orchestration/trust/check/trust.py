"""What a check does not count from the raw events, in sentences."""

from collections.abc import Iterator
from datetime import timedelta

from orchestration.trust.check.scope import Days, Scope
from orchestration.trust.check.tables import days_looked_back


def taken_on_trust(scope: Scope, days: Days) -> Iterator[str]:
    """Say which tables are left out, and what of the others is not recounted."""
    compared = {table.name for table in scope.compared}
    reasons: dict[str, list[str]] = {}
    for name, reason in scope.left_out.items():
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        yield f"Left out: {', '.join(names)} ({reason})."
    further = sorted(table.name for table in scope.compared if table.looks_further)
    if further and (sides := list(_sides(scope, days))):
        yield (
            f"Not recounted: who was active {' and '.join(sides)}. "
            f"{', '.join(further)} depend on that too; the check takes it from "
            "user_day_activity, and the size of earlier cohorts from cohort_retention. "
            "--from and --to recount other days."
        )
    if "rejected_events" in compared:
        yield (
            "Not compared: the events of the future in rejected_events, which depend "
            "on the clock of the run."
        )


def _sides(scope: Scope, days: Days) -> Iterator[str]:
    before, after = scope.first_published, scope.last_published
    looked_back = timedelta(days=days_looked_back())
    if before and days.first - before > looked_back:
        yield f"before {days.first - looked_back}"
    if after and after > days.last:
        yield f"after {days.last}"
