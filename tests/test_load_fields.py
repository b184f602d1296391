"""What each column accepts, and that the quick look at whole columns never differs."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from orchestration.source.loading import fields
from orchestration.source.loading.plain import is_plain
from orchestration.source.loading.records import NULL, BadCell
from orchestration.source.loading.times import performed_at

CELLS: list[Any] = [
    *("0", "-0", "00", "7", "-7", "+7", "007", "7.0", "7_0", "1e3", "-", "\u0667"),
    *("", " 7", "7 ", "7\n8", "7\n", "\n", "999999999", "1000000000"),
    *("2147483647", "2147483648", "-2147483649", "17.0", "17.", "1.5", "1.2.3.4"),
    *("2024-01-02", "2024-01-02T03:04:05", "2024-01-02 03:04:05", "2024-01-02 03:04"),
    *("2024-01-02 03:04:05.1", "2024-01-02 03:04:05.1234567", "2024-01-02 03:04:05Z"),
    *("2024-02-30 00:00:00", "2024-01-02 24:00:00", "2024-01-02 03:04:60"),
    *("0000-01-01 00:00:00", "2024-01-02 03:04:05\n", "\uff12024-01-02 03:04:05"),
    *(
        "a",
        "a\nb",
        "a\tb",
        "a\\b",
        "a\rb",
        "a\0b",
        "é",
        "{}",
        "  ",
        "a b",
        "a ",
        "\xa0a",
    ),
    *("\\N", "\\n", "NULL", "(null)", "<NA>", "undefined", "nancy", "[object Object]"),
    *("9.00719925474099E+15", "e+1", "k" * 600, "k" * 601),
    *(None, 7, 7.0, 7.5, True, {}, Decimal(7), float("nan")),
]


@pytest.mark.parametrize("cell", CELLS, ids=repr)
@pytest.mark.parametrize(
    "converter",
    [fields.Integer(4), performed_at, fields.kind, fields.properties, fields.key],
)
def test_what_a_column_takes_as_plain_is_what_the_cell_becomes(
    converter: Callable[[Any], str], cell: Any
) -> None:
    nothing = "" if converter is fields.key else NULL
    if is_plain(converter, [cell]):
        assert converter(cell) == (cell or nothing)


@pytest.mark.parametrize(
    ("converter", "cells"),
    [
        (fields.Integer(4), ["7", "-12345678", "", "0"]),
        (
            performed_at,
            ["2024-01-02 03:04:05.123456", "", "2024-01-02T03:04:05"],
        ),
        (fields.kind, ["view", "é 日本", ""]),
        (fields.properties, ['{"a": 1}', ""]),
        (fields.key, ["ann@example.org", "", "7"]),
    ],
)
def test_ordinary_columns_are_plain(
    converter: Callable[[Any], str], cells: list[str]
) -> None:
    assert is_plain(converter, cells)


EXAMPLE = "an ISO 8601 time such as 2024-01-02 03:04:05 or 2024-01-02T03:04:05+02:00"
INTEGERS = [
    *("x", "7.5", "1e3", "7_0", "\u0667", "--7", "0x7", "NaN"),
    *(7.5, float("nan"), float("inf"), True, {}, Decimal("7.1")),
]
REFUSED: list[tuple[Callable[[Any], str], Sequence[Any], str]] = [
    (fields.Integer(4), INTEGERS, "is not an integer"),
    (
        fields.Integer(4),
        ["2147483648", "-2147483649", "5000000000", "9" * 20, 2.0**31],
        "does not fit a 4-byte integer",
    ),
    (
        performed_at,
        [
            "yesterday",
            "02.01.2024 03:04",
            "01/02/2024 03:04:05",
            "2024-01-02 3:04:05",
            "2024-01-02 03:04:05 PM",
            "2024-01-02 03:04:05 CET",
            "2024-W01-2T03:04:05",
            "\uff12024-01-02 03:04:05",
        ],
        f"is not {EXAMPLE}",
    ),
    (performed_at, ["2024-01-02"], "is a date without a time of day: write an ISO"),
    (
        performed_at,
        [
            "2024-02-30 00:00:00",
            "2023-02-29T00:00:00+01:00",
            "2024-01-02 25:00:00",
            "2024-01-02 03:04:61",
            "9999-12-31 23:59:60",
            "2024-01-02 03:04:05+25:00",
            "0000-01-01 00:00:00",
            "0001-01-01 00:00:00+01:00",
        ],
        "is a time that does not exist",
    ),
    (
        performed_at,
        ["infinity", "-Infinity"],
        "is not finite: leave the cell empty where the time is unknown",
    ),
    (
        performed_at,
        ["1704164645", "1704164645.123", "1.704e9", "20240102", 1704164645.5],
        f"is a bare number: write seconds since 1970 as {EXAMPLE}",
    ),
    *(
        (converter, ["a\0b"], "holds a NUL character, which Postgres cannot store")
        for converter in (fields.kind, fields.properties, fields.key)
    ),
    (
        fields.key,
        [
            *("NULL", "null", "\\N", "undefined", "None", "nil", "NaN", "N/A"),
            *("<NA>", "(null)", "  ", "\t", " NULL ", "[object Object]"),
            UUID(int=0),
        ],
        "is what stands for no user",
    ),
    (fields.key, [" a", "a ", "\xa0a", "a\n"], "has blanks around it"),
    (
        fields.key,
        ["17.0", "17.", "-17.00", "9.00719925474099E+15", "1e+21"],
        "is a number that a program has made a float",
    ),
    (
        fields.key,
        [2.0**53, -(2.0**60), fields.Rounded(7.0)],
        "is of a type that rounds",
    ),
    (
        fields.key,
        [7.5, True, [1], float("inf"), float("nan")],
        "is not a user's key: text or an integer",
    ),
    (fields.key, ["k" * 601], "is longer than 600 characters"),
]


@pytest.mark.parametrize(
    ("converter", "cell", "reason"),
    [
        pytest.param(converter, cell, reason, id=f"{cell!r} {reason}")
        for converter, cells, reason in REFUSED
        for cell in cells
    ],
)
def test_what_a_column_does_not_accept_is_refused_with_a_hint_by_the_quick_look_too(
    converter: Callable[[Any], str], cell: Any, reason: str
) -> None:
    with pytest.raises(BadCell) as refused:
        converter(cell)

    assert str(refused.value).startswith(reason)
    assert not is_plain(converter, [cell])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("007", "007"),
        ("a b", "a b"),
        ("Nancy", "Nancy"),
        ("1e3", "1e3"),
        (7.0, "7"),
        (2.0**53 - 1, "9007199254740991"),
        (Decimal(7), "7"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (None, ""),
    ],
)
def test_a_key_is_kept_as_it_stands(cell: Any, text: str) -> None:
    assert fields.key(cell) == text
