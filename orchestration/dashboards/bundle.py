"""The dashboards as files: which tables they read, and a copy for one database."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from orchestration.core.event_columns import event_columns
from orchestration.core.settings import ROOT, rollup_schema

BUNDLE = ROOT / "dashboards" / "superset"
DASHBOARD = "product-usage"
_TYPES = {name: name.upper() for name in ("smallint", "integer", "bigint")}
_TABLES = re.compile(r"\b(?:from|join)\s+(?!lateral\b)(\w+)")


def datasets() -> dict[str, dict[str, Any]]:
    """Return the bundle's datasets by name."""
    found = map(_read, sorted(BUNDLE.glob("datasets/*/*.yaml")))
    return {dataset["table_name"]: dataset for dataset in found}


def tables_read() -> set[str]:
    """Return the names of the tables that the dashboards read, without schema."""
    return {
        table
        for name, dataset in datasets().items()
        for table in (_TABLES.findall(dataset["sql"]) if dataset["sql"] else [name])
    }


@contextmanager
def filled_bundle(address: str, parent: Path) -> Iterator[Path]:
    """Yield the folder of a copy that reads this database, removed afterwards.

    The address has a password in it: the folder, in the parent, is this user's alone.
    """
    with tempfile.TemporaryDirectory(dir=parent, prefix="import-") as name:
        folder = Path(name)
        for path in BUNDLE.glob("**/*.yaml"):
            copied = folder / path.relative_to(BUNDLE)
            copied.parent.mkdir(parents=True, exist_ok=True)
            # Not its mode: in a checkout of someone else's it may be read-only.
            shutil.copyfile(path, copied)
        for path in folder.glob("databases/*.yaml"):
            _write(path, _read(path) | {"sqlalchemy_uri": address})
        types = _id_types()
        for path in folder.glob("datasets/*/*.yaml"):
            dataset = _read(path) | {"schema": rollup_schema()}
            for column in dataset["columns"]:
                column["type"] = types.get(column["column_name"], column["type"])
            _write(path, dataset)
        yield folder


def _id_types() -> dict[str, str]:
    """Return how Superset writes values of ids where it filters by them."""
    columns = event_columns()
    ids = {"user_id": columns.user_id_type, "course_id": columns.course_id_type}
    return {name: _TYPES.get(kind, "TEXT") for name, kind in ids.items()}


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
