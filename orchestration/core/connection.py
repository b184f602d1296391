"""Connections to the server that libpq's variables name, as psql and dbt read them."""

import os
import re
from collections.abc import Mapping

import psycopg2

from orchestration.core.demands import demanded
from orchestration.core.errors import Failure, UserError
from orchestration.core.home import user_name
from orchestration.core.interrupts import note_open

# As a type; psycopg2 writes it like a variable.
Connection = psycopg2.extensions.connection

_CONNECT_TIMEOUT_SECONDS = 10


def names_a_server(environment: Mapping[str, str]) -> bool:
    """Tell whether the environment names a server, so that nothing embedded starts."""
    if environment.get("PGHOST"):
        return True
    for name in ("PGHOSTADDR", "PGSERVICE"):
        if environment.get(name):
            raise UserError(
                f"{name} is set, but PGHOST is not: set PGHOST to use that server, or "
                f"unset {name} to use the embedded one."
            )
    return False


def libpq_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that libpq reads, from PGHOST to PGSSLMODE and PGTZ."""
    return {name: text for name, text in environment.items() if name.startswith("PG")}


def child_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment for a child process, such as dbt, on a database."""
    return {**os.environ, **variables}


def connect(environment: Mapping[str, str]) -> Connection:
    """Open a connection in UTC and UTF-8, whose server quotes only names that need it.

    All else is libpq's default.

    Raises Failure with one sentence where the server does not answer or refuses.
    """
    try:
        connection: Connection = psycopg2.connect(
            host=environment.get("PGHOST"),
            port=environment.get("PGPORT") or None,
            user=environment.get("PGUSER") or None,
            password=environment.get("PGPASSWORD") or None,
            dbname=environment.get("PGDATABASE") or None,
            application_name="fast-dau",
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            # Given here, they go before what os.environ demands of another server.
            **demanded(environment),
        )
    except psycopg2.OperationalError as error:
        raise Failure(_explain(str(error), environment)) from None
    # Not start-up options, which connection poolers refuse; and outside of any
    # transaction, whose rollback would take them back.
    connection.autocommit = True
    # Of a database in SQL_ASCII, Python would take nothing but ASCII.
    connection.set_client_encoding("UTF8")
    with connection.cursor() as cursor:
        cursor.execute("set time zone 'UTC'; set quote_all_identifiers = off")
    connection.autocommit = False
    note_open(connection)
    return connection


def _explain(message: str, environment: Mapping[str, str]) -> str:
    user = environment.get("PGUSER") or user_name(os.geteuid())
    name = environment.get("PGDATABASE") or user
    host, port = environment.get("PGHOST"), environment.get("PGPORT") or 5432
    place = f"{host}:{port} (user {user}, database {name})"
    if re.search("password authentication failed|no password supplied", message):
        return f"{place} refused the password: set PGPASSWORD to the one of that user."
    if re.search('role "[^"]*" does not exist', message):
        return f"{place} has no such user: create it there, or correct PGUSER."
    if re.search('database "[^"]*" does not exist', message):
        return f"{place} has no such database: create it there, or correct PGDATABASE."
    # One line for each address of the host, each followed by indented advice.
    last = [line for line in message.splitlines() if not line.startswith("\t")][-1]
    reason = re.sub(r"^connection to server .* failed: (FATAL: *)?", "", last)
    return (
        f"No connection to {place}, {reason.rstrip('.')}: start that server, correct "
        "PGHOST and PGPORT, or unset PGHOST to use the embedded server."
    )
