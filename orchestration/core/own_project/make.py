"""Makes a user's own dbt project, and leaves alone what is there."""

import os
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from orchestration.core.dbt import finished
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import DBT_PROJECT_DIR, PACKAGE, ROOT

_TEMPLATE = files("orchestration.core.own_project").joinpath("template")


@dataclass(frozen=True)
class Made:
    """The files that were made, and those that were there already."""

    folder: Path
    files: tuple[str, ...]
    kept: tuple[str, ...]
    has_package: bool
    package: str


def make_project(folder: Path) -> Made:
    """Make the files that are not there, and install the package where that is new.

    Raises UserError where the folder is no place for it, Failure where it cannot be.
    """
    folder = folder.resolve()
    if folder.is_relative_to(ROOT):
        raise UserError(
            f"{folder} is within fast-dau's own folder, whose files an upgrade brings: "
            f"name one outside of it, such as {ROOT.parent / 'usage'}."
        )
    package = os.path.relpath(DBT_PROJECT_DIR, folder)
    made, kept = [], []
    try:
        for name, text in _files(folder, package):
            path = folder / name
            if path.exists():
                kept.append(name)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            made.append(name)
    except OSError as error:
        raise Failure(f"{error.filename} cannot be made: {error.strerror}.") from None
    if "packages.yml" in made:
        done = finished(["--quiet", "deps", "--project-dir", str(folder)], {})
        if done.returncode != 0:
            raise Failure(f"dbt could not install the package in {folder}: see above.")
    has_package = (folder / "dbt_packages" / PACKAGE).exists()
    return Made(folder, tuple(made), tuple(kept), has_package, package)


def _files(folder: Path, package: str) -> Iterator[tuple[str, str]]:
    values = {"name": project_name(folder), "package": package}
    for name in ("dbt_project.yml", "packages.yml", "models/README.md", "gitignore"):
        template = string.Template(_TEMPLATE.joinpath(name).read_text("utf-8"))
        yield name.replace("gitignore", ".gitignore"), template.substitute(values)
    profiles = (ROOT / "profiles.yml").read_text("utf-8")
    yield "profiles.yml", re.sub(f"(?m)^{PACKAGE}:", f"{values['name']}:", profiles)


def project_name(folder: Path) -> str:
    """Return the folder's name as dbt takes it, which is not that of a package."""
    name = re.sub(r"\W", "_", folder.name.lower(), flags=re.ASCII)
    is_free = name != PACKAGE and not name.startswith("dbt")
    return name if is_free and re.match("[a-z]", name) else f"my_{name}"
