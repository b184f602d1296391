"""Integer ids for users who are known by text: stable, and never one id for two.

An id is a hash of the user's key, so that ids tell nothing of the order of arrival.
The table of keys settles collisions: the first key has the id, the second one gets
another, and both keep theirs in every later load.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import TableName
from orchestration.source.ddl import MAX_NAME_BYTES, joined_name, quoted
from orchestration.source.loading.records import NULL, shown

_SUFFIX = "_user_keys"
_MAX_ATTEMPTS = 1000


def keys_table(events: TableName) -> TableName:
    """Return the name of the table of keys: `<events>_user_keys`, beside it."""
    name = events.name + _SUFFIX
    if len(name.encode()) > MAX_NAME_BYTES:
        # Cut, two tables' long names could become one.
        digest = blake2b(events.name.encode(), digest_size=4).hexdigest()
        name = joined_name(events.name, f"_{digest}{_SUFFIX}")
    return TableName(events.schema, name)


class UserKeys:
    """The keys of one events table, within the connection's transaction.

    One load at a time may give out ids, and none without keys (`shared`) runs beside
    it: the transaction's end lets the next in. Remembers the keys that it has seen, so
    its memory grows with the distinct users of a load. `space`: ids are from 1 to it.
    """

    def __init__(
        self,
        connection: Connection,
        events: TableName,
        *,
        shared: bool = False,
        space: int = 2**31 - 1,
    ) -> None:
        self._connection = connection
        self._events = events
        self._space = space
        self._table = keys_table(events)
        self._known: dict[str, str] = {"": NULL}
        self._foreign: set[int] | None = None
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        self._rows(f"select {lock}(hashtextextended(%s, 0))", str(self._table))
        name = quoted(connection, self._table)
        self._exists = self._rows("select to_regclass(%s)", name) != [(None,)]

    def ids(self, keys: Sequence[str]) -> list[str]:
        """Return the COPY text of each key's id, giving new keys new ids.

        Raises Failure where no id is left.
        """
        new = [key for key in dict.fromkeys(keys) if key not in self._known]
        if new:
            self._create()
            known = self._rows(
                "select user_key, user_id from {keys} where user_key = any(%s)", new
            )
            self._known.update((key, str(user_id)) for key, user_id in known)
            unknown = [key for key in new if key not in self._known]
            if unknown:
                self._assign(unknown)
        return list(map(self._known.__getitem__, keys))

    def owners(self, user_ids: Iterable[str]) -> dict[str, str]:
        """Return, of these ids, the ones that belong to keys, and the keys."""
        if not self._exists:
            return {}
        wanted = [int(text) for text in set(user_ids) - {NULL}]
        rows = self._rows(
            "select user_id, user_key from {keys} where user_id = any(%s)", wanted
        )
        return {str(user_id): key for user_id, key in rows}

    def _assign(self, keys: list[str]) -> None:
        assigned: dict[int, str] = {}
        waiting = keys
        for attempt in range(_MAX_ATTEMPTS):
            candidates = {key: self._hash(key, attempt) for key in waiting}
            taken = self._taken(list(candidates.values()))
            waiting = [
                key
                for key, user_id in candidates.items()
                if user_id in taken or assigned.setdefault(user_id, key) != key
            ]
            if not waiting:
                break
        else:
            raise Failure(f"{self._table} has no id left for {shown(waiting[0])}.")
        self._rows(
            "insert into {keys} (user_id, user_key) select * from unnest(%s, %s)",
            list(assigned),
            list(assigned.values()),
        )
        self._known.update((key, str(user_id)) for user_id, key in assigned.items())

    def _hash(self, key: str, attempt: int) -> int:
        salt = attempt.to_bytes(16, "big")
        digest = blake2b(key.encode(), digest_size=8, salt=salt).digest()
        return int.from_bytes(digest, "big") % self._space + 1

    def _taken(self, user_ids: list[int]) -> set[int]:
        """Return which ids are another key's, or a user's who never had a key."""
        if self._foreign is None:
            # One scan of the events, or a hash could be some integer user's id.
            self._foreign = self._column(
                "select distinct {user} from {events} where {user} is not null "
                "except select user_id from {keys}"
            )
        ours = self._column(
            "select user_id from {keys} where user_id = any(%s)", user_ids
        )
        return ours | self._foreign.intersection(user_ids)

    def _create(self) -> None:
        if not self._exists:
            self._rows(
                "create table {keys} (user_key text primary key, "
                "user_id int not null unique)"
            )
            self._exists = True

    def _column(self, query: str, *arguments: object) -> set[int]:
        return {row[0] for row in self._rows(query, *arguments)}

    def _rows(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        statement = sql.SQL(query).format(
            keys=sql.Identifier(self._table.schema, self._table.name),
            events=sql.Identifier(self._events.schema, self._events.name),
            user=sql.Identifier(str(event_columns().name("user_id"))),
        )
        with self._connection.cursor() as cursor:
            cursor.execute(statement, arguments)
            return cursor.fetchall() if cursor.description else []
