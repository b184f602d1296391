"""Each setting has one default, wherever it stands, and is explained."""

import re
from types import SimpleNamespace
from typing import Any

import jinja2
import yaml

from orchestration.core.settings import DBT_PROJECT_DIR, DEFAULTS, PREFIX, ROOT


def settings() -> dict[str, dict[str, Any]]:
    """Return what the macro of this name does."""
    found: list[dict[str, dict[str, Any]]] = []
    text = (DBT_PROJECT_DIR / "macros" / "vars" / "settings.sql").read_text()
    environment = jinja2.Environment(autoescape=False)  # noqa: S701  # it is no page
    names = {"return": found.append, "fast_dau": SimpleNamespace(id_types=list)}
    template = environment.from_string(text, names)
    template.module.settings()  # type: ignore[attr-defined]
    return found[0]


def test_the_command_line_and_the_source_have_the_models_defaults() -> None:
    source = DBT_PROJECT_DIR / "models" / "staging" / "_staging__sources.yml"
    defaults = {name: rule["default"] for name, rule in settings().items()}
    of_source = dict(re.findall(r"var\('(\w+)', '(\w+)'\)", source.read_text()))

    models = (DBT_PROJECT_DIR / "models").glob("*/*.yml")
    of_contracts = {
        found
        for file in models
        for found in re.findall(
            r"var\('fast_dau_(\w+_type)', '(\w+)'\)", file.read_text()
        )
    }

    assert DEFAULTS.items() <= defaults.items()
    assert {"user_id_type", "course_id_type"} == dict(of_contracts).keys()
    assert of_contracts <= defaults.items()
    assert sorted(of_source) == ["events_schema", "events_table"]
    assert of_source.items() <= defaults.items()


def test_the_page_of_settings_has_all_of_them_with_their_defaults() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \|", page, flags=re.MULTILINE)
    defaults = {name: yaml.safe_load(default) for name, default in rows}

    assert defaults == {
        PREFIX + name: rule["default"] for name, rule in settings().items()
    }
