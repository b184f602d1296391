"""Reads the planted bugs from their files."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from orchestration.core.errors import UserError

FOLDER = Path(__file__).parent


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


@dataclass(frozen=True)
class Part:
    """Every so many mutants, from one on: `1/10` is the first, the eleventh and on."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> "Part":
        """Return the part that a text such as `1/10` stands for."""
        number, slash, of = text.partition("/")
        if not (slash and number.isdecimal() and of.isdecimal()):
            raise UserError(f"The part is {text!r}, not one such as 1/10.")
        if not 1 <= int(number) <= int(of):
            raise UserError(f"There is no part {text}.")
        return cls(int(number), int(of))


def chosen(
    mutants: list[Mutant], part: Part | None = None, *words: str
) -> list[Mutant]:
    """Return the mutants of a part, of which a word is in the bug's or file's name."""
    if part:
        mutants = mutants[part.number - 1 :: part.of]
    if not words:
        return mutants
    return [m for m in mutants if any(word in f"{m.file} {m.bug}" for word in words)]


def read_mutants(folder: Path = FOLDER) -> list[Mutant]:
    """Return all mutants, in the order of the files' names and in each file's own."""
    mutants = [
        Mutant(**{**fields, "tests": tuple(fields["tests"])})
        for path in sorted(folder.glob("*.toml"))
        for fields in tomllib.loads(path.read_text())["mutant"]
    ]
    bugs = [mutant.bug for mutant in mutants]
    if twice := {bug for bug in bugs if bugs.count(bug) > 1}:
        raise UserError(f"Two mutants are called the same: {', '.join(sorted(twice))}.")
    return mutants
