"""Which indexes the events table lacks, and the DDL that blocks no writer."""

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.source.build_time import build_time
from orchestration.source.ddl import Step, joined_name
from orchestration.source.index_catalog import (
    Definition,
    Index,
    definitions,
    is_taken,
    same_indexes,
    serving_indexes,
)
from orchestration.source.relations import Relation


class IndexPlan:
    """The steps that give each table of the tree, as `tree_of` has it, its indexes."""

    def __init__(self, connection: Connection, tree: list[Relation]) -> None:
        self.steps: list[Step] = []
        self._connection = connection
        self._tree = tree
        self._planned: set[tuple[str, str]] = set()
        self._dropped: set[tuple[str, str]] = set()
        for relation in tree:
            if relation.parent is None:
                for definition in definitions(event_columns()):
                    # One of the user's own, of all partitions too, which need not be
                    # such as can be attached.
                    if not serving_indexes(connection, definition, relation):
                        self._ensure(definition, relation, None)

    def _ensure(
        self, definition: Definition, relation: Relation, parent: Index | None
    ) -> Index:
        """Plan the index of one relation, its partitions first; return the index."""
        found = self._usable(definition, relation, parent)
        if relation.kind != "p":
            if found and not found.valid:
                self._drop(found)
                found = None
            return found or self._create(definition, relation)
        if found and found.valid:
            return found
        children = [
            self._ensure(definition, part, found)
            for part in self._tree
            if part.parent == relation.oid
        ]
        index = found or self._create(definition, relation)
        for child in children:
            if not found or child.attached_to != found.oid:
                self._attach(index, child)
        return index

    def _usable(
        self, definition: Definition, relation: Relation, parent: Index | None
    ) -> Index | None:
        """Find the index in the catalog: attached to `parent`, or not attached yet."""
        found = same_indexes(self._connection, definition, relation)
        if parent:
            found.sort(key=lambda index: index.attached_to != parent.oid)
        for index in found:
            # Not one of those that hang elsewhere than this plan would attach it.
            if (
                index.attached_to is None
                or relation.parent is None
                or (parent and index.attached_to == parent.oid)
            ):
                return index
        return None

    def _drop(self, index: Index) -> None:
        name = self._quoted(index.schema, index.name)
        self._dropped.add((index.schema, index.name))
        self.steps.append(
            Step(
                f"drop index concurrently {name}",
                f"dropping invalid index {index.schema}.{index.name}, left behind by a "
                "cancelled build (writers are not blocked)",
                concurrent=True,
            )
        )

    def _create(self, definition: Definition, relation: Relation) -> Index:
        schema, name = relation.schema, self._free_name(definition, relation)
        leaf = relation.kind != "p"
        time = build_time(
            self._connection, relation, takes_all_rows=definition.null_column is None
        )
        how = f"writers are not blocked{f'; {time}' if time else ''}"
        self.steps.append(
            Step(
                f"create index {'concurrently ' if leaf else ''}{self._quoted(name)} "
                f"on {'' if leaf else 'only '}{self._quoted(schema, relation.name)} "
                f"{definition.ddl}",
                f"creating index {schema}.{name} "
                + (f"({how})" if leaf else "(of its partitions')"),
                concurrent=leaf,
            )
        )
        return Index(0, schema, name, valid=leaf, attached_to=None, built_by=None)

    def _attach(self, index: Index, child: Index) -> None:
        self.steps.append(
            Step(
                f"alter index {self._quoted(index.schema, index.name)} "
                f"attach partition {self._quoted(child.schema, child.name)}",
                f"attaching {child.schema}.{child.name} to {index.schema}.{index.name}",
            )
        )

    def _free_name(self, definition: Definition, relation: Relation) -> str:
        """Return the usual name, or the first numbered one that nothing else has."""
        number = 0
        while True:
            suffix = definition.suffix + (f"_{number}" if number else "")
            name = (relation.schema, joined_name(relation.name, suffix))
            is_free = name in self._dropped or not is_taken(self._connection, *name)
            if is_free and name not in self._planned:
                self._planned.add(name)
                return name[1]
            number += 1

    def _quoted(self, *names: str) -> str:
        return sql.Identifier(*names).as_string(self._connection)
