"""Loads a user's own events, all or nothing: every record is right, or none is kept."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.one_ahead import OneAhead
from orchestration.core.settings import TableName
from orchestration.core.statements import failures
from orchestration.source.loading import fields
from orchestration.source.loading.copy_in import (
    COLUMNS,
    copy_events,
    refuse_rounded_times,
    vacuum_copied,
)
from orchestration.source.loading.mapping import columns_of
from orchestration.source.loading.opening import open_events
from orchestration.source.loading.plain import is_plain
from orchestration.source.loading.records import NULL, BadCell, Batch, EventFile, shown
from orchestration.source.loading.refusals import refusal
from orchestration.source.user_keys import UserKeys


@dataclass
class Loaded:
    """How many events were loaded, and how many of them the models will reject."""

    events: int = 0
    without_user: int = 0
    without_time: int = 0


@dataclass(frozen=True)
class Options:
    """`columns`: ours to theirs, where they differ; see mapping.parse_columns."""

    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    hash_users: bool = False


def load_events(
    connection: Connection,
    table: TableName,
    path: Path,
    options: Options,
    progress: Callable[[int, int | None], None],
) -> Loaded:
    """Load all events of the file into the table, in one transaction of their own.

    `progress` gets how much was read, and of how much where that is known. Raises
    UserError that names the place in the file where something is wrong, and Failure
    where the server cannot; nothing is loaded then.
    """
    with (
        open_events(path, options.delimiter) as file,
        failures(f"Loading {path} into {table}"),
    ):
        columns = columns_of(file, options.columns)
        refuse_rounded_times(connection, table)
        with connection, _without_collector(), OneAhead() as ahead:
            load = _Load(connection, table, file, columns, options, ahead)
            for batch in file.batches(columns):
                load.add(batch)
                progress(file.position(), file.total)
    # By now it must not read as if nothing was loaded.
    with failures(f"{path} is loaded into {table}, but vacuuming it then"):
        vacuum_copied(connection, table)
    return load.loaded


@contextmanager
def _without_collector() -> Iterator[None]:
    """Stop looking for cycles: a million small lists have none, and it took a third."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Load:
    """One load under way: a batch is converted while the one before it is copied."""

    def __init__(  # noqa: PLR0913, PLR0917  # they are what a load consists of
        self,
        connection: Connection,
        table: TableName,
        file: EventFile,
        columns: Mapping[str, str],
        options: Options,
        ahead: OneAhead,
    ) -> None:
        self._connection = connection
        self._table = table
        self._file = file
        self._columns = columns
        self._ahead = ahead
        self.loaded = Loaded()
        self._hash_users = options.hash_users
        self._converters = dict(fields.CONVERTERS)
        if options.hash_users:
            self._converters["user_id"] = fields.key
        self._keys = UserKeys(connection, table, shared=not options.hash_users)

    def add(self, batch: Batch) -> None:
        """Convert the batch and begin to copy it, after the one before is through."""
        texts = self._convert(batch)
        # The connection does one thing at a time: no query while a COPY runs.
        self._ahead.wait()
        if self._hash_users:
            texts["user_id"] = self._keys.ids(texts["user_id"])
        else:
            self._refuse_ids_of_keys(batch, texts["user_id"])
        self.loaded.events += len(batch.places)
        self.loaded.without_user += texts["user_id"].count(NULL)
        self.loaded.without_time += texts["performed_at"].count(NULL)
        rows = zip(*(texts[column] for column in COLUMNS), strict=True)
        text = "\n".join(map("\t".join, rows)) + "\n"
        self._ahead.do(partial(self._copy, text, batch))

    def _copy(self, text: str, batch: Batch) -> None:
        try:
            copy_events(self._connection, self._table, text)
        except psycopg2.Error as error:
            refused = refusal(error, self._table, self._file, self._columns, batch)
            raise (refused or error) from None

    def _convert(self, batch: Batch) -> dict[str, Sequence[Any]]:
        count = len(batch.places)
        try:
            return {
                column: self._column(column, batch.cells[column])
                if column in batch.cells
                else [NULL] * count
                for column in COLUMNS
            }
        except BadCell:
            raise self._first_bad_cell(batch) from None

    def _column(self, column: str, cells: Sequence[Any]) -> Sequence[Any]:
        converter = self._converters[column]
        if not is_plain(converter, cells):
            return list(map(converter, cells))
        if converter is not fields.key and "" in cells:
            return [cell or NULL for cell in cells]
        return cells

    def _first_bad_cell(self, batch: Batch) -> UserError:
        """Find what `_convert` stopped at, in the file's order, not by column."""
        for number in range(len(batch.places)):
            for column, cells in batch.cells.items():
                try:
                    self._converters[column](cells[number])
                except BadCell as error:
                    return self._bad_cell(batch, number, column, str(error))
        raise AssertionError

    def _bad_cell(
        self, batch: Batch, number: int, column: str, reason: str
    ) -> UserError:
        if column == "user_id" and not self._hash_users:
            reason += " (--hash-users gives each text id an integer)"
        return UserError(
            f"{self._file.name}, {self._file.unit} {batch.places[number]}, column "
            f"{self._columns[column]}: {shown(batch.cells[column][number])} {reason}; "
            "nothing was loaded."
        )

    def _refuse_ids_of_keys(self, batch: Batch, user_ids: Sequence[str]) -> None:
        """Keep two users apart: an integer of the file, and the same one of a key."""
        owners = self._keys.owners(user_ids)
        for number, user_id in enumerate(user_ids if owners else ()):
            if user_id in owners:
                reason = f"is already the id of the user {shown(owners[user_id])}"
                raise self._bad_cell(batch, number, "user_id", reason)
