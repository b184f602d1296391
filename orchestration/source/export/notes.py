"""What an export has finished, kept beside the days: `_export.json`."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.core.errors import UserError
from orchestration.core.files import write_whole

_MADE_BY = "fast-dau export"


@dataclass(frozen=True)
class Finished:
    """A folder that is complete: its events, and the time that they are as of."""

    rows: int
    bytes: int
    as_of: str

    @property
    def time(self) -> datetime:
        """The snapshot's time."""
        return datetime.fromisoformat(self.as_of)


@dataclass
class Notes:
    """The notes of one folder: whose events they are, and which days are finished.

    `is_unfinished`: an export of all days has begun, and not come to its end.
    """

    source: str
    is_unfinished: bool = False
    folders: dict[str, Finished] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Keep them. Raises UserError where they cannot be written."""
        write_whole(path, json.dumps({"made_by": _MADE_BY} | asdict(self), indent=1))


def read_notes(path: Path) -> Notes | None:
    """Return the notes, or None where there are none.

    Raises UserError where the file is something else.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        folders = {name: Finished(**day) for name, day in kept["folders"].items()}
        if kept["made_by"] == _MADE_BY:
            return Notes(kept["source"], kept["is_unfinished"], folders)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise UserError(
        f"{path} is not what `fast-dau export` writes: choose another folder, or "
        "remove this one."
    )
