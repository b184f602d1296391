"""The role by which Superset reads the tables, and nothing else."""

import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode

from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from orchestration.core.connection import Connection, child_environment, connect
from orchestration.core.errors import Failure
from orchestration.core.settings import rollup_schema
from orchestration.core.statements import failures

ROLE = "fast_dau_dashboards"
_PROGRAM = Path(sys.executable).parent / "fast-dau"


def reader_address(
    variables: Mapping[str, str], password: str, tables: Collection[str]
) -> str:
    """Return the address at which Superset reads these tables, password included.

    Makes the role, or lets it read, where that is still missing. Raises Failure where
    the tables are not built.
    """
    with closing(connect(variables)) as connection:
        _require_tables(connection, tables)
        place = connection.info
        reader = {
            **variables,
            "PGUSER": ROLE,
            "PGPASSWORD": password,
            "PGDATABASE": place.dbname,
        }
        if not _can_read(reader, tables):
            print(f"Letting the role {ROLE} read {rollup_schema()} …", flush=True)
            _make(variables)
            _set_password(connection, password)
            if not _can_read(reader, tables):
                raise Failure(
                    f"The role {ROLE} still cannot read the tables: let the server "
                    "accept its password (pg_hba.conf)."
                )
        where = urlencode({"host": place.host, "port": place.port})
        user = f"{ROLE}:{quote(password, safe='')}"
        return f"postgresql+psycopg2://{user}@/{quote(place.dbname)}?{where}"


def _require_tables(connection: Connection, tables: Collection[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(to_regclass(format('%%I.%%I', %s, name))) "
            "from unnest(%s) as name",
            (rollup_schema(), list(tables)),
        )
        if cursor.fetchone() != (len(tables),):
            raise Failure(
                f"There is nothing to show: {rollup_schema()} does not have all tables "
                "yet, so run `fast-dau demo`, or `fast-dau dbt build` on your own "
                "events, first."
            )


def _can_read(reader: Mapping[str, str], tables: Collection[str]) -> bool:
    try:
        opened = connect(reader)
    except Failure:
        return False
    with closing(opened) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select has_schema_privilege(%(schema)s, 'usage') and bool_and("
            "has_table_privilege(format('%%I.%%I', %(schema)s, name), 'select')) "
            "from unnest(%(tables)s) as name",
            {"schema": rollup_schema(), "tables": list(tables)},
        )
        return cursor.fetchone() == (True,)


def _make(variables: Mapping[str, str]) -> None:
    done = subprocess.run(
        [_PROGRAM, "init", "--reader", ROLE],
        env=child_environment(variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = " ".join((done.stderr or done.stdout).split())
        raise Failure(f"The role {ROLE} could not be made: {reason}")


def _set_password(connection: Connection, password: str) -> None:
    # Encrypted here, so that no log of statements ever has it.
    verifier = encrypt_password(password, ROLE, connection, "scram-sha-256")
    statement = sql.SQL("alter role {} password {}").format(
        sql.Identifier(ROLE), sql.Literal(verifier)
    )
    with (
        connection,
        connection.cursor() as cursor,
        failures(f"Setting the password of {ROLE}"),
    ):
        cursor.execute(statement)
