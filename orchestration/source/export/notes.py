"""What an export keeps of itself beside the days: `_export.json`."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.core.errors import UserError
from orchestration.core.files import write_whole

_MADE_BY = "fast-dau export"


@dataclass(frozen=True)
class Notes:
    """Whose events these are, and when an export of all days began.

    `begun` is the time that its first events are as of; None: it has ended.
    """

    source: str
    begun: datetime | None = None

    def write(self, path: Path) -> None:
        """Keep them. Raises UserError where they cannot be written."""
        begun = self.begun and self.begun.isoformat()
        kept = {"made_by": _MADE_BY, "source": self.source, "begun": begun}
        write_whole(path, json.dumps(kept, indent=1))


def read_notes(path: Path) -> Notes | None:
    """Return the notes, or None where there are none.

    Raises UserError where the file is something else.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["made_by"] == _MADE_BY:
            # 0.1.0 kept no such time: what it left unfinished begins again.
            begun = kept.get("begun")
            return Notes(kept["source"], begun and datetime.fromisoformat(begun))
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
