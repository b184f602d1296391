"""Which column of a file is which of ours: by name, or as `--columns` says."""

from collections.abc import Mapping

from orchestration.core.errors import UserError
from orchestration.source.loading.copy_in import COLUMNS
from orchestration.source.loading.records import EventFile, shown

_REQUIRED = ("user_id", "performed_at")
_SEPARATORS = {";": "';'", "\t": "tab", "|": "'|'"}
_MAX_LISTED = 30


def parse_columns(option: str) -> dict[str, str]:
    """Parse `ours=theirs,…`; an empty `theirs` leaves an optional column null.

    Raises UserError for anything else, for a column that events do not have, and for
    a name that stands there twice.
    """
    columns: dict[str, str] = {}
    for pair in filter(None, option.split(",")):
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not equals:
            raise UserError(
                f"--columns: {shown(pair)} is not of the form OURS=THEIRS, such as "
                "user_id=customer_id."
            )
        if ours not in COLUMNS:
            raise UserError(
                f"--columns: events have no column {shown(ours)}, only "
                f"{', '.join(COLUMNS)}."
            )
        if ours in columns or (theirs and theirs in columns.values()):
            twice = ours if ours in columns else theirs
            raise UserError(f"--columns names {twice} twice: once is enough.")
        columns[ours] = theirs
    return columns


def parse_delimiter(option: str | None) -> str | None:
    r"""Return the one character that separates fields; `tab` and `\t` are a tab."""
    if option in {"tab", "\\t"}:
        return "\t"
    if option is not None and (len(option) != 1 or option in '"\r\n\0'):
        raise UserError(
            f"--delimiter: {shown(option)} is not one character, such as ';', or tab."
        )
    return option


def columns_of(file: EventFile, asked: Mapping[str, str]) -> dict[str, str]:
    """Return, for each of our columns that the file has, the name it has there.

    Raises UserError for a column that is asked for and not there, and where there is
    no user_id or performed_at.
    """
    columns = {}
    for ours in COLUMNS:
        theirs = asked.get(ours, ours)
        if theirs and theirs in file.header:
            columns[ours] = theirs
        elif theirs and ours in asked:
            raise UserError(f"{file.name} has no column {theirs}{_what_it_has(file)}.")
        elif ours in _REQUIRED:
            raise UserError(
                f"{file.name} has no column {ours}{_what_it_has(file)}: name the one "
                f"that holds it with --columns {ours}=…."
            )
    return columns


def _what_it_has(file: EventFile) -> str:
    names = [name for name in file.header if name]
    listed = ", ".join(names[:_MAX_LISTED]) + (", …" if names[_MAX_LISTED:] else "")
    hints = [hint for sign, hint in _SEPARATORS.items() if sign in listed]
    if len(file.header) == 1 and hints:
        return (
            f" (its header is {shown(listed)}; maybe you want --delimiter {hints[0]})"
        )
    return f" (it has {listed})"
