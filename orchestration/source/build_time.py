"""How long the build of an index will take, by the size of its table."""

from orchestration.core.connection import Connection
from orchestration.core.statements import rows
from orchestration.source.relations import Relation

# Measured with Postgres 18 on two busy cores, on tables of 2 million rows in memory: a
# concurrent build reads the table twice, and sorts what it takes.
_SECONDS_PER_MEGABYTE = 0.0065
_SECONDS_PER_ROW = 2.2e-6
# Shorter builds are over before anybody has read about them.
_WORTH_SAYING = 5

_SIZE = """
select reltuples, pg_relation_size(oid) / 1000000.0 from pg_class where oid = %s
"""
# Of a table that nobody has analyzed.
_ROWS_PER_MEGABYTE = 12_000


def build_time(
    connection: Connection, relation: Relation, *, takes_all_rows: bool
) -> str | None:
    """Return how long a concurrent build will take and how that is known.

    None where it is a matter of seconds. `takes_all_rows`: into the index, and not
    only a few. A slow disk, or a busy server, makes it longer.
    """
    for number, size in rows(connection, _SIZE, relation.oid):
        megabytes = float(size)
        known = number if number >= 0 else megabytes * _ROWS_PER_MEGABYTE
        seconds = megabytes * _SECONDS_PER_MEGABYTE
        seconds += known * _SECONDS_PER_ROW * takes_all_rows
        if seconds >= _WORTH_SAYING:
            return (
                f"about {_in_words(seconds)}, by its {known:,.0f} rows in "
                f"{megabytes:,.0f} MB; longer on a busy server"
            )
    return None


def _in_words(seconds: float) -> str:
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
