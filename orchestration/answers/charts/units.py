"""What an axis counts: users, or a share of them."""

from enum import StrEnum
from typing import Any

from matplotlib.ticker import FuncFormatter, MaxNLocator

_TICKS = 5
_STEPS = (1, 2, 2.5, 5, 10)


class Unit(StrEnum):
    """Users are whole numbers, shares go from 0 to 1 and are shown in percent."""

    USERS = "users"
    SHARE = "share"

    def label(self, axis: Any) -> None:
        """Name a few values of an axis."""
        is_users = self is Unit.USERS
        axis.set_major_locator(MaxNLocator(_TICKS, integer=is_users, steps=_STEPS))
        axis.set_major_formatter(FuncFormatter(_users if is_users else _percent))


def _users(users: float, _: int | None) -> str:
    """Return a number of users; below zero are those who are counted downwards."""
    return f"{abs(users):,.0f}"


def _percent(share: float, _: int | None) -> str:
    return f"{100 * share:.3g}%"
