"""Options that several commands have: days, forms of output, made-up events."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import typer

from orchestration.answers.formats import Format
from orchestration.core.errors import UserError


def day_option(name: str, text: str, default: str) -> Any:
    """Return an option that takes a day such as 2024-01-31; `default`: in words."""
    return typer.Option(
        name,
        parser=_day,
        metavar="DATE",
        help=text,
        show_default=default,
    )


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # of no zone
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a day: write one such as 2024-01-31."
        ) from None


def asked_days(
    first: date | None,
    last: date | None,
    names: tuple[str, str] = ("--from", "--to"),
) -> tuple[date | None, date | None]:
    """Return both; UserError where they are the wrong way round."""
    if first and last and first > last:
        raise UserError(f"{names[0]} {first} is after {names[1]} {last}.")
    return first, last


Form = Annotated[Format, typer.Option("--format", help="For people, or for programs.")]
TableOrJson = Annotated[
    Literal["table", "json"],
    typer.Option("--format", help="For people, or for programs."),
]
Users = Annotated[
    int, typer.Option(help="Users; fewer are active where there are too few events.")
]
Days = Annotated[int, typer.Option(help="UTC days, up to the last one.")]
EndDate = Annotated[date | None, day_option("--end-date", "Last UTC day.", "yesterday")]
Seed = Annotated[int, typer.Option(help="Same seed and options, same events.")]
