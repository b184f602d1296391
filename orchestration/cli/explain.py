"""`fast-dau explain`: how the queries that matter run on the database in use."""

import sys
from collections.abc import Iterator
from contextlib import closing
from textwrap import indent
from typing import Annotated, Any

import typer
from rich.console import Console

from orchestration.answers.formats import Format, write
from orchestration.answers.questions import Answer
from orchestration.answers.terminal import titled_table
from orchestration.cli.options import Form
from orchestration.cli.progress import share_done
from orchestration.core.connection import connect
from orchestration.core.dbt import compiled_models
from orchestration.embedded.database import database
from orchestration.trust.explain.context import models_explained
from orchestration.trust.explain.explained import Explained, by_mend, explained
from orchestration.trust.explain.patterns import pattern_names

_COLUMNS = (
    "query",
    "asks",
    "run_by",
    "indexes",
    "rows",
    "pages",
    "milliseconds",
    "warnings",
    "mends",
)


def explain(
    full_passes: Annotated[
        bool,
        typer.Option(
            "--full-passes",
            help="Also run the queries that read all events, which takes its time.",
        ),
    ] = False,
    form: Form = Format.TABLE,
) -> None:
    """Run every query that is promised to be fast, and show what serves it.

    Changes nothing. Exit code 0: each is served as promised; 1: one is not, and the
    SQL that mends it is printed.
    """
    with database() as environment, closing(connect(environment)) as connection:
        models = compiled_models(models_explained(), "{}", environment)
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        found = []
        with share_done("Explaining", len(pattern_names())) as update:
            for one in explained(connection, models, runs_full_passes=full_passes):
                found.append(one)
                update(advance=1)
    if form is Format.TABLE:
        _show(found, Console())
    else:
        write(Answer(_COLUMNS, map(_row, found)), form, sys.stdout)
    if any(one.findings for one in found):
        raise typer.Exit(1)


def _row(one: Explained) -> tuple[Any, ...]:
    return (
        one.pattern.name,
        one.pattern.asks,
        one.pattern.by,
        one.indexes,
        one.plan.rows,
        one.plan.pages,
        one.plan.milliseconds,
        [finding.text for finding in one.findings],
        [finding.mend for finding in one.findings],
    )


def _show(found: list[Explained], console: Console) -> None:
    table = titled_table("Queries, and the indexes that serve them")
    table.add_column("Query", no_wrap=True)
    table.add_column("Indexes", overflow="fold")
    for heading in ("Rows", "Pages", "ms", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in found:
        plan = one.plan
        table.add_row(
            one.pattern.name,
            "\n".join(one.indexes) or "none",
            *(
                ("", "not run", "")
                if plan.milliseconds is None
                else (f"{plan.rows:,}", f"{plan.pages:,}", f"{plan.milliseconds:,.1f}")
            ),
            "!" if one.findings else "",
        )
    console.print(table)
    for line in _notes(found):
        console.print(line, soft_wrap=True, highlight=False)


def _notes(found: list[Explained]) -> Iterator[str]:
    for one in found:
        for table, reads in one.pattern.reads.items():
            if reads.in_full and one.plan.milliseconds is None:
                yield (
                    f"[dim]{one.pattern.name} reads {table} in full: {reads.in_full}. "
                    "It is run by --full-passes.[/]"
                )
    warnings = by_mend(found)
    for mend, texts in warnings.items():
        for text, names in texts.items():
            yield f"Warning: {text}: {', '.join(names)}."
        yield f"  To mend it:\n{indent(mend, '    ')}"
    if not warnings:
        yield "Every query is served as promised."
