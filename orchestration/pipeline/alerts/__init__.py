"""Alerts by mail and by webhook: of runs that fail, and of what runs find wrong."""

import os

from orchestration.pipeline.alerts.mail import failure_sensors
from orchestration.pipeline.alerts.webhook import webhook_sensors

SENSORS = (*failure_sensors(os.environ), *webhook_sensors(os.environ))
