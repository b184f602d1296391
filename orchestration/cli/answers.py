"""`fast-dau dau`, `retention`, `returning`, `courses`: the answers, from the tables."""

import sys
from collections.abc import Callable
from datetime import date
from typing import Annotated

from rich.console import Console

from orchestration.answers import terminal
from orchestration.answers.courses import show_courses
from orchestration.answers.formats import Format, write
from orchestration.answers.questions import Answer, ask, newest_day
from orchestration.answers.why_empty import why_empty, why_nobody_returned
from orchestration.cli.options import Form, asked_days, day_option
from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.embedded.database import connected

_DAYS_SHOWN = 14


From = Annotated[
    date | None,
    day_option("--from", "First day.", f"{_DAYS_SHOWN} days up to the last"),
]
To = Annotated[
    date | None,
    day_option("--to", "Last day.", "the newest day there is"),
]

On = Annotated[
    date | None,
    day_option("--on", "The day.", "the last day that is over"),
]


def dau(from_: From = None, to: To = None, form: Form = Format.TABLE) -> None:
    """Show how many users were active each day."""
    show_days("active_users_by_day", from_, to, form, terminal.ACTIVE_USERS.show)


def retention(from_: From = None, to: To = None, form: Form = Format.TABLE) -> None:
    """Show how many of each day's users had been active in the 7 days before."""
    show_days("retention_by_day", from_, to, form, terminal.RETENTION.show)


def returning(on: On = None, form: Form = Format.TABLE) -> None:
    """List the users of a day who had been active in the 7 days before."""
    show = terminal.show_returning_users
    show_day("returning_users_on_day", on, form, show, why_nobody_returned)


def courses(on: On = None, form: Form = Format.TABLE) -> None:
    """Show how many people used each course on a day, and on each of the 6 before."""

    def why_no_course(connection: Connection, day: date) -> str | None:
        return why_empty(connection, day, day)

    show_day("courses_in_week", on, form, show_courses, why_no_course)


def show_day(
    question: str,
    on: date | None,
    form: Format,
    show: Callable[[Answer, date, Console], None],
    why: Callable[[Connection, date], str | None],
) -> None:
    """Answer a question of a day: that asked for, or the last that is over."""
    with connected() as connection:
        day = on or newest_day(connection, complete=True)
        if day is None:
            reason = why_empty(connection) or "name one with --on."
            raise UserError(f"The tables hold no day that is over: {reason}")
        answer = ask(connection, question, on_date=day)
        if form is Format.TABLE:
            show(answer, day, Console())
        else:
            write(answer, form, sys.stdout)
        _say(why(connection, day), form)


def show_days_up_to(
    last: date,
    connection: Connection,
    question: str,
    show: Callable[[Answer, Console], None],
) -> None:
    """Show so many days as the commands do by default, up to the last one given."""
    first, last = _bounds(connection, None, last, _DAYS_SHOWN)
    show(ask(connection, question, from_date=first, to_date=last), Console())
    _say(why_empty(connection, first, last), Format.TABLE)


def show_days(  # noqa: PLR0913  # what every such command is asked for
    question: str,
    from_: date | None,
    to: date | None,
    form: Format,
    show: Callable[[Answer, Console], None],
    *,
    days: int = _DAYS_SHOWN,
) -> None:
    """Answer a question of the days asked for, or of so many up to the newest."""
    asked = asked_days(from_, to)
    with connected() as connection:
        first, last = _bounds(connection, *asked, days)
        answer = ask(connection, question, from_date=first, to_date=last)
        if form is Format.TABLE:
            show(answer, Console())
        else:
            write(answer, form, sys.stdout)
        _say(why_empty(connection, first, last), form)


def _bounds(
    connection: Connection, first: date | None, last: date | None, days: int
) -> tuple[date, date]:
    last = last or newest_day(connection) or date.max
    # Not before the first day that a date can be.
    return first or date.fromordinal(max(last.toordinal() - days + 1, 1)), last


def _say(why: str | None, form: Format) -> None:
    """Say why there is nothing, where there is: beside what a program reads."""
    if why:
        print(why, file=sys.stdout if form is Format.TABLE else sys.stderr)
