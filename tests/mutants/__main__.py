"""Plants every bug, one by one, and says whether the tests find it."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Annotated

import typer

from orchestration.core.errors import UserError
from orchestration.core.settings import ROOT
from tests.mutants.catalogue import chosen, read_mutants
from tests.mutants.trial import Verdict, try_out


def run(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Only bugs with one of these words in them or their file."),
    ] = None,
    part: Annotated[
        str, typer.Option(help="Only a part of them, such as 1/10.")
    ] = "1/1",
    jobs: Annotated[
        int, typer.Option(min=1, help="How many at a time; default: as many as cores.")
    ] = os.cpu_count() or 1,
) -> None:
    """Plant bugs in copies of the project and run the tests that ought to find them.

    Ends with 1 where one escapes, no longer applies, or cannot be tried.
    """
    mutants = chosen(read_mutants(), part, words)
    if not mutants:
        raise UserError("There is no such mutant.")
    began = time.monotonic()
    found = 0
    with ThreadPoolExecutor(jobs) as executor:
        trials = {executor.submit(try_out, mutant, ROOT): mutant for mutant in mutants}
        try:
            for trial in as_completed(trials):
                outcome = trial.result()
                print(f"{outcome.verdict.value}: {trials[trial].bug}")
                print(f"    {outcome.seconds:.0f} s, {outcome.by}", flush=True)
                found += outcome.verdict is Verdict.FOUND
        finally:
            executor.shutdown(cancel_futures=True)
    seconds = time.monotonic() - began
    print(f"{found} of {len(mutants)} planted bugs found, in {seconds:.0f} s.")
    if found < len(mutants):
        raise typer.Exit(1)


if __name__ == "__main__":
    try:
        typer.run(run)
    except UserError as error:
        print(f"mutants: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
