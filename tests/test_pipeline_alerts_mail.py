"""Mail about runs that fail: only where the environment says how to send it."""

import smtplib
from unittest.mock import MagicMock

import dagster as dg
import pytest

from orchestration.core.errors import UserError
from orchestration.pipeline.alerts.mail import failure_sensors

COMPLETE = {
    "SMTP_HOST": "mail.example.org",
    "SMTP_USER": "fast-dau",
    "SMTP_PASSWORD": "made-up",
    "SMTP_FROM": "fast-dau@example.org",
    "SMTP_TO": "one@example.org, two@example.org",
}


def test_a_sensor_runs_from_the_start_where_there_is_a_mail_server_only() -> None:
    [sensor] = failure_sensors(COMPLETE)

    assert (sensor.name, sensor.default_status.value) == ("mail_on_failure", "RUNNING")
    assert failure_sensors({}) == []


@dg.op
def fails() -> None:
    """Fail, as a run whose tests find the data wrong."""
    raise dg.Failure("a data test failed")


@dg.job
def failing() -> None:
    """A job of which there is mail."""
    fails()


@pytest.mark.parametrize(
    ("given", "port", "protocol"),
    [
        ("", 587, "SMTP"),
        ("25", 25, "SMTP"),
        ("465", 465, "SMTP_SSL"),
    ],
)
def test_a_run_that_fails_is_mailed_to_all_over_tls(
    monkeypatch: pytest.MonkeyPatch, given: str, port: int, protocol: str
) -> None:
    connections = {"SMTP": MagicMock(), "SMTP_SSL": MagicMock()}
    for name, connection in connections.items():
        monkeypatch.setattr(smtplib, name, connection)
    used = connections.pop(protocol)
    [unused] = connections.values()
    url = {"SMTP_PORT": given, "DAGSTER_URL": "https://dagster.example.org"}
    [sensor] = failure_sensors(COMPLETE | url)
    with dg.DagsterInstance.ephemeral() as instance:
        failed = failing.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor.name,
            failed.get_run_failure_event(),
            instance,
            failed.dagster_run,
        )
        sensor(context.for_run_failure())

    session = used.return_value.__enter__.return_value
    assert used.call_args.args == ("mail.example.org", port)
    assert session.starttls.called == (protocol == "SMTP")
    session.login.assert_called_once_with("fast-dau", "made-up")
    sender, recipients, message = session.sendmail.call_args.args
    assert sender == "fast-dau@example.org"
    assert recipients == ["one@example.org", "two@example.org"]
    assert f"https://dagster.example.org/runs/{failed.run_id}" in message
    assert not unused.called


@pytest.mark.parametrize("name", sorted(COMPLETE.keys() - {"SMTP_HOST"}))
def test_a_variable_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(UserError, match=f"SMTP_HOST is set, but {name} is not"):
        failure_sensors({**COMPLETE, name: ""})


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(UserError, match="SMTP_PORT 'tls' is not a number"):
        failure_sensors({**COMPLETE, "SMTP_PORT": "tls"})
