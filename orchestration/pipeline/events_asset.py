"""The events table as an asset: the source, and when its newest event happened."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from orchestration.pipeline.dagster_manifest import MANIFEST
from orchestration.pipeline.engine import Reader
from orchestration.pipeline.project import PROJECT
from orchestration.pipeline.translator import TRANSLATOR, duration

_SOURCE = "source.fast_dau.app.events"
EVENTS = TRANSLATOR.get_asset_spec(MANIFEST, _SOURCE, PROJECT)
_FRESHNESS = MANIFEST["sources"][_SOURCE]["freshness"]
WARN_AFTER = duration(_FRESHNESS["warn_after"])
ERROR_AFTER = duration(_FRESHNESS["error_after"])

# An event with a time in the future must not pass for fresh data.
_NEWEST = """
select max(newest.performed_at), now()::timestamp
from (
    select performed_at from {events} as events
    where recorded_at <= {latest} and {condition}
    order by recorded_at desc
    limit 1
) as newest
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


def newest_event(
    reader: Reader,
    condition: str = "true",
    age: timedelta = timedelta(),
    **parameters: Any,
) -> Newest:
    """Read it, of the events that meet a condition and are at least of this age."""
    conditions = [condition]
    if reader.recent_events:
        conditions.insert(0, f"{condition} and {reader.recent_events}")
    for tried in conditions:
        query = _NEWEST.format(
            events=reader.events(),
            latest=reader.recorded(
                f"now()::timestamp - interval '{age // timedelta(minutes=1)} minutes'"
            ),
            condition=tried,
        )
        newest = Newest(*reader.ask(query, **parameters).rows[0])
        if newest.performed_at is not None:
            break
    return newest


def report_events(context: dg.AssetExecutionContext, reader: Reader) -> None:
    """Note that there are newer events, where there are any since it was last noted.

    Only so does the freshness policy of the events follow the data, and not the runs.
    """
    newest = newest_event(reader)
    metadata = newest.metadata()
    before = context.instance.get_latest_materialization_event(EVENTS.key)
    known = (
        before.asset_materialization.metadata.get("newest_event")
        if before and before.asset_materialization
        else None
    )
    if metadata and metadata["newest_event"] != known:
        context.log_event(dg.AssetMaterialization(EVENTS.key, metadata=metadata))
