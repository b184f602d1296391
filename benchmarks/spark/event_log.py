"""What each model read, shuffled and wrote, by Spark's own event log.

The events are those of `org.apache.spark.scheduler` and `…sql.execution.ui`, as Spark's
history server reads them, one JSON object a line.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# dbt's comment at the head of each statement (`query-comment` in dbt_project.yml).
_COMMENT = re.compile(r"/\* fast-dau (\S+) model\.fast_dau\.(\w+) \*/")
# Counters of a scan, by Spark's names. What tasks say that they have read is of no use:
# it leaves out what was read through vectored reads.
_OF_A_SCAN = {
    "number of partitions read": "days_read",
    "size of files read": "read_bytes",
}


def logged_to(folder: Path) -> dict[str, str]:
    """Return the configuration of a cluster that keeps its log in a folder.

    One file of plain JSON, to be read while it is written.
    """
    return {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": folder.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
    }


@dataclass
class Work:
    """The work of one model in one run; bytes as stored, seconds of all tasks added.

    Files that were opened count whole, whatever columns and rows of them were read.
    """

    read_bytes: int = 0
    shuffled_bytes: int = 0
    written_bytes: int = 0
    task_seconds: float = 0
    days_read: int = 0


def work_by_model(log: Path) -> dict[str, dict[str, Work]]:
    """Return the work by dbt's run and model; what tasks did again counts again."""
    ledger = _Ledger()
    for event in _events(log):
        ledger.note(event["Event"].rpartition(".")[2], event)
    return ledger.found


class _Ledger:
    """Whose work each statement, stage and scan is, as far as the log was read."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Work]] = defaultdict(lambda: defaultdict(Work))
        self._statements: dict[int, Work] = {}
        self._stages: dict[int, Work] = {}
        self._scans: dict[int, tuple[Work, str]] = {}

    def note(self, kind: str, event: dict[str, Any]) -> None:
        """Add what an event says, if it is of a model."""
        if kind == "SparkListenerSQLExecutionStart":
            self._begin(event)
        elif kind == "SparkListenerSQLAdaptiveExecutionUpdate":
            self._plan(event)
        elif kind == "SparkListenerJobStart":
            statement = event.get("Properties", {}).get("spark.sql.execution.id", -1)
            if owner := self._statements.get(int(statement)):
                self._stages |= dict.fromkeys(event["Stage IDs"], owner)
        elif kind == "SparkListenerDriverAccumUpdates":
            for accumulator, number in event["accumUpdates"]:
                if counter := self._scans.get(accumulator):
                    owner, name = counter
                    setattr(owner, name, getattr(owner, name) + number)
        elif kind == "SparkListenerTaskEnd" and event["Stage ID"] in self._stages:
            _add(self._stages[event["Stage ID"]], event["Task Metrics"])

    def _begin(self, event: dict[str, Any]) -> None:
        if comment := _COMMENT.match(event["description"]):
            work = self.found[comment[1]][comment[2]]
            self._statements[event["executionId"]] = work
            self._plan(event)

    def _plan(self, event: dict[str, Any]) -> None:
        if owner := self._statements.get(event["executionId"]):
            for accumulator, name in _scans(event["sparkPlanInfo"]):
                self._scans[accumulator] = (owner, name)


def _events(log: Path) -> Iterator[dict[str, Any]]:
    with log.open() as lines:
        for line in lines:
            # The last one may still be written.
            if line.endswith("\n"):
                yield json.loads(line)


def _scans(plan: dict[str, Any]) -> Iterable[tuple[int, str]]:
    """Return the counters of every scan of a plan, and what they count."""
    for metric in plan["metrics"]:
        if name := _OF_A_SCAN.get(metric["name"]):
            yield metric["accumulatorId"], name
    for child in plan["children"]:
        yield from _scans(child)


def _add(work: Work, metrics: dict[str, Any]) -> None:
    work.shuffled_bytes += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
    work.written_bytes += metrics["Output Metrics"]["Bytes Written"]
    work.task_seconds += metrics["Executor Run Time"] / 1000
