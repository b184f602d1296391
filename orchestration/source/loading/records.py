"""What a file of events gives, whatever its format: batches of columns of cells."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from orchestration.core.errors import UserError

NULL = "\\N"  # as COPY has it
MAX_SHOWN = 40


class BadCell(ValueError):  # noqa: N818  # it reads as what it is
    """The cell is refused; the message says why, to follow "value …"."""


@dataclass(frozen=True)
class Batch:
    """Some consecutive records; `cells` by our column name, for the columns it has.

    `places`: the line each record starts on (from 1, the header's), or its row number.
    """

    cells: Mapping[str, Sequence[Any]]
    places: Sequence[int]


class EventFile(Protocol):
    """An open file of events. Reading raises UserError where it is no such file."""

    name: str
    unit: str
    header: list[str]
    total: int | None

    def position(self) -> int:
        """Return how much of `total` was read, in bytes or in rows."""

    def batches(self, columns: Mapping[str, str]) -> Iterator[Batch]:
        """Yield all records; `columns`: our column names and theirs."""


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what goes wrong with the file inside the block into a UserError."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror or error}.") from None


def shown(cell: object) -> str:
    """Return the cell as an error message shows it: quoted, and not too long."""
    text = repr(cell)
    if len(text) <= MAX_SHOWN:
        return text
    # The last character is the closing quote, or bracket.
    return f"{text[: MAX_SHOWN - 2]}…{text[-1]}"
