"""Loads a user's own events, all or nothing: every record is right, or none is kept."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg2

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.event_columns import event_columns
from orchestration.core.one_ahead import OneAhead
from orchestration.core.settings import TableName
from orchestration.core.statements import failures
from orchestration.source.loading import fields
from orchestration.source.loading.cells import Cells
from orchestration.source.loading.copy_in import copy_events, vacuum_copied
from orchestration.source.loading.mapping import columns_of, left_out
from orchestration.source.loading.opening import open_events
from orchestration.source.loading.records import Batch, EventFile, shown
from orchestration.source.loading.refusals import refusal
from orchestration.source.loading.tally import Tally, new_tally
from orchestration.source.loading.target import Target
from orchestration.source.user_keys import UserKeys

_HINT = " (--hash-users gives each text id an integer)"


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
) -> Tally:
    """Load all events of the file into the table, in one transaction of their own.

    `progress` gets how much was read, and of how much where that is known. Raises
    UserError that names the place in the file where something is wrong, and Failure
    where the server cannot; nothing is loaded then.
    """
    with (
        open_events(path, options.delimiter) as file,
        failures(f"Loading {path} into {table}"),
    ):
        ours = event_columns()
        columns = columns_of(file, options.columns, ours)
        with connection, _without_collector(), OneAhead() as ahead:
            load = _Load(connection, table, file, columns, options, ahead)
            load.tally.left_out = left_out(file, ours)
            for batch in file.batches(columns):
                load.add(batch)
                progress(file.position(), file.total)
    # By now it must not read as if nothing was loaded.
    with failures(f"{path} is loaded into {table}, but vacuuming it then"):
        vacuum_copied(connection, table)
    return load.tally


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
        self.tally = new_tally(connection)
        self._target = Target(connection, table, columns)
        self._hash_users = options.hash_users
        self._has_integers = self._target.columns.user_id_type in {"integer", "bigint"}
        converters = fields.converters(self._target.columns)
        if options.hash_users:
            self._require_integers()
            converters["user_id"] = fields.key
        has_hint = self._has_integers and not options.hash_users
        hints = {"user_id": _HINT} if has_hint else {}
        self._cells = Cells(file, columns, converters, hints)
        self._keys = UserKeys(connection, table, shared=not options.hash_users)

    def add(self, batch: Batch) -> None:
        """Convert the batch and begin to copy it, after the one before is through."""
        texts = self._cells.converted(batch)
        # The connection does one thing at a time: no query while a COPY runs.
        self._ahead.wait()
        if self._hash_users:
            texts["user_id"] = self._keys.ids(texts["user_id"])
        elif self._has_integers:
            self._refuse_ids_of_keys(batch, texts["user_id"])
        self.tally.add(texts["user_id"], texts["performed_at"])
        texts["performed_at"] = self._times(batch, texts["performed_at"])
        rows = zip(*(texts[role] for role in self._target.names), strict=True)
        text = "\n".join(map("\t".join, rows)) + "\n"
        self._ahead.do(partial(self._copy, text, batch))

    def _copy(self, text: str, batch: Batch) -> None:
        try:
            names = list(self._target.names.values())
            copy_events(self._connection, self._table, text, names)
        except psycopg2.Error as error:
            names_in_file = {
                self._target.names[role]: (role, name)
                for role, name in self._columns.items()
            }
            refused = refusal(error, self._table, self._file, names_in_file, batch)
            raise (refused or error) from None

    def _times(self, batch: Batch, times: Sequence[str]) -> Sequence[str]:
        """Return them as the column has them; none may come to be on another day."""
        stored = self._target.stored_times(times)
        self.tally.moved += len(stored.moved)
        for number in stored.to_other_day[:1]:
            zone = self._target.columns.zone
            reason = (
                f"is in an hour that comes twice on the clocks of {zone}, and would be "
                "read as an hour later, on another day"
            )
            raise self._cells.refusal(batch, number, "performed_at", reason)
        return stored.texts

    def _require_integers(self) -> None:
        if not self._has_integers:
            kind = self._target.columns.user_id_type
            raise UserError(
                f"--hash-users gives users integers, and the user ids of {self._table} "
                f"are of type {kind}: leave it out, and ids are loaded as they are."
            )

    def _refuse_ids_of_keys(self, batch: Batch, user_ids: Sequence[str]) -> None:
        """Keep two users apart: an integer of the file, and the same one of a key."""
        owners = self._keys.owners(user_ids)
        for number, user_id in enumerate(user_ids if owners else ()):
            if user_id in owners:
                reason = f"is already the id of the user {shown(owners[user_id])}"
                raise self._cells.refusal(batch, number, "user_id", reason)
