"""Recognises whole columns of a batch that need no look at each cell: most of them.

A cell at a time, Python takes ten times as long as one regular expression over the
cells of a column joined. What is not recognised here goes through fields.py, cell by
cell; what is, would come out of there as it went in.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from orchestration.source.loading import fields
from orchestration.source.loading.times import performed_at

# A line, so a cell, that is neither empty nor of this form. (Possessive quantifiers
# would say it in one match, but Python 3.11 before 3.11.5 gets them wrong.)
_NO_INTEGERS = {
    # By the bytes of the type, as many digits as always fit.
    size: re.compile(rf"^(?!(?:-?[1-9][0-9]{{0,{more}}}|0)$).", re.MULTILINE)
    for size, more in {2: 3, 4: 8, 8: 17}.items()
}
_NO_UUID = re.compile(
    r"^(?!(?!0{8}-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$).", re.MULTILINE
)
_NO_TIME = re.compile(
    r"^(?![0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?$).",
    re.MULTILINE,
)


# A cell that fields.key may refuse: blanks around it, a float, or a word for nobody.
_ODD_KEY = re.compile(
    r"^[^\S\n]|[^\S\n]$|^[+-]?[0-9]+\.0*$|e\+[0-9]+$|^.?(?:\\n|null|nil|none|nan"
    r"|undefined|n/a|na|object object|0{8}-[0-]*).?$",
    re.MULTILINE | re.IGNORECASE,
)


def is_plain(converter: fields.Converter, cells: Sequence[Any]) -> bool:
    """Tell whether the converter of fields.py would change no cell but empty ones."""
    try:
        joined = "\n".join(cells) + "\n"
    except TypeError:  # not all of them are text
        return False
    # A line break within a cell would make it look like two.
    if joined.count("\n") != len(cells):
        return False
    if isinstance(converter, fields.Integer):
        return not _NO_INTEGERS[converter.size].search(joined)
    return _CHECKS[converter](joined, cells)


def _times(joined: str, cells: Sequence[str]) -> bool:
    if _NO_TIME.search(joined):
        return False
    try:
        # A time is true; the 30th of February is an error.
        return all(map(datetime.fromisoformat, filter(None, cells)))
    except ValueError:
        return False


def _text(joined: str, _: Sequence[str]) -> bool:
    return not any(sign in joined for sign in "\\\t\r\0")


def _keys(joined: str, cells: Sequence[str]) -> bool:
    if "\0" in joined or not _are_short(cells):
        return False
    return not _ODD_KEY.search(joined)


def _text_keys(joined: str, cells: Sequence[str]) -> bool:
    return _text(joined, cells) and _keys(joined, cells)


def _uuids(joined: str, _: Sequence[str]) -> bool:
    return not _NO_UUID.search(joined)


def _courses(joined: str, cells: Sequence[str]) -> bool:
    return _text(joined, cells) and _are_short(cells)


def _are_short(cells: Sequence[str]) -> bool:
    return max(map(len, cells)) <= fields.MAX_KEY_CHARACTERS


_CHECKS: dict[fields.Converter, Callable[[str, Sequence[str]], bool]] = {
    fields.key: _keys,
    fields.text_key: _text_keys,
    fields.uuid: _uuids,
    fields.course: _courses,
    fields.kind: _text,
    performed_at: _times,
    fields.properties: _text,
}
