"""What a run says of each table: days and reasons, rows, and how new the data is."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from orchestration.pipeline.engine import Reader, rollup_table

_REASONS = "select reason from {refresh_days}"
# What `report_changes` in dbt_project/macros/tables has dbt say of a model.
_CHANGES = re.compile(
    r"(?P<rows_written>\d+) rows written, (?P<rows_deleted>\d+) deleted"
    r"(?:, (?P<drift_rows>\d+) missed before)?"
)


class RunReport:
    """What one run says; it reads as little as it can, and each thing once.

    The days are read when refresh_days, or a table that is built from it, is done.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of_table(self, model: Mapping[str, Any], message: str) -> dict[str, Any]:
        """Return the metadata of a table just built, from dbt's model and message."""
        metadata: dict[str, Any] = changes(message)
        # It is built from the days of refresh_days, or is that table.
        days_before = model["meta"].get("influence_days")
        if model["name"] == "refresh_days" or days_before is not None:
            reasons = self._days_by_reason.most_common()
            metadata |= {
                "days_rebuilt": self._days_by_reason.total(),
                "reasons": ", ".join(
                    f"{number} {reason}" for reason, number in reasons
                ),
            }
        # matplotlib takes long to import: not before dbt is at work.
        from orchestration.pipeline.pictures import picture_of  # noqa: PLC0415

        return metadata | picture_of(self._reader, model["name"])

    @cached_property
    def _days_by_reason(self) -> Counter[str]:
        table = rollup_table(self._reader, "refresh_days")
        reasons = self._reader.ask(_REASONS.format(refresh_days=table)).rows
        return Counter(reason for (reason,) in reasons)


def changes(message: str) -> dict[str, int]:
    """Return rows written and deleted, by name, as dbt's message of a model has them.

    A full run also has drift_rows, how many of them ordinary runs had missed. Nothing
    where the message does not say it, as on Spark, which does not count rows.
    """
    found = _CHANGES.search(message)
    if found is None:
        return {}
    return {name: int(text) for name, text in found.groupdict().items() if text}
