"""Reads YAML in which a number is what it looks like."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.core.errors import UserError

_PLAIN = re.compile("[-+]?(0|[1-9][0-9_]*)")


class _Loader(yaml.SafeLoader):
    """YAML 1.1, to which 010 is 8, and 12:30 is 750, without such numbers."""


def _whole_number(loader: _Loader, node: yaml.ScalarNode) -> int:
    number: int = loader.construct_yaml_int(node)
    if not _PLAIN.fullmatch(node.value):
        raise yaml.YAMLError(
            f"{node.value} would be read as {number}: write a number in decimal "
            f"digits, or '{node.value}' in quotes for text"
        )
    return number


_Loader.add_constructor("tag:yaml.org,2002:int", _whole_number)


def load(text: str) -> Any:
    """Return what the YAML says; raises YAMLError, or ValueError for what cannot be."""
    return yaml.load(text, _Loader)  # noqa: S506  # it is a SafeLoader


@cache
def read_yaml(path: Path) -> dict[str, Any]:
    """Return what the file holds; UserError where it is not there, or not YAML."""
    if not path.exists():
        raise UserError(
            f"There is no {path}: correct FAST_DAU_PROJECT_DIR where it is set, and "
            "install fast-dau from its checkout, with `make setup`."
        )
    try:
        content: dict[str, Any] = load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(
            f"{path} is not YAML: {' '.join(str(error).split())}."
        ) from None
    return content
