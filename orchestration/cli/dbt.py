"""`fast-dau dbt`: dbt on this project and database, without any flag."""

from argparse import ArgumentParser
from collections.abc import Mapping
from contextlib import closing
from typing import Annotated

import typer

from orchestration.core.connection import connect
from orchestration.core.dbt import run_dbt
from orchestration.core.errors import UserError
from orchestration.core.settings import is_on_spark, rollup_schema
from orchestration.embedded.database import database

_LACKING = """
select
    format('create schema %%I authorization %%I', schema, current_user),
    format('grant create on database %%I to %%I', current_database(), current_user)
from (values (%s)) as wanted (schema)
where to_regnamespace(quote_ident(schema)) is null
    and not has_database_privilege(current_database(), 'create')
"""


# dbt's own option, as far as it matters here.
_TARGET = ArgumentParser(allow_abbrev=False, add_help=False, exit_on_error=False)
_TARGET.add_argument("--target", "-t", nargs="?")


def dbt(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="What dbt is to do, such as `build`.", metavar="ARGS..."),
    ] = None,
) -> None:
    """Run dbt on this project; all arguments are dbt's own.

    Such as `fast-dau dbt build`, `fast-dau dbt test` or
    `fast-dau dbt build --vars 'fast_dau_refresh: full'`. The exit code is dbt's.
    """
    wanted = arguments or ["--help"]
    target = _TARGET.parse_known_args(wanted)[0].target
    if is_on_spark(target):
        code = run_dbt(wanted, {})
    else:
        with database() as variables:
            if {"build", "run"}.intersection(wanted):
                _require_schema(rollup_schema(target), variables)
            code = run_dbt(wanted, variables)
    raise typer.Exit(code)


def _require_schema(schema: str, variables: Mapping[str, str]) -> None:
    """Raise UserError where dbt could not make the schema, before any hook."""
    with closing(connect(variables)) as connection, connection.cursor() as cursor:
        cursor.execute(_LACKING, (schema,))
        if lacking := cursor.fetchone():
            raise UserError(
                f"There is no schema {schema}, which this role may not create:"
                f" have the database's owner run `{lacking[0]};`, or `{lacking[1]};`."
            )
