"""The events table as an asset: the source, and when its newest event happened."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.answers.questions import execute
from orchestration.pipeline.manifest import MANIFEST
from orchestration.pipeline.project import PROJECT
from orchestration.pipeline.translator import TRANSLATOR, duration
from orchestration.settings import events_table

_SOURCE = "source.fast_dau.app.events"
EVENTS = TRANSLATOR.get_asset_spec(MANIFEST, _SOURCE, PROJECT)
_FRESHNESS = MANIFEST["sources"][_SOURCE]["freshness"]
WARN_AFTER = duration(_FRESHNESS["warn_after"])
ERROR_AFTER = duration(_FRESHNESS["error_after"])

# An event with a time in the future must not pass for fresh data.
_NEWEST = """
select max(performed_at), (now() at time zone 'UTC')
from {events}
where performed_at <= now() at time zone 'UTC'
"""


@dataclass(frozen=True)
class Newest:
    """The newest event, in UTC, as of a moment; None: there are no events."""

    performed_at: datetime | None
    as_of: datetime

    @property
    def lag(self) -> timedelta | None:
        """How long ago it happened."""
        return None if self.performed_at is None else self.as_of - self.performed_at

    def metadata(self) -> dict[str, Any]:
        """Say it in metadata: the time, and the lag in seconds."""
        if self.performed_at is None or self.lag is None:
            return {}
        return {
            "newest_event": dg.MetadataValue.timestamp(
                self.performed_at.replace(tzinfo=UTC)
            ),
            "lag_seconds": round(self.lag.total_seconds()),
        }


def newest_event(connection: Connection) -> Newest:
    """Read it, by the index on performed_at."""
    table = events_table()
    query = sql.SQL(_NEWEST).format(events=sql.Identifier(table.schema, table.name))
    with connection.cursor() as cursor:
        execute(cursor, query.as_string(connection))
        return Newest(*cursor.fetchall()[0])


def report_events(context: dg.AssetExecutionContext, connection: Connection) -> None:
    """Note that there are newer events, where there are any since it was last noted.

    Only so does the freshness policy of the events follow the data, and not the runs.
    """
    newest = newest_event(connection)
    metadata = newest.metadata()
    before = context.instance.get_latest_materialization_event(EVENTS.key)
    known = (
        before.asset_materialization.metadata.get("newest_event")
        if before and before.asset_materialization
        else None
    )
    if metadata and metadata["newest_event"] != known:
        context.log_event(dg.AssetMaterialization(EVENTS.key, metadata=metadata))
