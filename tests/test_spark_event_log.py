"""What the benchmark reads from Spark's event log, a line for each event."""

import json
from pathlib import Path

import pytest

from benchmarks.spark.event_log import Work, work_by_model

COMMENT = "/* fast-dau run-1 model.fast_dau.returning_users */ insert overwrite"
SQL = "org.apache.spark.sql.execution.ui."


def scan(partitions: int, size: int) -> dict[str, object]:
    """Return a plan with one scan, whose counters have these numbers."""
    metrics = [
        {"name": "number of partitions read", "accumulatorId": partitions},
        {"name": "size of files read", "accumulatorId": size},
        {"name": "number of output rows", "accumulatorId": 99},
    ]
    leaf = {"metrics": metrics, "children": []}
    return {"metrics": [], "children": [{"metrics": [], "children": [leaf]}]}


def task(stage: int) -> dict[str, object]:
    """Return the end of a task of half a second."""
    return {
        "Event": "SparkListenerTaskEnd",
        "Stage ID": stage,
        "Task Metrics": {
            "Executor Run Time": 500,
            "Shuffle Write Metrics": {"Shuffle Bytes Written": 70},
            "Output Metrics": {"Bytes Written": 8},
        },
    }


def job(execution: int, *stages: int) -> dict[str, object]:
    """Return the start of a statement's job."""
    return {
        "Event": "SparkListenerJobStart",
        "Stage IDs": list(stages),
        "Properties": {"spark.sql.execution.id": str(execution)},
    }


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of one model's statement, of another statement, and half a line."""
    start = SQL + "SparkListenerSQLExecutionStart"
    lines = [
        {"Event": start, "executionId": 1, "description": COMMENT}
        | {"sparkPlanInfo": scan(1, 2)},
        {"Event": start, "executionId": 2, "description": "select 1"}
        | {"sparkPlanInfo": scan(3, 4)},
        job(1, 10, 11),
        job(2, 12),
        # What is known only while it runs.
        {"Event": SQL + "SparkListenerSQLAdaptiveExecutionUpdate", "executionId": 1}
        | {"sparkPlanInfo": scan(5, 6)},
        {"Event": SQL + "SparkListenerDriverAccumUpdates", "executionId": 1}
        | {"accumUpdates": [[1, 4], [2, 1000], [5, 7], [6, 200], [3, 50], [99, 5]]},
        task(10),
        task(11),
        task(11),
        task(12),
        {"Event": "SparkListenerApplicationStart"},
    ]
    path = tmp_path / "log"
    path.write_text("\n".join(map(json.dumps, lines)) + '\n{"Event": "SparkLis')
    return path


def test_each_models_scans_and_tasks_are_added_up(log: Path) -> None:
    assert work_by_model(log) == {
        "run-1": {
            "returning_users": Work(
                read_bytes=1200,
                shuffled_bytes=210,
                written_bytes=24,
                task_seconds=1.5,
                days_read=11,
            )
        }
    }
