"""Random draws that are a pure function of the seed, on any machine.

Every draw is the splitmix64 finaliser of a key and a counter: integer arithmetic
alone, so that neither the platform nor numpy's version can change a row, and any
user, day or event can be drawn by itself, in any order.
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

_GAMMA = 0x9E3779B97F4A7C15
_MASK = 2**64 - 1


class Stream(IntEnum):
    """What a draw is for; unlike streams of one seed are independent."""

    USERS = 1
    COPIES = 2
    LATE = 3
    DELAYS = 4
    INVALID = 5
    SHUFFLING = 6


def derive(keys: Keys, counter: int | Integers | Keys) -> Keys:
    """Return a new key for each pair of key and counter (broadcast)."""
    if isinstance(counter, int):
        # Plain integers: numpy warns where the product of two scalars wraps.
        mixed = keys + np.uint64((counter + 1) * _GAMMA & _MASK)
    else:
        mixed = keys + (counter.astype(np.uint64) + np.uint64(1)) * np.uint64(_GAMMA)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def stream_key(seed: int, stream: Stream) -> Keys:
    """Return the one key, as an array of length 1, that a stream starts from."""
    return derive(derive(np.array([seed], np.uint64), 0), int(stream))


def below(keys: Keys, limit: int | Integers, *, shift: int = 0) -> Integers:
    """Return integers from 0 to below `limit` (at most 2**31), one for each key.

    Uses 32 bits of the key, from bit `shift` (0 to 32) on.
    """
    bits = ((keys >> np.uint64(shift)) & np.uint64(2**32 - 1)).astype(np.int64)
    drawn: Integers = (bits * limit) >> 32
    return drawn


class Weighted:
    """A choice among the numbers from 0 on, by integer weights (sum below 2**31)."""

    def __init__(self, weights: Sequence[int] | Integers) -> None:
        self._bounds = np.cumsum(np.asarray(weights, dtype=np.int64))
        self._total = int(self._bounds[-1])

    def choose(self, keys: Keys, *, shift: int = 0) -> Integers:
        """Return the index chosen by each key (its 32 bits from `shift` on)."""
        drawn = below(keys, self._total, shift=shift)
        return np.searchsorted(self._bounds, drawn, side="right")


def shared_out(total: int, weights: Integers) -> Integers:
    """Split `total` in proportion to `weights`, exactly: the parts sum to it.

    The sum of the weights must stay below 2**31 and the total below 2**62.
    """
    bounds = np.cumsum(weights)
    whole = int(bounds[-1])
    each, rest = divmod(total, whole)
    return weights * each + np.diff(bounds * rest // whole, prepend=0)


def stratified(key: Keys, *, count: int, total: int, start: int, stop: int) -> Integers:
    """Return which positions of `start` to below `stop` are picked, ascending.

    Of all positions 0 to below `total` (at most 2**31) exactly `count` are picked,
    each at random within its own stretch of `total / count` positions: any part
    can be drawn without the rest.
    """
    if count == 0 or start == stop:
        return np.empty(0, np.int64)
    first, last = start * count // total, -(-stop * count // total)
    strata = np.arange(first, min(last, count), dtype=np.int64)
    lower, upper = strata * total // count, (strata + 1) * total // count
    picked = lower + below(derive(key, strata), upper - lower)
    return picked[(picked >= start) & (picked < stop)]
