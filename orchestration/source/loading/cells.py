"""The cells of a file become what COPY takes, or the first bad one is named."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.core.errors import UserError
from orchestration.source.loading import fields
from orchestration.source.loading.plain import is_plain
from orchestration.source.loading.records import NULL, BadCell, Batch, EventFile, shown


class Cells:
    """Converts batches of a file, whose `columns` are ours and theirs.

    `hints`: by our column, what the refusal of a cell ends with.
    """

    def __init__(
        self,
        file: EventFile,
        columns: Mapping[str, str],
        converters: Mapping[str, fields.Converter],
        hints: Mapping[str, str],
    ) -> None:
        self._file = file
        self._columns = columns
        self._converters = converters
        self._hints = hints

    def converted(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the columns as COPY text; UserError names the first bad cell."""
        try:
            return {
                column: self._column(column, cells)
                for column, cells in batch.cells.items()
            }
        except BadCell:
            raise self._first_refusal(batch) from None

    def refusal(self, batch: Batch, number: int, column: str, reason: str) -> UserError:
        """Return the error that a cell is not accepted, to be raised."""
        return UserError(
            f"{self._file.name}, {self._file.unit} {batch.places[number]}, column "
            f"{self._columns[column]}: {shown(batch.cells[column][number])} "
            f"{reason}{self._hints.get(column, '')}; nothing was loaded."
        )

    def _column(self, column: str, cells: Sequence[Any]) -> Sequence[Any]:
        converter = self._converters[column]
        if not is_plain(converter, cells):
            return list(map(converter, cells))
        if converter is not fields.key and "" in cells:
            return [cell or NULL for cell in cells]
        return cells

    def _first_refusal(self, batch: Batch) -> UserError:
        """Find what `converted` stopped at, in the file's order, not by column."""
        for number in range(len(batch.places)):
            for column, cells in batch.cells.items():
                try:
                    self._converters[column](cells[number])
                except BadCell as error:
                    return self.refusal(batch, number, column, str(error))
        raise AssertionError
