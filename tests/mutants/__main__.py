"""Plants every bug, one by one, and says whether the tests find it."""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Annotated

import typer

from orchestration.core.errors import UserError
from orchestration.core.settings import ROOT
from tests.mutants.catalogue import Mutant, Part, chosen, read_mutants
from tests.mutants.trial import Outcome, Verdict, try_out

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def run(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Only bugs with one of these words in them or their file."),
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Only a part of them, such as 1/10.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="How many at a time; default: as many as cores.")
    ] = os.cpu_count() or 1,
) -> None:
    """Plant bugs in copies of the project and run the tests that ought to find them.

    Ends with 1 where one escapes, no longer applies, or cannot be tried.
    """
    mutants = chosen(read_mutants(), Part.parse(part) if part else None, *(words or ()))
    if not mutants:
        raise UserError("There is no such mutant.")
    began = time.monotonic()
    found = 0
    for mutant, outcome in _outcomes(mutants, jobs):
        print(_line(mutant, outcome), flush=True)
        found += outcome.verdict is Verdict.FOUND
    seconds = time.monotonic() - began
    print(f"{found} of {len(mutants)} planted bugs found, in {seconds:.0f} s.")
    if found < len(mutants):
        raise typer.Exit(1)


def _outcomes(mutants: list[Mutant], jobs: int) -> Iterator[tuple[Mutant, Outcome]]:
    """Yield each mutant with its outcome, as they end."""
    with ThreadPoolExecutor(jobs) as executor:
        trials = {executor.submit(try_out, mutant, ROOT): mutant for mutant in mutants}
        try:
            for trial in as_completed(trials):
                yield trials[trial], trial.result()
        finally:
            executor.shutdown(cancel_futures=True)


def _line(mutant: Mutant, outcome: Outcome) -> str:
    line = f"{outcome.verdict.value}: {mutant.bug}"
    match outcome.verdict:
        case Verdict.FOUND:
            return f"{line}\n    {outcome.seconds:.0f} s, by {outcome.by}"
        case Verdict.ESCAPED:
            return f"{line}\n    {outcome.seconds:.0f} s, from {mutant.tests}"
        case _:
            return f"{line}\n    {outcome.by}"


def main() -> None:
    """Run the command line; a mistake ends in one sentence, not a traceback."""
    try:
        app()
    except UserError as error:
        print(f"mutants: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
