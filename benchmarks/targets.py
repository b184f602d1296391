"""What each measure should reach, told from the other measures of the same run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.measures import Measure

Found = Mapping[str, Measure]


@dataclass(frozen=True)
class Target:
    """A sentence, the figure that it is about, and whether that figure will do.

    The figure is None where a measure that it needs was not taken.
    """

    text: str
    figure: Callable[[Measure, Found], float | None]
    is_met: Callable[[float], bool]


@dataclass(frozen=True)
class Judgement:
    """A target's sentence, its figure, and whether it is met; None: not known."""

    target: str
    figure: float | None
    is_met: bool | None


def at_most(times: float, other: str) -> Target:
    """Take at most so many times the seconds of another measure."""
    return Target(
        f"≤ {times:g} × {other}",
        lambda measure, found: _ratio(measure, found, other),
        lambda ratio: ratio <= times,
    )


def at_least(times: float, other: str) -> Target:
    """Take at least so many times the seconds of another measure: of a rival."""
    return Target(
        f"≥ {times:g} × {other}",
        lambda measure, found: _ratio(measure, found, other),
        lambda ratio: ratio >= times,
    )


def milliseconds(most: float) -> Target:
    """Take at most so many milliseconds."""
    return Target(
        f"≤ {most:g} ms",
        lambda measure, _: measure.seconds and measure.seconds * 1e3,
        lambda found: found <= most,
    )


NO_ROWS = Target("0 rows", lambda measure, _: measure.rows, lambda rows: rows == 0)
LITTLE_WAL = Target(
    "WAL < 1 MB",
    lambda measure, _: measure.wal_bytes and measure.wal_bytes / 1e6,
    lambda megabytes: megabytes < 1,
)
LIST_OF_USERS = Target(
    "≤ 15 ms for 20,000 users",
    lambda m, _: m.seconds * 1e3 * 20_000 / m.rows if m.seconds and m.rows else None,
    lambda found: found <= 15,  # noqa: PLR2004  # as the sentence says
)
LITTLE_BLOAT = Target(
    "≤ 1.1 × freshly built",
    lambda measure, _: float(measure.details["times_fresh"]),
    lambda ratio: ratio <= 1.1,  # noqa: PLR2004  # as the sentence says
)

TARGETS = {
    "full_first": [at_most(8, "floor")],
    "full_again": [at_most(8, "floor"), NO_ROWS, LITTLE_WAL],
    "hourly": [at_most(1.2, "hourly_tenth")],
    "hourly_noop": [NO_ROWS, LITTLE_WAL],
    "late": [at_most(1.5, "hourly")],
    "uuid_first": [at_most(2, "full_first")],
    "uuid_hourly": [at_most(1.2, "hourly")],
    "naive": [at_least(2, "full_first"), at_least(10, "hourly")],
    "matview_first": [at_least(2, "full_first")],
    "matview_hourly": [at_least(10, "hourly")],
    "package_full": [at_least(1, "full_first")],
    "package_hourly": [at_least(1, "hourly")],
    "rolling_distinct": [at_least(4, "rolling_sweep")],
    "duckdb": [at_least(100, "read_all_days"), at_least(1, "hourly")],
    "chdb": [at_least(100, "read_all_days"), at_least(1, "hourly")],
    "read_dau_90d": [milliseconds(1)],
    "read_returning_day": [LIST_OF_USERS],
    "read_user": [milliseconds(1)],
    "bloat": [LITTLE_BLOAT],
}


def judge(measure: Measure, found: Found) -> list[Judgement]:
    """Judge each target of a measure."""
    judgements = []
    for target in TARGETS.get(measure.key, []):
        figure = target.figure(measure, found)
        is_met = None if figure is None else target.is_met(figure)
        judgements.append(Judgement(target.text, figure, is_met))
    return judgements


def _ratio(measure: Measure, found: Found, other: str) -> float | None:
    seconds = found[other].seconds if other in found else None
    return measure.seconds / seconds if measure.seconds and seconds else None
