"""What a stream of synthetic events is asked to be, and what is refused."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from orchestration.core.errors import UserError

# Bounds that keep every product within 64 bits, and valid dates valid in any time
# zone: the models take events from 2000-01-01 on, unless told otherwise. Invalid rows
# are of 1970 and 2999.
MAX_EVENTS = 2_000_000_000
MAX_USERS = 5_000_000
MAX_DAYS = 3_660
EARLIEST_DAY = date(2000, 1, 2)
LATEST_DAY = date(2199, 12, 31)


def _share_of(total: int, share: float) -> int:
    # Decimal: 0.29 of 100 is 29, where the product of floats is just below.
    return int(total * Decimal(str(share)))


@dataclass(frozen=True, kw_only=True)
class StreamOptions:
    """A synthetic stream; equal options give equal rows, on any machine.

    `events` is the exact number of rows, with everything in it; `days` end with
    `end_date`, the last UTC day. The shares are of `events`: rows that arrive
    days after they happened (valid ones), exact copies of another valid row, and
    invalid rows. Raises UserError where a value is out of range.
    """

    events: int = 1_000_000
    users: int = 20_000
    days: int = 90
    end_date: date
    seed: int = 1
    late_share: float = 0.02
    duplicate_share: float = 0.001
    invalid_share: float = 0.001

    def __post_init__(self) -> None:
        """Refuse what cannot be generated, in one sentence."""
        _require_between("--events", self.events, 1, MAX_EVENTS)
        _require_between("--users", self.users, 1, MAX_USERS)
        _require_between("--days", self.days, 1, MAX_DAYS)
        _require_between("--seed", self.seed, 0, 2**63 - 1)
        self._require_shares()
        days_from_earliest = (self.end_date - EARLIEST_DAY).days + 1
        if self.end_date > LATEST_DAY or days_from_earliest < self.days:
            raise UserError(
                f"{self.days} days up to {self.end_date} are out of range: synthetic "
                f"events lie between {EARLIEST_DAY} and {LATEST_DAY}; choose another "
                "--end-date or fewer --days."
            )

    def _require_shares(self) -> None:
        for option, share in (
            ("--late-share", self.late_share),
            ("--duplicate-share", self.duplicate_share),
            ("--invalid-share", self.invalid_share),
        ):
            if not 0 <= share <= 1:
                raise UserError(f"{option} is {share}: give a share from 0 to 1.")
        if self.late_events > self.events - self.invalid_events:
            raise UserError(
                f"--late-share {self.late_share} and --invalid-share "
                f"{self.invalid_share} come to more than 1: only valid events are "
                "late, so lower one of them."
            )
        if self.duplicate_events > self.distinct_events:
            raise UserError(
                f"--duplicate-share {self.duplicate_share} is more than half of what "
                f"--invalid-share {self.invalid_share} leaves: each valid event is "
                "copied at most once, so lower one of them."
            )

    @property
    def first_day(self) -> date:
        """The first UTC day of the stream."""
        return self.end_date - timedelta(days=self.days - 1)

    @property
    def late_events(self) -> int:
        """Number of valid rows that arrive on a later day than their own."""
        return _share_of(self.events, self.late_share)

    @property
    def duplicate_events(self) -> int:
        """Number of rows that copy another valid row."""
        return _share_of(self.events, self.duplicate_share)

    @property
    def invalid_events(self) -> int:
        """Number of invalid rows."""
        return _share_of(self.events, self.invalid_share)

    @property
    def distinct_events(self) -> int:
        """Number of valid rows, copies left out."""
        return self.events - self.duplicate_events - self.invalid_events


def _require_between(option: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise UserError(
            f"{option} is {value:,}: give a whole number from {lowest:,} to "
            f"{highest:,}."
        )
