"""Planted bugs, and the tests that ought to find them: `make mutants`.

Each file `<area>.toml` here holds bugs of one area, each a replacement in one file:

    [[mutant]]
    bug = "what is wrong, in a sentence"
    file = "dbt_project/models/…"
    old = "the text to replace, which stands there exactly once"
    new = "what takes its place"
    tests = ["tests/test_….py", "tests/test_….py::test_…"]

The tests, of whole files or single ones, run in this order, as `make test` runs them,
until one fails; so the one that finds the bug soonest stands first. Who changes the
code that a bug stands in expresses the same bug anew.
"""
