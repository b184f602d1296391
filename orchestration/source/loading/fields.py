"""One cell of a file to COPY text: what each column accepts, and why it refuses.

Both formats come through here: CSV gives text, Parquet text or Python values (its
integers and times are text by then). JSON is left to the server, which alone knows
what jsonb takes.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from orchestration.core.event_columns import EventColumns
from orchestration.source.loading.records import NULL, BadCell
from orchestration.source.loading.times import performed_at

Converter = Callable[[Any], str]
MAX_KEY_CHARACTERS = 600  # of four bytes each, they still fit into an index

_INTEGER = re.compile(r"\s*([+-]?[0-9]{1,20})(?:\.0*)?\s*")
# What programs write for a user who is not there, and for a number that was a float.
_NOBODY = re.compile(
    r"\\N|[(<]?(?:null|nil|none|nan|undefined|n/a)[>)]?|<na>|\[object object\]"
    r"|00000000-0000-0000-0000-000000000000",
    re.IGNORECASE,
)
_FLOAT = re.compile(r"[+-]?[0-9]+\.0*|[+-]?[0-9](?:\.[0-9]+)?e\+[0-9]+", re.IGNORECASE)
_MAX_EXACT_FLOAT = 2**53
_MADE_A_FLOAT = (
    "is a number that a program has made a float, and may have rounded: write ids as "
    "integers or as text"
)
_UUID = re.compile(r"\{?[0-9a-f]{4}(?:-?[0-9a-f]{4}){7}\}?", re.IGNORECASE)


class Unreadable:
    """Stands for a cell that the file's own library cannot turn into a value."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __repr__(self) -> str:
        return self._reason


class Rounded(float):
    """A whole number of a short float type, in which it stands for others too."""


def _refuse_rounded(cell: float) -> None:
    is_rounded = isinstance(cell, Rounded) or abs(cell) >= _MAX_EXACT_FLOAT
    if is_rounded and cell % 1 == 0:
        raise BadCell(
            "is of a type that rounds whole numbers of this size, so that several are "
            "one: write the column as integers or as text"
        )


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


@dataclass(frozen=True)
class Integer:
    """Accepts an integer of so many bytes, also one that was written as a float."""

    size: int

    def __call__(self, cell: Any) -> str:
        """Return the COPY text of a cell."""
        if cell is None or cell == "":
            return NULL
        if isinstance(cell, float):
            _refuse_rounded(cell)
        if isinstance(cell, str) and (match := _INTEGER.fullmatch(cell)):
            number = int(match[1])
            if "." in cell and abs(number) >= _MAX_EXACT_FLOAT:
                raise BadCell(_MADE_A_FLOAT)
        elif _is_number(cell) and cell % 1 == 0:
            number = int(cell)
        else:
            raise BadCell("is not an integer")
        if not -(2 ** (8 * self.size - 1)) <= number < 2 ** (8 * self.size - 1):
            raise BadCell(f"does not fit a {self.size}-byte integer")
        return str(number)


def key(cell: Any) -> str:
    """Accept a user's key, of text or a number; it is empty where there is no user.

    Refuses what may stand for no user, and what may stand for several.
    """
    if cell is None or cell == "":
        return ""
    if isinstance(cell, float):
        _refuse_rounded(cell)
    if isinstance(cell, float | Decimal) and cell % 1 == 0:
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, str | int | UUID):
        raise BadCell("is not a user's key: text or an integer")
    text = str(cell)
    if "\0" in text:
        raise BadCell("holds a NUL character, which Postgres cannot store")
    if len(text) > MAX_KEY_CHARACTERS:
        raise BadCell(f"is longer than {MAX_KEY_CHARACTERS} characters")
    if reason := _why_no_key(text):
        raise BadCell(reason)
    return text


def _why_no_key(text: str) -> str | None:
    if not text.strip() or _NOBODY.fullmatch(text.strip()):
        return "is what stands for no user: leave the cell empty where there is none"
    if text != text.strip():
        return "has blanks around it, which would make it another user: remove them"
    return _MADE_A_FLOAT if _FLOAT.fullmatch(text) else None


def text_key(cell: Any) -> str:
    """Accept a user's key as it stands, for a table whose ids are text."""
    return _escaped(key(cell)) or NULL


def uuid(cell: Any) -> str:
    """Accept a UUID, in any form that Postgres reads."""
    text = key(cell)
    if text and not _UUID.fullmatch(text):
        raise BadCell("is not a UUID")
    return str(UUID(text)) if text else NULL


def course(cell: Any) -> str:
    """Accept a course's id of text."""
    if isinstance(cell, str) and len(cell) > MAX_KEY_CHARACTERS:
        raise BadCell(f"is longer than {MAX_KEY_CHARACTERS} characters")
    return kind(cell)


def kind(cell: Any) -> str:
    """Accept text, or an integer that stands for a kind."""
    if cell is None or cell == "":
        return NULL
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise BadCell("is not text")
    return _escaped(str(cell))


def properties(cell: Any) -> str:
    """Accept a JSON document, which the server checks, or a value that becomes one."""
    if cell is None or cell == "":
        return NULL
    if isinstance(cell, str):
        return _escaped(cell)
    try:
        return _escaped(
            json.dumps(cell, default=_json, allow_nan=False, ensure_ascii=False)
        )
    except (TypeError, ValueError) as error:
        raise BadCell(f"cannot become JSON: {error}") from None


def _json(cell: Any) -> str:
    if isinstance(cell, date | Decimal | UUID):
        return str(cell)
    raise TypeError(f"{type(cell).__name__} has no form there")


def _escaped(text: str) -> str:
    if "\0" in text:
        raise BadCell("holds a NUL character, which Postgres cannot store")
    return (
        text.replace("\\", "\\\\")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\t", "\\t")
    )


_OF_TYPE: dict[str, Converter] = {
    "smallint": Integer(2),
    "integer": Integer(4),
    "bigint": Integer(8),
    "uuid": uuid,
}


def converters(columns: EventColumns) -> dict[str, Converter]:
    """Return what each role's cells go through, by the types of the table's ids."""
    return {
        "user_id": _OF_TYPE.get(columns.user_id_type, text_key),
        "course_id": _OF_TYPE.get(columns.course_id_type, course),
        "kind": kind,
        "performed_at": performed_at,
        "properties": properties,
    }
