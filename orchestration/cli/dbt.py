"""`fast-dau dbt`: dbt on this project and database, without any flag."""

from typing import Annotated

import typer

from orchestration.dbt import run_dbt
from orchestration.postgres.connection import database
from orchestration.settings import is_on_spark


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
    if is_on_spark():
        code = run_dbt(wanted, {})
    else:
        with database() as variables:
            code = run_dbt(wanted, variables)
    raise typer.Exit(code)
