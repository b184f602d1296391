"""Which triggers of the change log there are, and which tables they do not watch."""

from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName
from orchestration.core.statements import failures
from orchestration.source.ddl import joined_name, quoted
from orchestration.source.relations import Relation

ROW_TRIGGERS = ("fast_dau_log_insert", "fast_dau_log_update", "fast_dau_log_delete")
TRIGGERS = (*ROW_TRIGGERS, "fast_dau_log_truncate")

# Those that call the log's function, wherever they are: a table that another one took
# the place of still has them. And those of our names on the events.
_TRIGGERS_THERE = """
select
    tgrelid,
    nspname,
    relname,
    tgname,
    tgparentid <> 0,
    tgenabled = 'A' and tgfoid is not distinct from to_regprocedure(%(log)s || '()'),
    encode(tgargs, 'escape')
from pg_trigger
join pg_class on pg_class.oid = tgrelid
join pg_namespace on pg_namespace.oid = relnamespace
where tgfoid = to_regprocedure(%(log)s || '()')
    or (tgrelid = any(%(relations)s::oid[]) and tgname = any(%(names)s))
order by nspname, relname, tgname
"""

_TABLES_THERE = """
select to_regclass(%(log)s) is not null, to_regclass(%(rollups)s) is not null
"""


@dataclass(frozen=True)
class Trigger:
    """A trigger of the log; `is_always_on`: it calls the log's function, for any row.

    `is_clone`: Postgres made it on a partition, and keeps it like its parent's.
    """

    relation: int
    schema: str
    table: str
    name: str
    is_clone: bool
    is_always_on: bool
    arguments: str


@dataclass(frozen=True)
class Watch:
    """What there is of the log of the events in `tree`: triggers, log, its rollups."""

    tree: list[Relation]
    triggers: list[Trigger]
    has_log: bool
    has_rollups: bool

    def unwatched(self, arguments: str | None = None) -> list[Relation]:
        """Return the tables that lack a trigger, or one with these arguments."""
        misplaced = self.misplaced()
        found = {
            (trigger.relation, trigger.name)
            for trigger in self.triggers
            if trigger.is_always_on
            and arguments in (None, trigger.arguments)
            and trigger not in misplaced
        }
        return [
            relation
            for relation in self.tree
            if not found.issuperset((relation.oid, name) for name in _wanted(relation))
        ]

    def misplaced(self) -> list[Trigger]:
        """Return triggers that are to go: of other tables, and partitions' own."""
        own = {
            (relation.oid, name)
            for relation in watched_by_themselves(self.tree)
            for name in TRIGGERS
        }
        return [
            trigger
            for trigger in self.triggers
            if not trigger.is_clone and (trigger.relation, trigger.name) not in own
        ]


def watched_by_themselves(tree: list[Relation]) -> list[Relation]:
    """Return the tables that need their own triggers: partitions get their parent's."""
    return [relation for relation in tree if relation.parent is None]


def change_log_table(table: TableName) -> TableName:
    """Return the log's name, beside the events table, as dbt's change_log() has it."""
    return TableName(table.schema, joined_name(table.name, "_change_log"))


def log_rollups_table(table: TableName) -> TableName:
    """Return the name of the table of the rollups that read the log, beside it."""
    return TableName(table.schema, joined_name(table.name, "_change_log_rollups"))


def find_watch(connection: Connection, table: TableName, tree: list[Relation]) -> Watch:
    """Look up what there is of the change log of the events."""
    values = {
        "log": quoted(connection, change_log_table(table)),
        "rollups": quoted(connection, log_rollups_table(table)),
        "relations": [relation.oid for relation in tree],
        "names": list(TRIGGERS),
    }
    with connection.cursor() as cursor, failures(f"Looking up {table}"):
        cursor.execute(_TRIGGERS_THERE, values)
        triggers = [Trigger(*row) for row in cursor.fetchall()]
        cursor.execute(_TABLES_THERE, values)
        return Watch(tree, triggers, *cursor.fetchall()[0])


def _wanted(relation: Relation) -> tuple[str, ...]:
    return TRIGGERS if relation.parent is None else ROW_TRIGGERS
