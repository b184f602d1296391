"""The exported events as Spark's table `public.events`."""

from pathlib import Path
from urllib.parse import unquote, urlparse

from orchestration.core.errors import Failure, UserError
from orchestration.core.event_columns import event_columns
from orchestration.spark.cluster import Cluster

TABLE = "public.events"

# In the order in which Spark tells them.
_COLUMNS = {
    "user_id": "int",
    "course_id": "int",
    "kind": "string",
    "performed_at": "timestamp_ntz",
    "properties": "string",
    "event_date": "date",
}
# Other ids are text, as they are in the files.
_IDS = {"smallint": "smallint", "integer": "int", "bigint": "bigint"}
_CREATE = """
create table {table} ({columns})
using parquet partitioned by (event_date) location '{location}'
"""


def make_events_table(cluster: Cluster, folder: Path) -> None:
    """Make the table over the files, or have it see which days there are now.

    Raises UserError where the folder is none, and Failure where a table of that name
    holds data of its own, or Spark refuses.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise UserError(
            f"{folder} is no folder: fill it with `fast-dau export --to {folder}`."
        )
    cluster.query("create database if not exists public")
    columns = _columns()
    if _existing(cluster) != (folder, columns):
        # An external table: the files stay.
        cluster.query(f"drop table if exists {TABLE}")
        location = str(folder).replace("\\", "\\\\").replace("'", "\\'")
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        cluster.query(_CREATE.format(table=TABLE, columns=listed, location=location))
    cluster.query(f"msck repair table {TABLE} sync partitions")


def _columns() -> dict[str, str]:
    ids = event_columns()
    types = {"user_id": ids.user_id_type, "course_id": ids.course_id_type}
    return _COLUMNS | {name: _IDS.get(kind, "string") for name, kind in types.items()}


def _existing(cluster: Cluster) -> tuple[Path, dict[str, str]] | None:
    """Return where the table's files are, and its columns; None: there is no table."""
    if not cluster.query("show tables in public like 'events'"):
        return None
    rows = cluster.query(f"describe table extended {TABLE}")
    # The columns come first, and one of them may have such a name.
    detail = {str(row[0]): str(row[1]) for row in rows}
    if detail.get("Type") != "EXTERNAL":
        raise Failure(
            f"Spark's {TABLE} is not a table over exported files ("
            f"{detail.get('Type', 'a view')}): rename or drop it first."
        )
    columns = {name: detail.get(name, "") for name in _COLUMNS}
    return Path(unquote(urlparse(detail["Location"]).path)), columns
