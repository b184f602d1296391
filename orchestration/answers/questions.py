"""Puts the questions of dbt_project/analyses to the rollup tables.

The command line and people who run the analyses with dbt read the same query: its
variables are rendered as query parameters here, and as literals by dbt.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import jinja2
import psycopg2
from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.settings import DBT_PROJECT_DIR, rollup_schema
from orchestration.core.statements import execute

_ROWS_AT_A_TIME = 10_000


@dataclass(frozen=True)
class Answer:
    """Column names, and the rows, which can be read once, as they arrive."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def ask(connection: Connection, question: str, **parameters: date | str) -> Answer:
    """Run the analysis of this name, its variables given by parameters.

    Raises UserError where its table has not been built yet.
    """
    # A named cursor: a list of users can be longer than memory is wide.
    cursor = connection.cursor("answer")
    cursor.itersize = _ROWS_AT_A_TIME
    execute(cursor, question_query(connection, question), parameters)
    first = cursor.fetchmany(_ROWS_AT_A_TIME)
    columns = tuple(column.name for column in cursor.description or ())
    return Answer(columns, _rest(first, cursor))


def newest_day(connection: Connection, *, complete: bool = False) -> date | None:
    """Return the last day in the tables, or the last that was over; None: no day."""
    table = sql.Identifier(rollup_schema(), "daily_active_users")
    query = sql.SQL("select max(activity_date) from {} where {}").format(
        table, sql.SQL("is_complete" if complete else "true")
    )
    with connection.cursor() as cursor:
        execute(cursor, query.as_string(cursor))
        row = cursor.fetchone()
    newest: date | None = row[0] if row else None
    return newest


def _rest(
    first: list[tuple[Any, ...]], cursor: psycopg2.extensions.cursor
) -> Iterator[tuple[Any, ...]]:
    yield from first
    yield from cursor
    cursor.close()


def question_query(connection: Connection, question: str) -> str:
    """Return the query of an analysis, its parameters still to be given."""

    def ref(model: str) -> str:
        return sql.Identifier(rollup_schema(), model).as_string(connection)

    return rendered_question(question, ref)


def rendered_question(question: str, ref: Callable[[str], str]) -> str:
    """Return the same query on tables of which `ref` says how they are written."""

    def setting(name: str) -> str:
        return f"%({name})s"

    template = (DBT_PROJECT_DIR / "analyses" / f"{question}.sql").read_text()
    # The query is a file of this project, rendered as SQL, not as a web page.
    environment = jinja2.Environment(autoescape=False)  # noqa: S701
    return environment.from_string(template).render(
        ref=ref, setting=setting, string_literals=", ".join
    )
