"""`fast-dau report`: the numbers as one page of HTML, for people who read them."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.core.files import write_whole
from orchestration.embedded.database import connected


def report(
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The page; what is there is replaced.")
    ],
    days: Annotated[
        int, typer.Option(min=14, max=1000, help="Days shown, up to the newest.")
    ] = 90,
) -> None:
    """Write one HTML page of charts and tables, which needs no server to be read."""
    # Matplotlib takes half a second to import, which no other command has to wait for.
    from orchestration.answers.report.numbers import read_numbers  # noqa: PLC0415
    from orchestration.answers.report.page import page  # noqa: PLC0415

    with connected() as connection:
        numbers = read_numbers(connection, days)
    write_whole(out, page(numbers))
    print(f"The report is at {out.resolve()}")
