"""Reads the events and the rollup's tables, on whichever engine they are."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from psycopg2 import sql

from orchestration.answers.questions import rendered_question
from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import TableName, events_table, rollup_schema
from orchestration.core.statements import execute
from orchestration.spark.named_server import ask_server
from orchestration.spark.thrift import Result, Server

Row = Mapping[str, Any]


class Reader(Protocol):
    """Asks in SQL that both engines take; times are in UTC, without an offset."""

    # A predicate on events that most newest ones meet, and that spares reading the
    # others; None: nothing is to be spared.
    recent_events: str | None

    def ask(self, query: str, **parameters: Any) -> Result:
        """Run a query, its parameters written `%(name)s`; UserError if it fails."""

    def written(self, table: TableName) -> str:
        """Return the table's name as it stands in a query."""

    def events(self) -> str:
        """Return the events as a query, as `EventColumns.relation` has them."""

    def recorded(self, bound: str) -> str:
        """Return a UTC timestamp as the events have their times."""

    def relation(self, table: TableName) -> tuple[str | None, str]:
        """Return the database of a table, and its name as dbt writes it."""


class PostgresReader:
    """Reads over a connection, whose transactions are its owner's."""

    # There is an index on performed_at.
    recent_events: str | None = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, query: str, **parameters: Any) -> Result:
        """Run a query; UserError if a table is not there, Failure if it is refused."""
        with self._connection.cursor() as cursor:
            execute(cursor, query, parameters)
            columns = tuple(column.name for column in cursor.description or ())
            return Result(columns, cursor.fetchall())

    def written(self, table: TableName) -> str:
        """Return the table's name, quoted where it must be."""
        identifier = sql.Identifier(table.schema, table.name)
        return identifier.as_string(self._connection)

    def events(self) -> str:
        """Return the table's columns, by their roles."""
        return event_columns().relation(events_table()).replace("%", "%%")

    def recorded(self, bound: str) -> str:
        """Return it in the type of their column, so that its index serves."""
        return event_columns().recorded(bound)

    def relation(self, table: TableName) -> tuple[str | None, str]:
        """Return the database connected to, and the name with it."""
        database = self._connection.info.dbname
        return database, f'"{database}"."{table.schema}"."{table.name}"'


class SparkReader:
    """Reads over a session for each query: each sees what is committed by then."""

    # Events are stored by their UTC day.
    recent_events: str | None = "event_date >= current_date - 7"

    def __init__(self, server: Server) -> None:
        """Have Spark see the events' files as they are now, where they are files."""
        self._server = server
        events = self.written(events_table())
        described = self.ask(f"describe extended {events}").rows
        if any(row[0] == "Partition Provider" for row in described):
            self.ask(f"msck repair table {events} sync partitions")
            self.ask(f"refresh table {events}")

    def ask(self, query: str, **parameters: Any) -> Result:
        """Run a query; Failure where the server refuses it or does not answer."""
        return ask_server(self._server, query, parameters)

    def written(self, table: TableName) -> str:
        """Return the table's name, quoted."""
        return f"`{table.schema}`.`{table.name}`"

    def events(self) -> str:
        """Return the table, whose columns have the names of the roles."""
        table = self.written(events_table())
        return f"(select *, performed_at as recorded_at from {table})"  # noqa: S608

    def recorded(self, bound: str) -> str:
        """Return it as it is."""
        return bound

    def relation(self, table: TableName) -> tuple[str | None, str]:
        """Return the name alone: to dbt, Spark's databases are schemas."""
        return None, str(table)


def rollup_table(reader: Reader, name: str) -> str:
    """Return one of the rollup's tables as it stands in a query."""
    return reader.written(TableName(rollup_schema(), name))


def answers(reader: Reader, question: str, first: date, last: date) -> Sequence[Row]:
    """Return the answer to one of dbt_project/analyses, of these days."""
    query = rendered_question(question, lambda name: rollup_table(reader, name))
    answer = reader.ask(query, from_date=first, to_date=last)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def newest_day(reader: Reader) -> date | None:
    """Return the last day in the tables; None: there is none."""
    table = rollup_table(reader, "daily_active_users")
    [(day,)] = reader.ask(f"select max(activity_date) from {table}").rows  # noqa: S608
    newest: date | None = day
    return newest
