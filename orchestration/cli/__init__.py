"""The `fast-dau` command: assembles the commands and reports errors."""

import io
import sys
import tomllib
from typing import Annotated, NoReturn

import typer

from orchestration.cli import (
    answers,
    check,
    database,
    dbt,
    demo,
    docs,
    explain,
    export,
    forget,
    generate,
    init,
    load,
    plan,
    product,
    report,
    spark,
    ui,
)
from orchestration.core.errors import Interrupted, UserError
from orchestration.core.interrupts import cancelling_queries
from orchestration.core.settings import ROOT

_NAME, _STOPPED = "fast-dau", "Stopped by Ctrl-C."


def _show_version(is_asked: bool) -> None:
    if is_asked:
        # As it is in the checkout now, whenever that was installed.
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        print(f"fast-dau {project['version']}")
        raise typer.Exit


app = typer.Typer(
    name=_NAME,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # which fills lines anew, whatever the width
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Its arguments are dbt's, its --help too.
_DBT = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
    "help_option_names": [],
}
_PANELS = {
    "Data": (demo.demo, init.init, load.load, generate.generate, export.export),
    "Answers": (
        *(answers.dau, answers.retention, answers.returning, answers.courses),
        *(product.active, product.growth, product.cohorts, report.report),
    ),
    "Trust": (plan.plan, check.check, explain.explain, docs.docs),
}
for panel, commands in _PANELS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.command(rich_help_panel="Production", context_settings=_DBT)(dbt.dbt)
app.command(rich_help_panel="Production")(ui.ui)
# An unknown option is an argument, so that -7 is a user's id.
app.command(
    rich_help_panel="Production", context_settings={"ignore_unknown_options": True}
)(forget.forget)
app.add_typer(database.app, name="db", rich_help_panel="Servers")
app.add_typer(spark.app, name="spark", rich_help_panel="Servers")


@app.callback()
def options(
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=_show_version,
            help="Show the version, and exit.",
        ),
    ] = False,
) -> None:
    """Daily active users and retention of a Postgres table of events."""


def main() -> None:
    """Run the command line; a user's mistake ends in one sentence, not a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As Python has it for stderr: a terminal in Latin-1 lacks … and █.
        sys.stdout.reconfigure(errors="backslashreplace")
    with cancelling_queries() as was_interrupted:
        try:
            app(prog_name=_NAME)
        except Interrupted as error:
            _end(error)
        except UserError as error:
            _end(Interrupted(_STOPPED) if was_interrupted.is_set() else error)
        except SystemExit as ended:
            # As Typer ends, without a word, where Ctrl-C is nobody else's.
            if ended.code != Interrupted.exit_code:
                raise
            _end(Interrupted(_STOPPED))


def _end(error: UserError) -> NoReturn:
    print(f"fast-dau: {error}", file=sys.stderr)
    sys.exit(error.exit_code)
