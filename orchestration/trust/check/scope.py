"""What can be recounted: the definitions that the tables have, and their days."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.settings import dbt_vars
from orchestration.core.statements import execute
from orchestration.trust.check.tables import (
    Table,
    days_looked_back,
    recounted,
    switched_off,
)
from orchestration.trust.check.templates import query

_DAYS_CHECKED = 7
_UNKNOWN = "its variables are noted by the next run that builds it"
_FOREIGN = "its segments are another role's SQL: check it as the role that runs dbt"


@dataclass(frozen=True)
class Scope:
    """The columns of scope.sql: what the rollup says of itself, and the clock."""

    time_zone: str
    active_kinds: str
    events_start_date: date
    kept_from: date | None
    is_unsettled: bool
    latest_valid: datetime
    today: date
    first_published: date | None
    last_published: date | None
    last_over: date | None
    first_day: date | None
    cohort_days: int | None
    segments: dict[str, str] | None
    max_segment_values: int | None
    is_own: bool
    built: list[str]

    @property
    def kinds(self) -> list[str]:
        """The kinds of event that make a user active; empty: every kind."""
        kinds: list[str] = json.loads(self.active_kinds)
        return kinds

    @property
    def compared(self) -> list[Table]:
        """The tables that can be compared."""
        return [table for table in recounted() if table.name not in self.left_out]

    @cached_property
    def left_out(self) -> dict[str, str]:
        """The tables that cannot be compared, and why."""
        known = {table.name for table in recounted()}
        reasons = dict.fromkeys(known.difference(self.built), "not built")
        reasons |= dict.fromkeys(switched_off(), "switched off")
        if self.cohort_days is None:
            reasons.setdefault("cohort_retention", _UNKNOWN)
        if self.segments is None:
            reasons.setdefault("daily_active_users_by_segment", _UNKNOWN)
        elif self.segments and not self.is_own:
            reasons.setdefault("daily_active_users_by_segment", _FOREIGN)
        return reasons


@dataclass(frozen=True)
class Days:
    """Days to compare, both ends included; in sentences, which are left out and why."""

    first: date
    last: date
    has_open_day: bool = False
    left_out: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many days are compared."""
        return (self.last - self.first).days + 1


def read_scope(connection: Connection) -> Scope:
    """Read it as of the connection's transaction; UserError without a rollup."""
    skew = {"max_clock_skew_minutes": dbt_vars()["max_clock_skew_minutes"]}
    with connection.cursor() as cursor:
        execute(cursor, query(connection, "scope"), skew)
        row = cursor.fetchone()
    if row is None:
        raise UserError("There is no rollup yet: build it with `fast-dau dbt build`.")
    return Scope(*row)


def days_to_check(scope: Scope, from_: date | None, to: date | None) -> Days:
    """Return the days asked for that there can be; by default the last 7 that are over.

    Raises UserError where the tables hold none of them, or only days that are kept as
    they are.
    """
    if scope.first_published is None or scope.last_published is None:
        raise UserError("The tables hold no day: there is nothing to compare.")
    newest = max(scope.today, scope.last_published)
    begin = min(scope.first_published, scope.first_day or scope.first_published)
    asked_to = to or _last_over(scope, from_)
    last = min(asked_to, newest)
    # --to may be the first date there is. The seven come before any days to come that
    # the tables hold.
    some = max(min(last, scope.today).toordinal() - _DAYS_CHECKED + 1, 1)
    from_ = from_ or date.fromordinal(some)
    first = max(from_, begin)
    if last < scope.first_published or first > scope.last_published:
        raise UserError(
            "The tables have no day of that range: they have the days from "
            f"{scope.first_published} to {scope.last_published}."
        )
    whole_from = max(first, scope.kept_from or first)
    if whole_from > last:
        raise UserError(
            f"The tables keep the days before {scope.kept_from} whatever becomes of "
            "their events, so that a recount of the events says nothing of them."
        )
    left_out = []
    if whole_from > first:
        left_out.append(
            f"Left out: the days before {whole_from} ({(whole_from - first).days:,}), "
            "which the tables keep though their events may be purged."
        )
    if to is None and last < scope.last_published:
        left_out.append(
            f"Left out: the days after {last}, which were not over at the latest run; "
            "--to compares them too."
        )
    if asked_to > last:
        left_out.append(f"Left out: the days after {last}, which are still to come.")
    has_open_day = scope.last_over is None or last > scope.last_over
    return Days(whole_from, last, has_open_day, tuple(left_out))


def _last_over(scope: Scope, from_: date | None) -> date:
    if scope.last_over is None:
        raise UserError(
            "The tables hold no day that is over: name one with --from and --to."
        )
    if from_ and from_ > scope.last_over:
        raise UserError(
            f"--from {from_} is after the last day that is over, {scope.last_over}: "
            "say up to which day with --to."
        )
    return scope.last_over


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
