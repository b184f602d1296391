"""Writes answers for programs: CSV and JSON, row by row, in constant memory."""

import csv
import json
from datetime import date
from enum import StrEnum
from typing import Any, TextIO

from orchestration.answers.questions import Answer


class Format(StrEnum):
    """How an answer is shown: to people, or to programs."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def write(answer: Answer, form: Format, out: TextIO) -> None:
    """Write an answer as CSV with a header, or as a JSON array of objects.

    Dates are ISO 8601; null is an empty field, or JSON's null; booleans are true and
    false in both. A list is one field, with spaces between, or JSON's array.
    """
    if form is Format.CSV:
        _write_csv(answer, out)
    else:
        _write_json(answer, out)


def _write_csv(answer: Answer, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow(map(_field, row))


def _write_json(answer: Answer, out: TextIO) -> None:
    separator = "[\n  "
    for row in answer.rows:
        out.write(separator)
        out.write(json.dumps(dict(zip(answer.columns, map(_plain, row), strict=True))))
        separator = ",\n  "
    out.write("[]\n" if separator.startswith("[") else "\n]\n")


def _field(cell: Any) -> Any:
    if isinstance(cell, list):
        return " ".join(map(str, cell))
    return str(cell).lower() if isinstance(cell, bool) else cell


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell
