"""`fast-dau active`, `growth` and `cohorts`: the answers of the product tables."""

from datetime import date
from functools import partial
from typing import Annotated

import typer

from orchestration.answers import terminal
from orchestration.answers.cohort_triangle import show_cohorts
from orchestration.answers.formats import Format
from orchestration.cli.answers import From, To, show_days
from orchestration.cli.options import Form, day_option

# Each day of the week three times; weeks enough for the curve to become flat.
_DAYS_SHOWN = 21
_WEEKS_SHOWN = 12


def active(from_: From = None, to: To = None, form: Form = Format.TABLE) -> None:
    """Show daily, weekly and monthly active users: rolling, as of each day."""
    show = terminal.ROLLING_ACTIVE_USERS.show
    show_days("rolling_active_users_by_day", from_, to, form, show)


def growth(from_: From = None, to: To = None, form: Form = Format.TABLE) -> None:
    """Show how many of each day's users are new, retained or resurrected."""
    show_days("growth_by_day", from_, to, form, terminal.GROWTH.show)


def cohorts(
    from_: Annotated[
        date | None,
        day_option(
            "--from",
            "First cohort.",
            f"{_DAYS_SHOWN} days, or {_WEEKS_SHOWN} weeks, up to the last",
        ),
    ] = None,
    to: Annotated[
        date | None,
        day_option("--to", "Last cohort.", "the newest day there is"),
    ] = None,
    weekly: Annotated[
        bool,
        typer.Option("--weekly", help="Cohorts of whole weeks, from Monday to Sunday."),
    ] = False,
    form: Form = Format.TABLE,
) -> None:
    """Show which share of each day's new users came back N days later."""
    if weekly:
        # From this weekday on, so that the first week is one of so many.
        period, days = "week", (_WEEKS_SHOWN - 1) * 7 + 1
    else:
        period, days = "day", _DAYS_SHOWN
    show = partial(show_cohorts, period=period)
    show_days(f"cohort_retention_by_{period}", from_, to, form, show, days=days)
