"""Webhooks that are told of runs: Slack's, and any that takes JSON."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.core.errors import UserError
from orchestration.pipeline.alerts.alert import Alert, alert_of

_SLACK, _JSON = "SLACK_WEBHOOK_URL", "ALERT_WEBHOOK_URL"
_TIMEOUT_SECONDS = 10
_WELL = dg.SkipReason("All is well.")


def webhook_sensors(environment: Mapping[str, str]) -> list[dg.SensorDefinition]:
    """Return the sensors that call the webhooks named there; none where none is.

    Raises UserError where an address is none of the web.
    """
    urls = {
        name: environment[name] for name in (_SLACK, _JSON) if environment.get(name)
    }
    for name, url in urls.items():
        if not url.startswith(("https://", "http://")):
            raise UserError(
                f"{name} is no address that begins with https:// or http://."
            )
    if not urls:
        return []
    dagster_url = environment.get("DAGSTER_URL")

    @dg.run_failure_sensor(
        name="alert_on_failure",
        description="Call the webhooks about each run that fails.",
        monitor_all_code_locations=True,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def on_failure(context: dg.RunFailureSensorContext) -> None:
        errors = [*_reasons(context)] or [context.failure_event.message or "It failed."]
        if alert := alert_of(
            context.instance, context.dagster_run, errors, dagster_url
        ):
            _call_each(urls, alert)

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="alert_on_findings",
        description="Call the webhooks about runs that end well and in which a check "
        "failed, or a full run found rows that ordinary runs had missed.",
        monitor_all_code_locations=True,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def on_findings(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
        alert = alert_of(context.instance, context.dagster_run, [], dagster_url)
        if alert is None:
            return _WELL
        _call_each(urls, alert)
        return None

    return [on_failure, on_findings]


def _reasons(context: dg.RunFailureSensorContext) -> Sequence[str]:
    """Return why steps failed: in each, what began it."""
    reasons = []
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        while error and error.cause:
            error = error.cause
        if error:
            # Without the class of the exception, which begins it.
            reasons.append(re.sub(r"^[\w.]+: ", "", error.message.strip()))
    return reasons


def _call_each(urls: Mapping[str, str], alert: Alert) -> None:
    bodies: dict[str, dict[str, Any]] = {
        _SLACK: {"text": alert.in_words()},
        _JSON: alert.as_json(),
    }
    for name, url in urls.items():
        _call(name, url, bodies[name])


def _call(name: str, url: str, body: Mapping[str, Any]) -> None:
    """Post the body; Failure where it is not taken, which does not tell the address."""
    request = urllib.request.Request(  # noqa: S310  # its scheme has been looked at
        url,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
            pass
    except urllib.error.HTTPError as error:
        error.close()
        raise dg.Failure(f"The webhook of {name} answered {error.code}.") from None
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise dg.Failure(f"The webhook of {name} is out of reach: {reason}.") from None
