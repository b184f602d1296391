"""The whole stream in the order of arrival: on time, late, copied and invalid rows."""

from collections.abc import Iterator

import numpy as np

from orchestration.source.synthetic.hashing import (
    Integers,
    Stream,
    Weighted,
    derive,
    stratified,
    stream_key,
)
from orchestration.source.synthetic.invalid import invalid_rows
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.synthetic.population import Population
from orchestration.source.synthetic.rows import ROW, Rows
from orchestration.source.synthetic.sessions import (
    Sessions,
    day_volumes,
    lay_out,
    session_rows,
)

PART_ROWS = 50_000
LONGEST_DELAY_DAYS = 30
# Two in three late rows are a day late, nine in ten three days at most.
_DELAYS = Weighted(
    [10_000_000 // (days**2 * (days + 8)) for days in range(1, LONGEST_DELAY_DAYS + 1)]
)
_NO_ROWS = np.empty(0, ROW)


def event_rows(options: StreamOptions, population: Population) -> Iterator[Rows]:
    """Yield all rows of the stream, as they arrive, in parts of about `PART_ROWS`.

    `population` is what `populate` makes of the same options. Days follow each
    other, each by time of day, to the length of a session. Late rows come on the
    day they are due, after the last day those due later. Memory grows with users,
    and with the late and invalid rows of some days, not with all events.
    """
    arrivals = _Arrivals(options)
    volumes = day_volumes(population, options.distinct_events)
    for day, volume in enumerate(volumes):
        unusual = _shuffled(
            np.concatenate([arrivals.late_until(day), invalid_rows(options, day)]),
            options.seed,
        )
        sessions = lay_out(population, day, volume) if volume else None
        parts = -(-(volume + len(unusual)) // PART_ROWS)
        for part in range(parts):
            start, stop = volume * part // parts, volume * (part + 1) // parts
            first = len(unusual) * part // parts
            last = len(unusual) * (part + 1) // parts
            on_time = arrivals.on_time(sessions, start, stop) if sessions else _NO_ROWS
            yield _interspersed(on_time, unusual[first:last])
    rest = arrivals.late_until(None)
    for start in range(0, len(rest), PART_ROWS):
        yield rest[start : start + PART_ROWS]


class _Arrivals:
    """Turns events into valid rows: copies some, and holds the late ones back.

    The parts must be asked for in the order of the stream.
    """

    def __init__(self, options: StreamOptions) -> None:
        self._options = options
        self._copy_key = stream_key(options.seed, Stream.COPIES)
        self._late_key = stream_key(options.seed, Stream.LATE)
        self._delay_key = stream_key(options.seed, Stream.DELAYS)
        self._events = 0
        self._rows = 0
        self._waiting = _NO_ROWS
        self._due = np.empty(0, np.int64)

    def on_time(self, sessions: Sessions, start: int, stop: int) -> Rows:
        """Return what arrives at once of a day's events `start` to before `stop`."""
        rows = session_rows(sessions, start, stop)
        moment = rows["second"].astype(np.int64) * 1_000 + rows["milli"]
        rows = self._with_copies(rows[np.argsort(moment, kind="stable")])
        late = self._late_places(len(rows))
        delays = _DELAYS.choose(derive(self._delay_key, late + self._rows))
        self._rows += len(rows)
        if len(late) == 0:
            return rows
        self._waiting = np.concatenate([self._waiting, rows[late]])
        self._due = np.concatenate([self._due, sessions.day + 1 + delays])
        return np.delete(rows, late)

    def _with_copies(self, rows: Rows) -> Rows:
        begin, self._events = self._events, self._events + len(rows)
        copied = stratified(
            self._copy_key,
            count=self._options.duplicate_events,
            total=self._options.distinct_events,
            start=begin,
            stop=self._events,
        )
        return np.insert(rows, copied - begin, rows[copied - begin])

    def _late_places(self, rows: int) -> Integers:
        late = stratified(
            self._late_key,
            count=self._options.late_events,
            total=self._options.events - self._options.invalid_events,
            start=self._rows,
            stop=self._rows + rows,
        )
        return late - self._rows

    def late_until(self, day: int | None) -> Rows:
        """Give up the late rows due by a day, or all of them, in order of that day."""
        is_due = np.full(len(self._due), True) if day is None else self._due <= day
        due = self._waiting[is_due][np.argsort(self._due[is_due], kind="stable")]
        self._waiting, self._due = self._waiting[~is_due], self._due[~is_due]
        return due


def _shuffled(rows: Rows, seed: int) -> Rows:
    places = derive(stream_key(seed, Stream.SHUFFLING), np.arange(len(rows)))
    return rows[np.argsort(places, kind="stable")]


def _interspersed(rows: Rows, unusual: Rows) -> Rows:
    places = np.arange(len(unusual)) * len(rows) // max(1, len(unusual))
    return np.insert(rows, places, unusual)
