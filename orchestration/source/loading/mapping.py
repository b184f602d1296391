"""Which column of a file is which of ours: by name, or as `--columns` says."""

from collections.abc import Mapping

from orchestration.core.errors import UserError
from orchestration.core.event_columns import EventColumns
from orchestration.core.event_variables import ROLES
from orchestration.source.loading.records import EventFile, shown

_REQUIRED = ("user_id", "performed_at")
_SEPARATORS = {";": "';'", "\t": "tab", "|": "'|'"}
_MAX_LISTED = 30


def parse_columns(option: str) -> dict[str, str]:
    """Parse `ours=theirs,…`; `theirs` is empty where no column is to be ours.

    Raises UserError for anything else, for a column that events do not have, and for
    a name that stands there twice.
    """
    columns: dict[str, str] = {}
    for pair in filter(None, option.split(",")):
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not equals:
            raise UserError(
                f"--columns: {shown(pair)} is not of the form ROLE=COLUMN, such as "
                "user_id=customer_id."
            )
        if ours not in ROLES:
            raise UserError(
                f"--columns: events have no column {shown(ours)}, only "
                f"{', '.join(ROLES)}."
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


def columns_of(
    file: EventFile, asked: Mapping[str, str], columns: EventColumns
) -> dict[str, str]:
    """Return, for each of our columns that the file has, the name it has there.

    That is ours, or the one that it has in the table. Raises UserError for a column
    that is asked for and not there, or not in the table, and where there is no user_id
    or performed_at.
    """
    found = {}
    for ours in ROLES:
        if (theirs := asked.get(ours)) is None:
            theirs = _named(file, ours, columns.name(ours))
        elif theirs and theirs not in file.header:
            raise UserError(f"{file.name} has no column {theirs}{_what_it_has(file)}.")
        elif theirs and columns.name(ours) is None:
            raise UserError(
                f"{file.name}: --columns names a {ours}, of which the table of events "
                "has no column, as fast_dau_events_columns says; nothing was loaded."
            )
        if theirs:
            found[ours] = theirs
        elif ours in _REQUIRED:
            raise UserError(
                f"{file.name} has no column {ours}{_what_it_has(file)}: name the one "
                f"that holds it with --columns {ours}=…."
            )
    return found


def left_out(file: EventFile, columns: EventColumns) -> tuple[str, ...]:
    """Return the file's columns that have a name of ours, but no place in the table."""
    return tuple(o for o in ROLES if o in file.header and columns.name(o) is None)


def _named(file: EventFile, ours: str, in_table: str | None) -> str:
    if in_table is None:
        return ""
    names = [name for name in dict.fromkeys((ours, in_table)) if name in file.header]
    if len(names) > 1:
        raise UserError(
            f"{file.name} has the columns {' and '.join(names)}: say which of them is "
            f"the {ours} of an event, with --columns {ours}=…."
        )
    return names[0] if names else ""


def _what_it_has(file: EventFile) -> str:
    names = [name for name in file.header if name]
    listed = ", ".join(names[:_MAX_LISTED]) + (", …" if names[_MAX_LISTED:] else "")
    hints = [hint for sign, hint in _SEPARATORS.items() if sign in listed]
    if len(file.header) == 1 and hints:
        return (
            f" (its header is {shown(listed)}; maybe you want --delimiter {hints[0]})"
        )
    return f" (it has {listed})"
