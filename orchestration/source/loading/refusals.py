"""What the server refuses of a batch, told by its place in the file.

The server alone knows jsonb's rules, and the constraints and triggers of a table that
is the user's own; the context of its error has the row's number within the COPY.
"""

import re
from collections.abc import Mapping

import psycopg2

from orchestration.core.errors import UserError
from orchestration.core.settings import TableName
from orchestration.source.loading.records import Batch, EventFile, shown

# Of SQL's error classes, those that are about the data: values, constraints, checks
# of a view, limits, and what a trigger raises.
_DATA_ERRORS = ("22", "23", "44", "54", "P0")


def refusal(
    error: psycopg2.Error,
    table: TableName,
    file: EventFile,
    columns: Mapping[str, tuple[str, str]],
    batch: Batch,
) -> UserError | None:
    """Return the error as one about the file, or None where it is not about data.

    `columns`: by name in the table, ours and the file's.
    """
    code = error.pgcode or ""
    if not code.startswith(_DATA_ERRORS):
        return None
    reason = error.diag.message_primary or str(error)
    if error.diag.message_detail:
        reason += f" ({error.diag.message_detail.rstrip('.')})"
    reason = " ".join(reason.split())
    # In any language: `COPY events, line 2, column properties: …`.
    context = re.search(
        rf"^(?:COPY )?{re.escape(table.name)}\D+(\d+)(.*)",
        error.diag.context or "",
        re.MULTILINE | re.DOTALL,
    )
    if context is None:
        # A constraint that is checked at the end of the statement, such as a key.
        where = f"{file.unit}s {batch.places[0]} to {batch.places[-1]}"
        return UserError(f"{file.name}, {where}: {reason}; nothing was loaded.")
    number = int(context[1]) - 1
    where = f"{file.unit} {batch.places[number]}"
    # A value of a form, or a length, that is left to the server, which names the column
    # before it quotes the value.
    named = context[2].partition('"')[0]
    for column, (ours, theirs) in columns.items():
        if code.startswith(("22", "54")) and f" {column}: " in named:
            where += f", column {theirs}"
            reason = f"{shown(batch.cells[ours][number])} is refused: {reason}"
            break
    return UserError(f"{file.name}, {where}: {reason}; nothing was loaded.")
