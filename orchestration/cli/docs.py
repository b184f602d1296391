"""`fast-dau docs`: dbt's documentation of every table and column, as one file."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from orchestration.core.dbt import own_target, run_dbt
from orchestration.core.errors import Failure, UserError
from orchestration.core.files import write_whole
from orchestration.embedded.database import database

_FILE = "static_index.html"


def docs(
    out: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Where to write the page."),
    ] = Path("fast-dau-docs.html"),
    open_: Annotated[
        bool, typer.Option("--open", help="Show the page in a browser at once.")
    ] = False,
) -> None:
    """Write dbt's documentation: tables, columns, tests and lineage, in one page.

    It needs no server and no network. Sizes are those of the database in use.
    """
    if not out.absolute().parent.is_dir():
        raise UserError(
            f"{out} cannot be written: there is no folder {out.absolute().parent}."
        )
    with database() as variables, own_target() as target:
        print("Reading the project and the database …", flush=True)
        place = ["--target-path", str(target)]
        if run_dbt(["--quiet", "docs", "generate", "--static", *place], variables) != 0:
            raise Failure("dbt could not write the documentation: see above.")
        write_whole(out, (target / _FILE).read_text(encoding="utf-8"))
    print(f"The documentation is in {out.resolve()}")
    if open_:
        webbrowser.open(out.resolve().as_uri())
