"""`fast-dau check`: compares the tables with a recount of the raw events."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice
from typing import Annotated, Any

import typer
from rich.console import Console

from orchestration.answers.formats import Format, write
from orchestration.answers.questions import Answer
from orchestration.cli.options import Form, asked_days, day_option
from orchestration.cli.progress import share_done
from orchestration.embedded.database import connected
from orchestration.trust.check.cells import COLUMNS, differing_cells, differing_reasons
from orchestration.trust.check.scope import (
    Days,
    Scope,
    days_to_check,
    read_scope,
    taken_on_trust,
)

_CELLS_SHOWN = 50

From = Annotated[
    date | None,
    day_option("--from", "First day.", "7 days up to the last"),
]
To = Annotated[
    date | None,
    day_option("--to", "Last day.", "the last day that is over"),
]


def check(from_: From = None, to: To = None, form: Form = Format.TABLE) -> None:
    """Recount days from the raw events, and compare the tables with it cell by cell.

    Changes nothing. Exit code 0: they are equal; 1: they differ, or the check could
    not be made.
    """
    asked = asked_days(from_, to)
    # Programs read differences, and nothing else, from the standard output.
    notes = Console(stderr=form is not Format.TABLE, highlight=False)
    with connected() as connection:
        # Tables and events are of one instant, whatever happens meanwhile.
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        scope = read_scope(connection)
        days = days_to_check(scope, *asked)
        with share_done("Counting days", days.number) as update:
            found = _Tally(
                chain(
                    differing_cells(
                        connection, scope, days, lambda n: update(advance=n)
                    ),
                    differing_reasons(connection, scope, days),
                )
            )
            shown = list(islice(found, _CELLS_SHOWN)) if form is Format.TABLE else None
            if shown is None:
                write(Answer(COLUMNS, iter(found)), form, sys.stdout)
            more = sum(1 for _ in found)
    if shown:
        _show_cells(shown, more, notes)
    _show_result(found, scope, days, notes)
    if found.cells:
        raise typer.Exit(1)


class _Tally:
    """Passes differing cells on, and remembers how many they were, and their days."""

    def __init__(self, cells: Iterable[tuple[Any, ...]]) -> None:
        self._cells = cells
        self.cells = 0
        self.days: set[date] = set()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for cell in self._cells:
            self.cells += 1
            if cell[0] is not None:
                self.days.add(cell[0])
            yield cell


def _show_cells(shown: list[tuple[Any, ...]], more: int, console: Console) -> None:
    for day, table, column, rollup, recount, users, examples in shown:
        line = f"{day or 'all days'}  {table}, {column}:"
        line += f" {_text(rollup)}, recount {_text(recount)}"
        if users:
            line += f"; users: {users:,}"
        if examples:
            line += f"{',' if users else ';'} such as {', '.join(map(str, examples))}"
        # Ids of users may have brackets, which would be taken for styles.
        console.print(line, soft_wrap=True, markup=False)
    if more:
        console.print(f"… and {more:,} more; --format csv lists them all.")


def _text(cell: Any) -> str:
    return "none" if cell is None else str(cell)


def _show_result(found: _Tally, scope: Scope, days: Days, console: Console) -> None:
    extent = f"{days.first} to {days.last}"
    if found.days:
        result = (
            f"Days that differ from the raw events: {len(found.days):,} of "
            f"{days.number:,} ({extent}); cells: {found.cells:,}. To rebuild them: "
            f"fast-dau dbt build --vars '{{fast_dau_start_date: {min(found.days)}, "
            f"fast_dau_end_date: {max(found.days)}}}'"
        )
    elif found.cells:
        result = (
            f"The days {extent} ({days.number:,}) equal the raw events, and "
            "rejected_events does not. To count it again: fast-dau dbt build"
        )
    else:
        result = (
            f"Compared the days {extent} ({days.number:,}): "
            f"{', '.join(table.name for table in scope.compared)} equal a recount of "
            "the raw events."
        )
    for line in (result, *_notes(found, scope, days)):
        console.print(line, soft_wrap=True)


def _notes(found: _Tally, scope: Scope, days: Days) -> Iterator[str]:
    yield from days.left_out
    yield from taken_on_trust(scope, days)
    if days.has_open_day:
        yield (
            f"Warning: {days.last} was not over at the last run; events that have come "
            "since make a difference."
        )
    if found.cells and scope.is_unsettled:
        yield (
            "A run is at work, or has stopped half-way: its end, or the next run, may "
            "make the differences good."
        )
