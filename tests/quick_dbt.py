"""What dbt does for a log that nobody keeps, a sixth of a run's time, is left out."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import parsedatetime
import pytest
from dbt_common.events.event_manager import EventManager

_fire_event = EventManager.fire_event


@contextmanager
def quick_dbt() -> Iterator[None]:
    """Let dbt run in this process without events, and with one parser of dates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EventManager, "fire_event", _fire_event_that_is_heard)
        # agate makes new ones for each result of a query.
        for name in ("Constants", "Calendar"):
            patch.setattr(parsedatetime, name, cache(getattr(parsedatetime, name)))
        yield


def _fire_event_that_is_heard(manager: EventManager, *args: Any, **named: Any) -> None:
    if manager.loggers or named.get("force_warn_or_error_handling"):
        _fire_event(manager, *args, **named)
