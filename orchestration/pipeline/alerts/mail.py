"""E-mail about runs that fail, where the environment says how to send it."""

from collections.abc import Mapping

import dagster as dg

from orchestration.core.errors import UserError

_NEEDED = ("SMTP_HOST", "SMTP_FROM", "SMTP_TO", "SMTP_USER", "SMTP_PASSWORD")
# TLS from the first byte; at any other port a connection is plain at first.
_TLS_PORT = 465
_DEFAULT_PORT = 587


def failure_sensors(environment: Mapping[str, str]) -> list[dg.SensorDefinition]:
    """Return the sensor that mails about each run that fails; none without SMTP_HOST.

    Raises UserError where SMTP_HOST is set and another variable is missing.
    """
    if not environment.get("SMTP_HOST"):
        return []
    missing = [name for name in _NEEDED if not environment.get(name)]
    if missing:
        raise UserError(
            f"SMTP_HOST is set, but {' and '.join(missing)} is not: set it too, or "
            "unset SMTP_HOST to have no mail."
        )
    port = environment.get("SMTP_PORT") or str(_DEFAULT_PORT)
    if not port.isdecimal():
        raise UserError(f"SMTP_PORT {port!r} is not a number, such as 465 or 587.")
    return [
        dg.make_email_on_run_failure_sensor(
            name="mail_on_failure",
            email_from=environment["SMTP_FROM"],
            email_to=[name.strip() for name in environment["SMTP_TO"].split(",")],
            email_password=environment["SMTP_PASSWORD"],
            smtp_user=environment["SMTP_USER"],
            smtp_host=environment["SMTP_HOST"],
            smtp_port=int(port),
            smtp_type="SSL" if int(port) == _TLS_PORT else "STARTTLS",
            webserver_base_url=environment.get("DAGSTER_URL"),
            monitor_all_code_locations=True,
            default_status=dg.DefaultSensorStatus.RUNNING,
        )
    ]
