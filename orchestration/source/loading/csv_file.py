"""Reads CSV in constant memory, and knows on which line each record starts."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import accumulate
from typing import BinaryIO

from orchestration.core.errors import UserError
from orchestration.source.loading.records import Batch, reading

# A batch is some records that together have about this many characters.
BATCH_CHARACTERS = 1 << 20

# Longer ones are a quote that was never closed, or no CSV at all.
MAX_FIELD_CHARACTERS = 16 << 20
MAX_HEADER_CHARACTERS = 1 << 20

_LINE_BREAK = re.compile("\r\n|\r|\n")


class CsvFile:
    """CSV with a header, in UTF-8; see records.EventFile. `total` is in bytes."""

    unit = "line"

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        delimiter: str,
        total: int | None,
        tell: Callable[[], int],
    ) -> None:
        self.name = name
        self.total = total
        self._tell = tell
        self._characters = 0
        # A BOM is skipped where there is one.
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        csv.field_size_limit(MAX_FIELD_CHARACTERS)
        # Strict: a misplaced or unclosed quote is an error, not part of the data.
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        self.header = self._read_header()

    def position(self) -> int:
        """Return the bytes read so far, of the file as it is (packed, if it is)."""
        return self._tell() if self.total is not None else 0

    def batches(self, columns: Mapping[str, str]) -> Iterator[Batch]:
        """Yield all records; blank lines are none."""
        picked = [(ours, self.header.index(theirs)) for ours, theirs in columns.items()]
        while True:
            before = self._reader.line_num
            rows = self._read_rows()
            if not rows:
                return
            if self._reader.line_num - before == len(rows):
                places: range | list[int] = range(before + 1, before + 1 + len(rows))
            else:
                places = _places(rows, before + 1)
            if set(map(len, rows)) != {len(self.header)}:
                rows, places = self._checked(rows, places)
            transposed = list(zip(*rows, strict=True))
            if transposed:
                yield Batch({ours: transposed[i] for ours, i in picked}, places)

    def _lines(self) -> Iterator[str]:
        first = self._text.readline(MAX_HEADER_CHARACTERS)
        if len(first) == MAX_HEADER_CHARACTERS:
            raise UserError(f"{self.name} has no header line: it is no CSV file.")
        yield first
        for line in self._text:
            self._characters += len(line)
            yield line

    def _read_header(self) -> list[str]:
        with self._reading():
            try:
                header = [name.strip() for name in next(self._reader)]
            except csv.Error as error:
                raise UserError(f"{self.name}, line 1: {_why(error)}.") from None
        if not any(header):
            raise UserError(
                f"{self.name} is empty, or its first line is: it needs a header line "
                "with the names of its columns."
            )
        for name in filter(None, header):
            if header.count(name) > 1:
                raise UserError(
                    f"{self.name}, line 1: there are {header.count(name)} columns "
                    f"named {name}, so that one cannot be told from the other."
                )
        return header

    def _read_rows(self) -> list[list[str]]:
        rows: list[list[str]] = []
        start = self._reader.line_num + 1
        self._characters = 0
        with self._reading():
            try:
                for row in self._reader:
                    rows.append(row)
                    if self._characters > BATCH_CHARACTERS:
                        break
            except csv.Error as error:
                place = _places([*rows, []], start)[-1]
                raise UserError(f"{self.name}, line {place}: {_why(error)}.") from None
        return rows

    def _checked(
        self, rows: list[list[str]], places: range | list[int]
    ) -> tuple[list[list[str]], list[int]]:
        """Return the rows without blank lines; refuse another number of fields."""
        kept = [(row, place) for row, place in zip(rows, places, strict=True) if row]
        for row, place in kept:
            if len(row) != len(self.header):
                raise UserError(
                    f"{self.name}, line {place}: it has {len(row)} fields, but the "
                    f"header has {len(self.header)}; nothing was loaded."
                )
        return [row for row, _ in kept], [place for _, place in kept]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with reading(self.name):
                yield
        except UnicodeDecodeError as error:
            breaks = len(re.findall(rb"\r\n|\r|\n", error.object[: error.start]))
            raise UserError(
                f"{self.name}, line {self._reader.line_num + 1 + breaks}: byte "
                f"0x{error.object[error.start]:02x} is not UTF-8; convert the file, "
                "such as with iconv, and load that."
            ) from None


def _places(rows: list[list[str]], first: int) -> list[int]:
    """Return the line that each row starts on; the first one is on line `first`."""
    breaks = (sum(len(_LINE_BREAK.findall(field)) for field in row) for row in rows)
    return list(accumulate((1 + n for n in breaks), initial=first))[:-1]


def _why(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quote is opened here and never closed"
    if "field limit" in text:
        return (
            f"a field is longer than {MAX_FIELD_CHARACTERS:,} characters; maybe a "
            "quote is never closed"
        )
    if "expected after" in text:
        return (
            "a quote ends in the middle of a field; a quote that is part of the text "
            "is written twice"
        )
    return text
