"""Puts the questions of dbt_project/analyses to the rollup tables.

The command line and people who run the analyses with dbt read the same query: its
variables are rendered as query parameters here, and as literals by dbt.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import jinja2
import psycopg2
from psycopg2 import errors, sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.errors import Failure, UserError
from orchestration.settings import DBT_PROJECT_DIR, events_table, rollup_schema

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


def execute(
    cursor: psycopg2.extensions.cursor,
    query: str,
    parameters: Mapping[str, Any] | None = None,
) -> None:
    """Run a query on the events and the rollup's tables.

    Raises UserError where one of them is not there yet, and Failure where the server
    refuses the query.
    """
    try:
        cursor.execute(query, parameters)
    except errors.UndefinedTable as error:
        missing = str(error).split('"')[1]
        if missing == str(events_table()):
            remedy = (
                "create it with `fast-dau init`, or name yours with the variables "
                "fast_dau_events_schema and fast_dau_events_table"
            )
        else:
            remedy = "build it with `fast-dau dbt build`"
        raise UserError(f"There is no table {missing} yet: {remedy}.") from None
    except psycopg2.Error as error:
        raise Failure(f"The server refused the query: {error}".strip()) from None


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
