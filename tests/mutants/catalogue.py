"""Reads the planted bugs from their files."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from orchestration.core.errors import UserError


@dataclass(frozen=True)
class Mutant:
    """A bug to plant, and the tests that ought to find it, as pytest is given them."""

    bug: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def applied_to(self, text: str) -> str | None:
        """Return the file's text with the bug, or None where it no longer applies."""
        if text.count(self.old) != 1 or self.old == self.new:
            return None
        return text.replace(self.old, self.new)


def read_mutants() -> list[Mutant]:
    """Return all mutants, in the order of the files' names and in each file's own."""
    return [
        Mutant(**{**fields, "tests": tuple(fields["tests"])})
        for path in sorted(Path(__file__).parent.glob("*.toml"))
        for fields in tomllib.loads(path.read_text())["mutant"]
    ]


def chosen(
    mutants: list[Mutant], part: str = "1/1", words: list[str] | None = None
) -> list[Mutant]:
    """Return a part of the mutants, of which a word is in the bug's or file's name.

    The part `1/10` is the first, the eleventh and every tenth on.
    """
    number, slash, of = part.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise UserError(f"The part is {part!r}, not one such as 1/10.")
    if not 1 <= int(number) <= int(of):
        raise UserError(f"There is no part {part}.")
    return [
        mutant
        for mutant in mutants[int(number) - 1 :: int(of)]
        if not words or any(word in f"{mutant.file} {mutant.bug}" for word in words)
    ]
