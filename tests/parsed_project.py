"""Parses the project when it is imported: for the process that dbt is forked from."""

from tests.rollup import parsed_for

parsed_for("postgres")
