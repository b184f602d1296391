"""Writes a file as a whole: whoever reads it sees the old one or the new one."""

import os
from pathlib import Path

from orchestration.core.errors import UserError


def write_whole(path: Path, text: str) -> None:
    """Write the text to a file beside, and put it in the place of what is there.

    Raises UserError where it cannot be written; then nothing has changed.
    """
    # What a link points to is replaced, not the link.
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"{path} cannot be written: {reason}.") from None


def last_lines(log: str) -> str:
    """Return the last lines of a program's messages as one line."""
    lines = [line.strip().rstrip(".") for line in log.splitlines() if line.strip()]
    return "; ".join(lines[-5:])
