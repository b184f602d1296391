"""Mail about runs that fail: only where the environment says how to send it."""

import pytest

from orchestration.errors import UserError
from orchestration.pipeline.mail import failure_sensors

COMPLETE = {
    "SMTP_HOST": "mail.example.org",
    "SMTP_USER": "fast-dau",
    "SMTP_PASSWORD": "made-up",
    "SMTP_FROM": "fast-dau@example.org",
    "SMTP_TO": "one@example.org, two@example.org",
}


def test_without_a_mail_server_there_is_no_sensor() -> None:
    assert failure_sensors({}) == []


def test_with_one_a_sensor_runs_from_the_start() -> None:
    [sensor] = failure_sensors(COMPLETE)

    assert (sensor.name, sensor.default_status.value) == ("mail_on_failure", "RUNNING")


@pytest.mark.parametrize("name", sorted(COMPLETE.keys() - {"SMTP_HOST"}))
def test_a_variable_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(UserError, match=f"SMTP_HOST is set, but {name} is not"):
        failure_sensors({**COMPLETE, name: ""})


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(UserError, match="SMTP_PORT 'tls' is not a number"):
        failure_sensors({**COMPLETE, "SMTP_PORT": "tls"})
