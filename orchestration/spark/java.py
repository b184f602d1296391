"""The Java that Spark needs, which no Python package brings along."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from orchestration.core.errors import UserError

VERSIONS = (17, 21)
_ADVICE = "install one, on Debian with `apt-get install openjdk-17-jre-headless`"
_MIND = "or set JAVA_HOME to where one is."


def require_java(environment: Mapping[str, str]) -> Path:
    """Return the program that Spark will use: that of JAVA_HOME, or on the path.

    Raises UserError where there is none, or its version is not one of `VERSIONS`.
    """
    needed = f"Spark needs Java {' or '.join(map(str, VERSIONS))}"
    home = environment.get("JAVA_HOME")
    if home:
        java = Path(home) / "bin" / "java"
        if not os.access(java, os.X_OK):
            raise UserError(
                f"JAVA_HOME is {home}, where there is no bin/java: correct or unset it."
            )
    else:
        found = shutil.which("java", path=environment.get("PATH", os.defpath))
        if found is None:
            raise UserError(f"{needed}, and there is no Java here: {_ADVICE}, {_MIND}")
        java = Path(found)
    version = _version(java)
    if version not in VERSIONS:
        what = f"is Java {version}" if version else "does not say which Java it is"
        raise UserError(f"{needed}, but {java} {what}: {_ADVICE}, {_MIND}")
    return java


def _version(java: Path) -> int | None:
    try:
        said = subprocess.run(
            [java, "-version"], capture_output=True, text=True, check=False, timeout=60
        )
    except OSError:
        return None
    # Java 8 calls itself 1.8.
    match = re.search(r'version "(?:1\.)?(\d+)', said.stderr)
    return int(match[1]) if match else None
