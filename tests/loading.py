"""Loads files into a test's events table, and reads back what is there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.source.loading.load import Options, load_events
from orchestration.source.loading.tally import Tally
from orchestration.source.table import init_events_table
from tests.events_tables import EVENTS, fetch


def make_events_table(connection: Connection) -> Connection:
    """Make an empty events table as `fast-dau init` does; return the connection."""
    init_events_table(connection, EVENTS, lambda _: None)
    return connection


@dataclass(frozen=True)
class Loading:
    """The events table of a test, and a folder for the files that it is loaded from."""

    connection: Connection
    folder: Path

    def file(self, content: str | bytes) -> Path:
        """Write a file of this content; return its path."""
        path = self.folder / "events.dat"
        if isinstance(content, str):
            content = content.encode(errors="surrogateescape")
        path.write_bytes(content)
        return path

    def load(
        self,
        content: str | bytes | Path,
        progress: Callable[[int, int | None], None] = lambda done, total: None,  # noqa: ARG005  # called so
        **options: Any,
    ) -> Tally:
        """Load the content, or the file; `options` are those of load.Options."""
        path = content if isinstance(content, Path) else self.file(content)
        return load_events(self.connection, EVENTS, path, Options(**options), progress)

    def refusal(self, content: str | bytes | Path, **options: Any) -> str:
        """Return the one sentence it is refused with, which begins after its path."""
        path = content if isinstance(content, Path) else self.file(content)
        before = self.stored()
        with pytest.raises(UserError) as refused:
            self.load(path, **options)

        assert refused.value.exit_code == 2
        assert self.stored() == before
        sentence = str(refused.value)
        assert "\n" not in sentence
        assert sentence.startswith(str(path))
        assert sentence.endswith(".")
        return sentence.removeprefix(str(path)).removeprefix(", ")

    def stored(self, columns: str = "*") -> list[tuple[Any, ...]]:
        """Return the events in the order in which they were loaded."""
        return fetch(self.connection, f"select {columns} from events order by ctid")
