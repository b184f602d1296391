"""Webhooks about runs: what a server on this machine is told of them."""

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import dagster as dg
import pytest

from orchestration.core.errors import UserError
from orchestration.pipeline.alerts.webhook import webhook_sensors

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN


class Hook(HTTPServer):
    """A server that keeps what is posted, by path, and answers with a status."""

    def __init__(self, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Keeper)
        self.status = status
        self.posted: dict[str, Any] = {}

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Keeper(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted[self.path] = json.loads(body)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: a test's output is the test's."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Yield a server that listens on a free port."""
    with Hook() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dg.asset(
    check_specs=[
        dg.AssetCheckSpec("is_right", asset="counted"),
        dg.AssetCheckSpec("is_fresh", asset="counted"),
    ]
)
def counted(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """A table whose run says what the run's tags ask for."""
    if context.run.tags.get("fails"):
        raise dg.Failure("dbt did not finish")
    is_wrong = bool(context.run.tags.get("is_wrong"))
    yield dg.MaterializeResult(
        metadata={"drift_rows": 7 if is_wrong else 0},
        check_results=[
            dg.AssetCheckResult(
                check_name="is_right", passed=not is_wrong, severity=ERROR
            ),
            dg.AssetCheckResult(check_name="is_fresh", passed=False, severity=WARN),
        ],
    )


JOB = dg.define_asset_job("daily_full_rollup")
DEFINITIONS = dg.Definitions(assets=[counted], jobs=[JOB])


def told(environment: Mapping[str, str], tags: Mapping[str, str]) -> str:
    """Run the job, then the sensor that a run of its end calls; return the run's id."""
    on_failure, on_findings = webhook_sensors(environment)
    with dg.DagsterInstance.ephemeral() as instance:
        run = DEFINITIONS.resolve_job_def(JOB.name).execute_in_process(
            instance=instance, tags=dict(tags), raise_on_error=False
        )
        ended = (
            run.get_run_success_event() if run.success else run.get_run_failure_event()
        )
        context = dg.build_run_status_sensor_context(
            "alert", ended, instance, run.dagster_run
        )
        if run.success:
            on_findings(context)
        else:
            on_failure(context.for_run_failure())
    return run.run_id


def test_slack_is_told_in_words_of_a_run_that_fails(hook: Hook) -> None:
    run_id = told(
        {"SLACK_WEBHOOK_URL": hook.url("/slack"), "DAGSTER_URL": "https://d.example/"},
        {"fails": "yes"},
    )

    assert hook.posted == {
        "/slack": {
            "text": f"fast-dau: the run {run_id[:8]} of daily_full_rollup failed.\n"
            "dbt did not finish\n"
            f"https://d.example/runs/{run_id}"
        }
    }


def test_another_program_is_told_of_failed_checks_and_drift(hook: Hook) -> None:
    run_id = told({"ALERT_WEBHOOK_URL": hook.url("/json")}, {"is_wrong": "yes"})

    posted = hook.posted["/json"]
    assert posted.pop("text").splitlines()[1:] == [
        "Failed check: counted: is_right",
        "Drift: 7 rows of counted, which ordinary runs had missed",
    ]
    assert posted == {
        "job": "daily_full_rollup",
        "run_id": run_id,
        "errors": [],
        "failed_checks": ["counted: is_right"],
        "drift_rows": {"counted": 7},
        "url": None,
    }


def test_nobody_is_told_of_a_run_that_found_nothing_wrong(hook: Hook) -> None:
    told({"SLACK_WEBHOOK_URL": hook.url("/slack")}, {})

    assert hook.posted == {}


def test_a_webhook_that_refuses_is_named_by_its_variable(hook: Hook) -> None:
    hook.status = 403

    with pytest.raises(dg.Failure) as refused:
        told({"SLACK_WEBHOOK_URL": hook.url("/slack")}, {"fails": "yes"})

    assert refused.value.description == "The webhook of SLACK_WEBHOOK_URL answered 403."


def test_there_are_no_sensors_without_an_address_and_none_for_a_wrong_one() -> None:
    assert webhook_sensors({"SLACK_WEBHOOK_URL": ""}) == []
    with pytest.raises(UserError, match="ALERT_WEBHOOK_URL is no address"):
        webhook_sensors({"ALERT_WEBHOOK_URL": "hooks.example.org"})
