"""`python -m benchmarks.rivals.engines ENGINE FILE`: one engine in its own process.

Prints JSON: the seconds of the query, its rows as lists. Imported by name, because an
environment without them has to be able to read this file.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any


def duckdb(query: str) -> list[list[Any]]:
    """Run the query in DuckDB; it uses every core."""
    found = import_module("duckdb").connect().execute(query).fetchall()
    return [list(row) for row in found]


def chdb(query: str) -> list[list[Any]]:
    """Run the query in ClickHouse's engine; it uses every core."""
    answer = str(import_module("chdb").query(query, "JSONCompactStrings"))
    return [[row[0], *map(int, row[1:])] for row in json.loads(answer)["data"]]


def main() -> None:
    """Take the time of the second of two queries: the server it meets is warm too."""
    engine, file = sys.argv[1:]
    ask = {"duckdb": duckdb, "chdb": chdb}[engine]
    query = Path(__file__).with_name(f"{engine}.sql").read_text()
    query = query.replace("events.parquet", file)
    ask(query)
    began = perf_counter()
    rows = ask(query)
    print(json.dumps({"seconds": perf_counter() - began, "rows": rows}))


if __name__ == "__main__":
    main()
