"""What an axis counts: users, or a share of them."""

from enum import StrEnum
from typing import Any

from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

_TICKS = 5


class Unit(StrEnum):
    """Users are whole numbers, shares go from 0 to 1 and are shown in percent."""

    USERS = "users"
    SHARE = "share"

    def label(self, axis: Any) -> None:
        """Name a few values of an axis."""
        is_users = self is Unit.USERS
        axis.set_major_locator(MaxNLocator(_TICKS, integer=is_users))
        axis.set_major_formatter(
            FuncFormatter(lambda users, _: f"{abs(users):,.0f}")
            if is_users
            else PercentFormatter(xmax=1)
        )
