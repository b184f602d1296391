"""Rows as the text that COPY reads, fast enough never to be what COPY waits for."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

import numpy as np
import numpy.typing as npt

from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.synthetic.rows import (
    COURSES,
    KINDS,
    PLATFORMS,
    Rows,
    SpecialDay,
)

_Texts = npt.NDArray[np.bytes_]
_NULL = r"\N"
_END = b'"}\n'
_SESSION_BYTES = 6
_SPECIAL_DAYS = {
    SpecialDay.NULL: _NULL,
    SpecialDay.INFINITY: "infinity",
    SpecialDay.MINUS_INFINITY: "-infinity",
    SpecialDay.FAR_FUTURE: "2999-12-31",
    SpecialDay.TOO_OLD: "1970-01-01",
}


class CopyText:
    """Writes the rows of one stream, with the roles of an event as columns.

    Fields of fixed width are laid side by side, filled up with zero bytes, which
    no text contains; these are then taken out of all lines at once.
    """

    def __init__(self, options: StreamOptions) -> None:
        days = [options.first_day + timedelta(days=day) for day in range(options.days)]
        # Special days are negative: they count from the end, in this order.
        special_days = [_SPECIAL_DAYS[day] for day in sorted(SpecialDay)]
        digits = len(str(options.users))
        users = np.arange(options.users + 1).astype(f"S{max(digits, len(_NULL))}")
        users[0] = _NULL.encode()
        # By the names of the rows' fields, in the order of a line.
        self._texts = {
            "user": users,
            "course": _texts(f"\t{course or _NULL}\t" for course in range(COURSES + 1)),
            "kind": _texts(f"{kind}\t" for kind in KINDS),
            "day": _texts([*map(str, days), *special_days]),
            "second": _seconds(),
            "milli": _texts([*(f".{milli:03}\t" for milli in range(1_000)), "\t"]),
            "platform": _texts(
                f'{{"platform": "{name}", "session": "' for name in PLATFORMS
            ),
        }
        # Two digits each, seen as one number: gathering numbers is the faster.
        self._hexadecimal = _texts(f"{byte:02x}" for byte in range(256)).view(np.uint16)
        self._line = np.dtype(
            [
                *((name, texts.dtype) for name, texts in self._texts.items()),
                ("session", self._hexadecimal.dtype, (_SESSION_BYTES,)),
                ("end", f"S{len(_END)}"),
            ]
        )

    def __call__(self, rows: Rows) -> str:
        """Return the rows as whole lines."""
        lines = np.empty(len(rows), self._line)
        # Both others, null and infinity, take the last text of second and milli.
        has_time = rows["day"] >= SpecialDay.FAR_FUTURE
        for name, texts in self._texts.items():
            numbers = rows[name]
            if name in {"second", "milli"}:
                numbers = np.where(has_time, numbers, -1)
            lines[name] = texts[numbers]
        sessions = np.ascontiguousarray(rows["session"]).view(np.uint8)
        sessions = sessions.reshape(-1, rows["session"].itemsize)
        lines["session"] = self._hexadecimal[sessions[:, :_SESSION_BYTES]]
        lines["end"] = _END
        return lines.tobytes().translate(None, b"\0").decode("ascii")


def _texts(values: Iterable[str]) -> _Texts:
    return np.array([value.encode() for value in values])


@cache
def _seconds() -> _Texts:
    """Return the texts of a day's seconds; the last is for days without a time."""
    times = (f" {s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(86_400))
    return _texts([*times, ""])
