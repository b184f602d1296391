"""What each column accepts, and that the quick look at whole columns never differs."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from orchestration.source.loading import fields
from orchestration.source.loading.cells import NULL, BadCell
from orchestration.source.loading.plain import is_plain
from orchestration.source.loading.times import performed_at

CELLS: list[Any] = [
    *(
        "",
        "0",
        "-0",
        "00",
        "7",
        "-7",
        "+7",
        "007",
        "7.0",
        " 7",
        "7 ",
        "7_0",
        "\u0667",
        "1e3",
    ),
    *(
        "999999999",
        "1000000000",
        "2147483647",
        "2147483648",
        "-2147483649",
        "-",
        "7\n8",
    ),
    *("7\n", "\n", "a\nb", "2024-01-02", "2024-01-02 03:04:05", "2024-01-02T03:04:05"),
    *("2024-01-02 03:04", "2024-01-02 03:04:05.1", "2024-01-02 03:04:05.1234567"),
    *("2024-01-02 03:04:05Z", "2024-02-30 00:00:00", "2024-01-02 24:00:00"),
    *("2024-01-02 03:04:60", "0000-01-01 00:00:00", "2024-01-02 03:04:05\n"),
    *(
        "\uff12024-01-02 03:04:05",
        "a",
        "a\tb",
        "a\\b",
        "a\rb",
        "a\0b",
        "é",
        "{}",
        "\\N",
    ),
    *(
        "NULL",
        "\\n",
        "(null)",
        "<NA>",
        "undefined",
        "nancy",
        "  ",
        "a b",
        "a ",
        "\xa0a",
    ),
    *(
        "17.0",
        "17.",
        "1.5",
        "1.2.3.4",
        "9.00719925474099E+15",
        "e+1",
        "[object Object]",
    ),
    *("k" * 600, "k" * 601, None, 7, 7.0, 7.5, True, {}, Decimal(7), float("nan")),
]


@pytest.mark.parametrize("cell", CELLS, ids=repr)
@pytest.mark.parametrize(
    "converter", [fields.integer, performed_at, fields.kind, fields.properties]
)
def test_what_a_column_takes_as_plain_is_what_the_cell_becomes(
    converter: Callable[[Any], str], cell: Any
) -> None:
    if is_plain(converter, [cell]):
        assert converter(cell) == (cell or NULL)


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_a_plain_key_is_the_cell_itself(cell: Any) -> None:
    if is_plain(fields.key, [cell]):
        assert fields.key(cell) == cell


@pytest.mark.parametrize(
    ("converter", "cells"),
    [
        (fields.integer, ["7", "-12345678", "", "0"]),
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


@pytest.mark.parametrize(
    "cell", ["x", "7.5", "1e3", "7_0", "\u0667", "--7", "0x7", "NaN"]
)
def test_what_is_no_integer_is_refused(cell: str) -> None:
    with pytest.raises(BadCell, match="is not an integer"):
        fields.integer(cell)


@pytest.mark.parametrize(
    "cell", [7.5, float("nan"), float("inf"), True, {}, Decimal("7.1")]
)
def test_values_that_are_no_integer_are_refused(cell: Any) -> None:
    with pytest.raises(BadCell, match="is not an integer"):
        fields.integer(cell)


@pytest.mark.parametrize("cell", ["2147483648", "-2147483649", "9" * 20, 2.0**31])
def test_integers_of_more_than_four_bytes_are_refused(cell: Any) -> None:
    with pytest.raises(BadCell, match="does not fit a 4-byte integer"):
        fields.integer(cell)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("yesterday", "is not an ISO 8601 time"),
        ("02.01.2024 03:04", "is not an ISO 8601 time"),
        ("01/02/2024 03:04:05", "is not an ISO 8601 time"),
        ("2024-01-02 3:04:05", "is not an ISO 8601 time"),
        ("2024-01-02 03:04:05 PM", "is not an ISO 8601 time"),
        ("2024-01-02 03:04:05 CET", "is not an ISO 8601 time"),
        ("2024-W01-2T03:04:05", "is not an ISO 8601 time"),
        ("\uff12024-01-02 03:04:05", "is not an ISO 8601 time"),
        ("2024-01-02", "is a date without a time of day"),
        ("2024-02-30 00:00:00", "is a time that does not exist"),
        ("2023-02-29T00:00:00+01:00", "is a time that does not exist"),
        ("2024-01-02 25:00:00", "is a time that does not exist"),
        ("2024-01-02 03:04:61", "is a time that does not exist"),
        ("9999-12-31 23:59:60", "is a time that does not exist"),
        ("2024-01-02 03:04:05+25:00", "is a time that does not exist"),
        ("0000-01-01 00:00:00", "is a time that does not exist"),
        ("0001-01-01 00:00:00+01:00", "is a time that does not exist"),
        ("infinity", "is not finite"),
        ("-Infinity", "is not finite"),
        ("1704164645", "is a bare number"),
        ("1704164645.123", "is a bare number"),
        ("1.704e9", "is a bare number"),
        ("20240102", "is a bare number"),
        (1704164645.5, "is a bare number"),
    ],
)
def test_what_is_no_time_is_refused_with_a_hint(cell: Any, reason: str) -> None:
    with pytest.raises(BadCell) as refused:
        performed_at(cell)

    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize("converter", [fields.kind, fields.properties, fields.key])
def test_a_nul_character_is_refused(converter: Callable[[Any], str]) -> None:
    with pytest.raises(BadCell, match="NUL"):
        converter("a\0b")


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


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            (
                *("NULL", "null", "\\N", "undefined", "None", "nil", "NaN", "N/A"),
                *("<NA>", "(null)", "  ", "\t", " NULL ", "[object Object]"),
                UUID(int=0),
            ),
            "is what stands for no user",
        ),
        ((" a", "a ", "\xa0a", "a\n"), "has blanks around it"),
        (
            ("17.0", "17.", "-17.00", "9.00719925474099E+15", "1e+21"),
            "is a number that a program has made a float",
        ),
        ((2.0**53, -(2.0**60), fields.Rounded(7.0)), "is of a type that rounds"),
    ],
    ids=str,
)
def test_a_key_that_may_be_nobody_s_or_several_users_is_refused(
    cells: tuple[Any, ...], reason: str
) -> None:
    for cell in cells:
        with pytest.raises(BadCell, match=f"^{reason}"):
            fields.key(cell)
        assert not is_plain(fields.key, [cell])


@pytest.mark.parametrize(
    "cell", [7.5, True, [1], "k" * 601, float("inf"), float("nan")]
)
def test_what_is_no_key_is_refused(cell: Any) -> None:
    with pytest.raises(BadCell):
        fields.key(cell)
