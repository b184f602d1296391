"""What somebody has to know of a run that has ended: in words, and for a program."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import dagster as dg
from dagster import DagsterEventType

_TOLD = {
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.ASSET_MATERIALIZATION,
}


@dataclass(frozen=True)
class Alert:
    """A run that failed, or that found something wrong.

    `errors` say why it failed, and are empty where it did not; `failed_checks` are of
    the severity ERROR, as `table: check`; `drift_rows` counts, by table, the rows that
    ordinary runs had missed. `url` is that of its page, where Dagster's is known.
    """

    job: str
    run_id: str
    errors: Sequence[str]
    failed_checks: Sequence[str]
    drift_rows: dict[str, int]
    url: str | None

    def in_words(self) -> str:
        """Return it as text of several lines."""
        return "\n".join(self._lines())

    def as_json(self) -> dict[str, Any]:
        """Return its fields, and the words as `text`."""
        return {"text": self.in_words(), **asdict(self)}

    def _lines(self) -> Iterator[str]:
        ended = "failed" if self.errors else "ended well, and found something wrong"
        yield f"fast-dau: the run {self.run_id[:8]} of {self.job} {ended}."
        yield from self.errors
        for check in self.failed_checks:
            yield f"Failed check: {check}"
        for table, rows in self.drift_rows.items():
            yield f"Drift: {rows:,} rows of {table}, which ordinary runs had missed"
        if self.url:
            yield self.url


def alert_of(
    instance: dg.DagsterInstance,
    run: dg.DagsterRun,
    errors: Sequence[str],
    dagster_url: str | None,
) -> Alert | None:
    """Return what there is to know of a run that has ended; None: all is well."""
    checks: list[str] = []
    drift: dict[str, int] = {}
    for entry in instance.all_logs(run.run_id, of_type=_TOLD):
        if check := entry.asset_check_evaluation:
            if not check.passed and check.severity is dg.AssetCheckSeverity.ERROR:
                checks.append(f"{check.asset_key.to_user_string()}: {check.check_name}")
        elif table := entry.asset_materialization:
            rows = table.metadata.get("drift_rows")
            if rows and isinstance(rows.value, int) and rows.value:
                drift[table.asset_key.to_user_string()] = rows.value
    if not (errors or checks or drift):
        return None
    url = f"{dagster_url.rstrip('/')}/runs/{run.run_id}" if dagster_url else None
    return Alert(run.job_name, run.run_id, errors, checks, drift, url)
