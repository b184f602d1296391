"""The tables that are recounted, and what of them is compared."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.core.manifest import manifest, models, tables

QUERIES = Path(__file__).parent / "queries"
# How often a day has changed, and from what, no event tells.
_OF_EARLIER_RUNS = {"first_dau", "revisions_count", "last_revised_at"}


@dataclass(frozen=True)
class Table:
    """One table: its key, which columns are compared, and the query that compares them.

    `days_before` is how many days before a day have events that count for its rows;
    `looks_further`: users' first and last days do too, however far away.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    days_before: int
    looks_further: bool
    subject: str

    @property
    def is_by_day(self) -> bool:
        """Whether what it holds of a day is its rows with that `activity_date`."""
        return "activity_date" in self.key

    @property
    def row_key(self) -> list[str]:
        """What tells the rows of a day apart; empty: there is one a day."""
        return [column for column in self.key if column != "activity_date"]

    @property
    def rows(self) -> str:
        """What the rows of a day are, in the plural."""
        return "users" if "user_id" in self.key else "rows"


@cache
def recounted() -> tuple[Table, ...]:
    """Return the tables that there is a recount of: a query that has their name."""
    subjects = {name: subject for name in tables() if (subject := _subject(name))}
    days_before = max(_influence_days(name) for name in subjects)
    return tuple(
        _table(name, subject, days_before) for name, subject in subjects.items()
    )


def days_looked_back() -> int:
    """Return how many days before those compared are counted too."""
    return max(table.days_before for table in recounted())


def switched_off() -> set[str]:
    """Return the tables that would be recounted, and are not to be built."""
    disabled = manifest()["disabled"].values()
    return {
        node["name"] for nodes in disabled for node in nodes if _subject(node["name"])
    }


def _subject(name: str) -> str | None:
    for path in QUERIES.rglob("*.sql"):
        if re.search(rf"^(with )?{name} as ", path.read_text(), re.MULTILINE):
            return "user_days" if path.parent.name == "recount" else path.stem
    return None


def _table(name: str, subject: str, days_before: int) -> Table:
    config = models()[name]["config"]
    key = config["unique_key"]
    key = (key,) if isinstance(key, str) else tuple(key)
    looks_further = not config["meta"].keys().isdisjoint({"moves_with", "grain"})
    return Table(
        name=name,
        key=key,
        columns=tuple(
            column
            for column in models()[name]["columns"]
            if column not in {*key, *_OF_EARLIER_RUNS}
        ),
        days_before=days_before if looks_further else _influence_days(name),
        looks_further=looks_further,
        subject=subject,
    )


def _influence_days(name: str) -> int:
    days: Any = models()[name]["config"]["meta"]["influence_days"]
    return days or 0
